//! A problem of the configuration, with its place and the nearest name that exists.

use std::fmt;

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, or the variable.
    place: String,
    /// Line and column in the file, from 1.
    position: Option<(usize, usize)>,
    /// What is wrong.
    what: String,
}

impl Problem {
    pub(super) fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            position: None,
            what: what.into(),
        }
    }

    /// A problem that the TOML reader found in a file.
    pub(super) fn of_toml(file: &str, text: &str, error: &toml::de::Error) -> Self {
        let position = error.span().map(|span| position(text, span.start));
        Self {
            place: file.to_owned(),
            position,
            what: with_nearest(error.message()),
        }
    }

    /// The line, from 1.
    pub(super) fn line(&self) -> Option<usize> {
        self.position.map(|(line, _)| line)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some((line, column)) => write!(f, "{}:{line}:{column}: {}", self.place, self.what),
            None => write!(f, "{}: {}", self.place, self.what),
        }
    }
}

fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before
        .chars()
        .rev()
        .take_while(|char| *char != '\n')
        .count()
        + 1;
    (line, column)
}

/// Adds the nearest of the expected names to a message about an unknown one.
fn with_nearest(message: &str) -> String {
    let message = message.trim().replace('\n', "; ");
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
    scored
        .filter(|(distance, _)| *distance <= 3)
        .min()
        .map(|(_, candidate)| candidate)
}
