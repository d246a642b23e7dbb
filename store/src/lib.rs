//! The operational copy: what the ledger recorded, as SQLite files by log day, for a person's
//! questions: this user, this session, this tool, these words, that hour.
//!
//! A [`Writer`] reads records in ledger order and folds their parts into rows that a user would
//! count. A [`Reader`] answers SQL over documented views and full-text searches, beside a running
//! writer. Everything here can be dropped and rebuilt from the ledger; nothing else can be rebuilt
//! from here.

// The ledger as records, and what it holds already.
mod archive;
mod once;

// What a file is.
mod cipher;
mod day;
mod error;
mod functions;
mod schema;
mod sketch;
mod table;

// What a row is.
mod attributes;
mod contents;
mod identity;
mod message;
mod named;
mod row;
mod tool_call;

// From records to rows.
mod commit;
mod early;
mod erase;
mod file;
mod sheet;
mod tally;
mod tools;
mod writer;

// From rows to answers.
mod columns;
mod evaluations;
mod guard;
mod query;
mod reader;
mod reference;
mod search;
mod terms;
mod views;

pub use archive::{Archive, ArchiveError, Entry};
pub use columns::{Acting, Bin, Columns, Counted, Facets, Page, Question, Scores};
pub use day::Day;
pub use error::{QueryError, StoreError};
pub use evaluations::{Evaluated, Subject};
pub use functions::{Functions, TextFunction};
pub use once::{End as RunEnd, Once, OnceError, Run, parse_run};
pub use query::{Cell, Limits, Table};
pub use reader::{DayStatistics, Of, Reader, Span};
pub use reference::views_reference;
pub use search::{Filters, Hit};
pub use sketch::Sketch;
pub use terms::{Terms, is_letter_or_number};
pub use views::Scope;
pub use writer::{Writer, remove_files};
