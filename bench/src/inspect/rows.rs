//! Labelled texts: what is sensitive in each, and where.
//!
//! It reads and holds them; it judges nothing.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A text and its labels.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) spans: Vec<Span>,
    /// The type that the text looks like, and is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) negative_for: Option<String>,
}

/// A sensitive value of a row. Places are counted in code points; the end is exclusive.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Span {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) start: usize,
    pub(crate) end: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) subtype: Option<String>,
}

impl Span {
    /// Whether two spans share a character.
    pub(crate) const fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Rows of a file of JSON lines, which may be gzipped.
pub(crate) fn read(path: &Path) -> Result<Vec<Row>> {
    lines(path)
}

/// What each line of a file of JSON lines says, which may be gzipped.
pub(crate) fn lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    let file = std::fs::File::open(path).with_context(|| format!("read {}", path.display()))?;
    let mut text = String::new();
    if path.extension().is_some_and(|extension| extension == "gz") {
        flate2::read::GzDecoder::new(file).read_to_string(&mut text)?;
    } else {
        std::io::BufReader::new(file).read_to_string(&mut text)?;
    }
    text.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// Where the labelled rows of others lie, when they are there.
pub(crate) fn labelled() -> Option<PathBuf> {
    found("pii/dev.jsonl.gz")
}

/// A file of the data of others, when it is there.
pub(crate) fn found(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("PLAINSIGHT_EVAL_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let path = folder.join(name);
    path.try_exists().unwrap_or(false).then_some(path)
}
