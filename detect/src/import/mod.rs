//! Rules of other projects as Sigma rules on our events: data in, data out.
//!
//! What a rule asks for and Sigma on our events cannot say is told with its reason, and left out.

mod atr;
mod document;
mod nova;
mod regex;

use std::collections::BTreeSet;

pub use atr::atr;
pub use nova::nova;

/// The largest file that is read, bytes.
const LARGEST: usize = 1 << 20;

/// What a file became.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// The rules, each a file of its own.
    pub rules: Vec<ImportedRule>,
    /// What is in none of them.
    pub left_out: Vec<LeftOut>,
}

/// A rule as a Sigma file of our events. One that looks at several kinds of events is several
/// documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedRule {
    /// What its project calls it.
    pub name: String,
    /// The name of its file, made of letters, digits, hyphens and underscores.
    pub file: String,
    /// The YAML.
    pub text: String,
}

/// A rule, or part of one, that could not be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// What its project calls the rule; the file where that is not known.
    pub rule: String,
    /// The part; the whole rule where there is none.
    pub part: Option<String>,
    /// Why.
    pub reason: String,
}

/// Where a file is from, and which techniques are known.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The file's name, as it was named.
    pub file: String,
    /// The identifiers of MITRE ATLAS that a tag may name, such as `AML.T0051.000`.
    pub atlas: BTreeSet<String>,
}

impl Origin {
    fn tag(&self, technique: &str) -> Option<String> {
        let id = technique.split_whitespace().next()?;
        self.atlas.contains(id).then(|| format!("atlas.{}", id.to_ascii_lowercase()))
    }
}

impl Imported {
    fn leave_out(&mut self, rule: &str, part: Option<String>, reason: impl Into<String>) {
        self.left_out.push(LeftOut { rule: rule.to_owned(), part, reason: reason.into() });
    }

    /// Keeps a rule where it works.
    fn keep(&mut self, name: &str, documents: &[document::Document]) {
        match document::written(documents) {
            Ok(text) => {
                let file = file_name(name);
                self.rules.push(ImportedRule { name: name.to_owned(), file, text });
            }
            Err(reason) => self.leave_out(name, None, reason),
        }
    }
}

/// A name that is the same on every file system.
fn file_name(name: &str) -> String {
    let plain = |char: char| char.is_ascii_alphanumeric() || char == '-' || char == '_';
    let name = name.chars().take(100).map(|char| if plain(char) { char } else { '_' });
    format!("{}.yml", name.collect::<String>().to_ascii_lowercase())
}

fn is_too_large(text: &str) -> Option<String> {
    (text.len() > LARGEST).then(|| format!("the file is larger than {LARGEST} bytes"))
}
