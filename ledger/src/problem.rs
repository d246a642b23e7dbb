//! A thing that is wrong with a log, and where.

use std::fmt;
use std::ops::Range;

/// What is wrong, in which file, from which byte, with which records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong: lower case, no full stop.
    pub what: String,
    /// The file, relative to the log's directory, with `/`.
    pub file: String,
    /// The first byte in that file that is concerned, where one can be named.
    pub offset: Option<u64>,
    /// The records that are concerned, where they can be named.
    pub indexes: Option<Range<u64>>,
}

impl Problem {
    /// Something wrong with a file as a whole.
    pub fn new(file: impl Into<String>, what: impl Into<String>) -> Self {
        Self { what: what.into(), file: file.into(), offset: None, indexes: None }
    }

    /// The byte from which it is wrong.
    #[must_use]
    pub fn at(mut self, offset: u64) -> Self {
        self.offset = Some(offset);
        self
    }

    /// The records concerned.
    #[must_use]
    pub fn of(mut self, indexes: Range<u64>) -> Self {
        self.indexes = Some(indexes);
        self
    }

    /// The one record concerned.
    #[must_use]
    pub fn of_one(self, index: u64) -> Self {
        self.of(index..index.saturating_add(1))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(offset) = self.offset {
            write!(f, " at byte {offset}")?;
        }
        match &self.indexes {
            Some(range) if range.end == range.start.saturating_add(1) => {
                write!(f, ", record {}", range.start)?;
            }
            Some(range) => {
                write!(f, ", records {} to {}", range.start, range.end.saturating_sub(1))?;
            }
            None => {}
        }
        write!(f, ": {}", self.what)
    }
}

impl std::error::Error for Problem {}

// How bad it is, and what to do about it, is for the reader of the report.
