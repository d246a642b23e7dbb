//! A problem of the configuration, with its place and the nearest name that exists.
//!
//! Quotes names of settings, and no text that somebody set one to: that may be a token in the wrong
//! place.

use std::fmt;

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it stands; `None` for a default.
    place: Option<Place>,
    /// The setting, where the place does not say it.
    key: Option<String>,
    /// What is wrong.
    what: String,
}

/// Where a setting stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The file, the variable or the option.
    pub(super) name: String,
    /// Line and column in the file, from 1.
    pub(super) position: Option<(usize, usize)>,
}

impl Place {
    /// A place without lines.
    pub(super) fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), position: None }
    }

    /// A place in a file.
    pub(super) fn within(file: &str, text: &str, offset: usize) -> Self {
        Self { name: file.to_owned(), position: Some(position(text, offset)) }
    }
}

impl Problem {
    /// A problem of a place as a whole.
    pub(super) fn at(place: Place, what: impl Into<String>) -> Self {
        Self { place: Some(place), key: None, what: what.into() }
    }

    /// A problem of a setting, wherever it stands.
    pub(super) fn of(key: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: None, key: Some(key.into()), what: what.into() }
    }

    /// A problem that the TOML reader found.
    pub(super) fn of_toml(place: Place, error: &toml::de::Error) -> Self {
        let message = error.message().trim().replace('\n', "; ");
        Self::at(place, with_nearest(without_value(&message)))
    }

    /// The same, at the place where the setting stands.
    pub(super) fn placed(self, place: impl FnOnce(&str) -> Option<Place>) -> Self {
        let place = self.key.as_deref().and_then(place);
        Self { place, ..self }
    }

    /// The line, from 1.
    pub(super) fn line(&self) -> Option<usize> {
        let (line, _) = self.place.as_ref()?.position?;
        Some(line)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Place { name, position }) = &self.place {
            f.write_str(name)?;
            if let Some((line, column)) = position {
                write!(f, ":{line}:{column}")?;
            }
            f.write_str(": ")?;
        }
        if let Some(key) = &self.key {
            write!(f, "{key}: ")?;
        }
        f.write_str(&self.what)
    }
}

fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let last = before.rsplit('\n').next().unwrap_or_default();
    (line, last.chars().count() + 1)
}

/// Serde quotes a text of the wrong type: `invalid type: string "…", expected …`.
fn without_value(message: &str) -> String {
    let begin = message.find(": string \"");
    let end = message.rfind("\", expected ");
    let parts = begin.zip(end).and_then(|(begin, end)| {
        let kind = message.get(..begin + ": string".len())?;
        Some((kind, message.get(end + 1..)?))
    });
    match parts {
        Some((kind, expected)) => format!("{kind}{expected}"),
        None => message.to_owned(),
    }
}

/// Adds the nearest of the expected names to a message about an unknown one.
fn with_nearest(message: String) -> String {
    let mut names = message.split('`').skip(1).step_by(2);
    let unknown = names.next().unwrap_or_default();
    let is_unknown = message.starts_with("unknown");
    match nearest(unknown, names).filter(|_| is_unknown) {
        Some(name) => format!("{message}; perhaps `{name}` is meant"),
        None => message,
    }
}

/// The candidate that is most like `name`, if one is like it at all.
pub(super) fn nearest<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let scored =
        candidates.map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate));
    scored.filter(|(distance, _)| *distance <= 3).min().map(|(_, candidate)| candidate)
}
