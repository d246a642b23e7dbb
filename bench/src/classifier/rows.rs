//! Labelled texts: attacks and others, each from a source.
//!
//! ```text
//! row → source → group (held out together) → near copies of what is held out are not trained on
//! ```

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::Result;
use inspect::attack_model::Side;
use serde::Deserialize;

use super::train::is_of;
use super::units::{Unit, units};
use crate::inspect::rows::lines;

/// Words of a shingle.
const SHINGLE: usize = 5;
/// The share of a row's shingles from which it is a near copy.
const COPY: f64 = 0.5;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Direct,
    Indirect,
    Jailbreak,
    Benign,
    HardBenign,
}

impl Kind {
    pub(super) const fn is_attack(self) -> bool {
        matches!(self, Self::Direct | Self::Indirect | Self::Jailbreak)
    }
}

#[derive(Deserialize)]
struct Line {
    text: String,
    kind: Kind,
    source: String,
}

/// A labelled text.
pub(super) struct Row {
    pub(super) text: String,
    pub(super) kind: Kind,
    pub(super) source: String,
    pub(super) units: Vec<Unit>,
    shingles: Vec<u64>,
}

impl Row {
    pub(super) fn new(text: String, kind: Kind, source: String) -> Self {
        let (units, shingles) = (units(&text), shingles(&text));
        Self { text, kind, source, units, shingles }
    }

    /// Whether it only quotes attacks, so that its label is open to debate.
    pub(super) fn quotes(&self) -> bool {
        self.source.contains("#quotes-attack")
    }

    /// Whether it is a request to a model rather than a document.
    pub(super) fn is_request(&self) -> bool {
        let requests = [
            "GSM8K",
            "GPTeacher",
            "awesome-chatgpt-prompts",
            "fabric",
            "PINT_chat",
            "agentdojo requests",
        ];
        requests.iter().any(|name| self.source.contains(name))
    }

    /// Whether it is judged for a side.
    pub(super) fn is_of(&self, side: Side) -> bool {
        is_of(side, self.kind, self.is_request())
    }

    /// The data set that it is from.
    pub(super) fn family(&self) -> &'static str {
        let known = FAMILIES.iter().find(|(part, _)| self.source.contains(part));
        known.map_or("other", |(_, family)| family)
    }

    /// What is held out together: a data set when `strict`, else a source. The attacks of BIPIA,
    /// of which each category is a source, are in three groups of categories,
    /// and small sources are held out with others.
    pub(super) fn group(&self, strict: bool) -> String {
        let family = self.family();
        let category = self.source.find('[').and_then(|start| self.source.get(start..));
        match (family, category) {
            _ if strict => family.to_owned(),
            ("bipia", Some(category)) => format!("bipia-attacks-{}", hash(category) % 3),
            ("tasktracker", _) if self.source.contains("PyPA") => "tasktracker-indirect".to_owned(),
            ("dair-ai", _) if !self.source.contains("English") && !self.quotes() => {
                "dair-ai-translated".to_owned()
            }
            ("gptfuzz" | "giskard" | "garak" | "pint", _) => "small-attacks".to_owned(),
            ("presidio" | "gsm8k", _) => "presidio+gsm8k".to_owned(),
            ("gpteacher" | "fabric" | "owasp", _) => "gpteacher+fabric+owasp".to_owned(),
            ("awesome" | "pypa", _) => "awesome+pypa".to_owned(),
            _ => family.to_owned(),
        }
    }

    /// Whether much of it is in rows with these shingles.
    fn copies(&self, held: &HashSet<u64>) -> bool {
        let shared = self.shingles.iter().filter(|shingle| held.contains(shingle)).count();
        !self.shingles.is_empty() && shared as f64 > COPY * self.shingles.len() as f64
    }
}

/// Parts of a source's name, and the data set.
const FAMILIES: [(&str, &str); 18] = [
    ("TaskTracker", "tasktracker"),
    ("BIPIA", "bipia"),
    ("verazuo", "jailbreak_llms"),
    ("GPTFuzz", "gptfuzz"),
    ("Giskard", "giskard"),
    ("garak", "garak"),
    ("yunwei37", "garak"),
    ("PINT", "pint"),
    ("dair-ai", "dair-ai"),
    ("OWASP", "owasp"),
    ("pypa", "pypa"),
    ("presidio", "presidio"),
    ("GSM8K", "gsm8k"),
    ("GPTeacher", "gpteacher"),
    ("fabric", "fabric"),
    ("awesome-chatgpt-prompts", "awesome"),
    ("crates", "crates"),
    ("agentdojo", "agentdojo"),
];

/// The rows and documents that a model may learn from when the rows of a group are held out.
pub(super) fn without<'a>(
    rows: &'a [Row],
    documents: &'a [Row],
    group: &str,
    strict: bool,
) -> Vec<&'a Row> {
    let is_held = |row: &&Row| row.group(strict) == group;
    let held = rows.iter().filter(is_held).flat_map(|row| row.shingles.iter().copied()).collect();
    let others = rows.iter().filter(|row| !is_held(row));
    others.chain(documents).filter(|row| !row.copies(&held)).collect()
}

fn shingles(text: &str) -> Vec<u64> {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut shingles: Vec<u64> = words.windows(SHINGLE).map(hash).collect();
    shingles.sort_unstable();
    shingles.dedup();
    shingles
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Reads rows of JSON lines, which may be gzipped.
pub(super) fn read(path: &Path) -> Result<Vec<Row>> {
    let lines: Vec<Line> = lines(path)?;
    Ok(lines.into_iter().map(|line| Row::new(line.text, line.kind, line.source)).collect())
}

/// Where the rows lie, when they are there.
pub(super) fn labelled() -> Option<PathBuf> {
    crate::inspect::rows::found("injection/dev.jsonl.gz")
}
