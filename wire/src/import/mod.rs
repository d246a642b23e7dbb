//! Reads what other tools exported, record by record, into observations.
//!
//! [`Splitter`] cuts a file into records, [`Format::detect`] says whose they are, and [`parse_line`]
//! reads one. Ids that a source lacks are derived from what it has, so that the same export read
//! twice gives the same parts, which are then recognised and kept once.
//!
//! It does not open files, and it does not inspect.

mod anthropic;
mod conversation;
mod exchange;
mod format;
mod identity;
mod langfuse;
mod line;
mod litellm;
mod lookup;
mod native;
mod openai;
mod otlp;
mod split;
mod time;

pub use format::Format;
pub use line::{Imported, LineError, parse_line};
pub use split::{Piece, Splitter};
