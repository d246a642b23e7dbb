//! The events door: sign-ins, grants, feedback, changes, as JSON (`POST /v1/events`).
//!
//! ```text
//! bytes → cut → parse (strict, by the table of fields) → record → one result for each event
//! ```
//!
//! Model traffic has doors of its own.

mod answer;
mod door;
mod field;
mod kind;
mod parse;
mod schema;
mod time;

pub use door::{State, router};
pub use parse::{EventError, MAX_EVENTS, parse};
pub use schema::schema;

pub(crate) use time::parse as parse_time;
