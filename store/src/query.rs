//! Rows as a query gives them, and the limits it runs under.
//!
//! It knows nothing of SQLite's files: `reader` does.

use std::time::Duration;

use serde::{Serialize, Serializer};

/// How much a query may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Time from start to last row.
    pub time: Duration,
    /// Rows of the answer.
    pub rows: usize,
    /// Bytes of all texts and numbers of the answer.
    pub bytes: usize,
}

impl Default for Limits {
    /// Ten seconds, 100,000 rows, 64 MiB.
    fn default() -> Self {
        Self { time: Duration::from_secs(10), rows: 100_000, bytes: 64 << 20 }
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Table {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows, one cell a column.
    pub rows: Vec<Vec<Cell>>,
}

/// One value of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// No value.
    Null,
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Real(f64),
    /// A text.
    Text(String),
    /// Bytes, such as a sketch.
    Blob(Vec<u8>),
}

impl Cell {
    /// Its size in bytes, for the limit.
    pub(crate) const fn size(&self) -> usize {
        match self {
            Self::Null => 1,
            Self::Integer(_) | Self::Real(_) => 8,
            Self::Text(text) => text.len(),
            Self::Blob(bytes) => bytes.len(),
        }
    }
}

impl From<rusqlite::types::ValueRef<'_>> for Cell {
    fn from(value: rusqlite::types::ValueRef<'_>) -> Self {
        use rusqlite::types::ValueRef;
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(number) => Self::Integer(number),
            ValueRef::Real(number) => Self::Real(number),
            ValueRef::Text(text) => Self::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Blob(bytes) => Self::Blob(bytes.to_vec()),
        }
    }
}

impl Serialize for Cell {
    /// As the JSON value; bytes in hexadecimal.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Real(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Blob(bytes) => serializer.serialize_str(&hex::encode(bytes)),
        }
    }
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Real(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
            Self::Blob(bytes) => f.write_str(&hex::encode(bytes)),
        }
    }
}
