//! A detector as `[[inspect.detector]]` writes it, and what is refused of it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::checksum::Validator;
use super::context::Context;
use super::dictionary::Dictionary;
use super::pattern::Pattern;
use super::{Detector, Finder};
use crate::Kind;
use crate::policy::{PolicyError, ReadFile, Selector};

/// Detectors that there may be.
const MOST: usize = 256;
/// Characters of a name.
const LONGEST_NAME: usize = 40;

/// An operator's own detector: exactly one of `regex`, `words` and `file`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectorSettings {
    /// Its name: the subtype of what it finds, in lower case, digits and dashes.
    pub name: String,
    /// A regular expression. What a group `(?<value>…)` matches is the value; without one, all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regex: Option<String>,
    /// Words or phrases, without regard to case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// A file with one of them on each line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// What the letters and digits of a value must satisfy.
    #[serde(default)]
    pub validator: Validator,
    /// Words that stand around a value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<String>,
    /// Whether one of them must, for a value to be one.
    #[serde(default)]
    pub context_required: bool,
    /// How sure it is, from 0 to 1; surer with one of the words of `context` nearby.
    #[serde(default = "sure")]
    pub confidence: f32,
    /// The type of what it finds, when that is not `CUSTOM`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

const fn sure() -> f32 {
    0.8
}

impl DetectorSettings {
    /// The detector; `None` after telling why not. It may be told that something is wrong and be
    /// one all the same: whoever was told anything does not use it.
    pub(super) fn compile(
        &self,
        read: ReadFile<'_>,
        tell: &mut dyn FnMut(&str, String),
    ) -> Option<Detector> {
        if !is_name(&self.name) {
            let what = "is not a name of 1 to 40 lower-case letters, digits and dashes";
            tell(".name", what.to_owned());
        }
        if !(0.0..=1.0).contains(&self.confidence) {
            tell(".confidence", "is not between 0 and 1".to_owned());
        }
        if self.context_required && self.context.is_empty() {
            tell(".context_required", "is set, but there is no word in context".to_owned());
        }
        let finder = self.finder(read, tell);
        Some(Detector {
            kind: self.kind(tell)?,
            subtype: Box::leak(self.name.clone().into_boxed_str()),
            finder: finder?,
            validator: self.validator,
            context: Context::new(&self.context, self.context_required),
            confidence: self.confidence,
        })
    }

    fn kind(&self, tell: &mut dyn FnMut(&str, String)) -> Option<Kind> {
        let Some(name) = &self.kind else { return Some(Kind::Custom) };
        match Selector::read(name, &[]) {
            Ok(Selector::Kind(kind)) => Some(kind),
            Ok(_) => {
                tell(".kind", "is not the name of one type".to_owned());
                None
            }
            Err(what) => {
                tell(".kind", what);
                None
            }
        }
    }

    fn finder(&self, read: ReadFile<'_>, tell: &mut dyn FnMut(&str, String)) -> Option<Finder> {
        let words = match (&self.regex, self.words.as_slice(), &self.file) {
            (Some(regex), [], None) => {
                let pattern = Pattern::compile(regex).map_err(|what| tell(".regex", what));
                return pattern.ok().map(|pattern| Finder::Pattern(Box::new(pattern)));
            }
            (None, [_, ..], None) => self.words.clone(),
            (None, [], Some(file)) => match read(file) {
                Ok(text) => text.lines().map(str::to_owned).collect(),
                Err(error) => {
                    tell(".file", error.to_string());
                    return None;
                }
            },
            _ => {
                tell("", "needs exactly one of regex, words and file".to_owned());
                return None;
            }
        };
        let setting = if self.file.is_some() { ".file" } else { ".words" };
        let dictionary = Dictionary::new(&words).map_err(|what| tell(setting, what));
        dictionary.ok().map(Finder::Dictionary)
    }
}

fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=LONGEST_NAME).contains(&name.len())
        && name.bytes().all(plain)
        && name.starts_with(|first: char| first.is_ascii_lowercase())
}

/// What only all of them together show.
pub(super) fn check_together(settings: &[DetectorSettings], problems: &mut Vec<PolicyError>) {
    if settings.len() > MOST {
        problems.push(PolicyError::new("detector", format!("are more than {MOST}")));
    }
    for (position, detector) in settings.iter().enumerate() {
        let before = settings.iter().take(position);
        if before.filter(|other| other.name == detector.name).count() > 0 {
            let key = format!("detector.{position}.name");
            problems.push(PolicyError::new(key, "is the name of an earlier detector"));
        }
    }
}
