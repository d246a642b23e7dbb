//! The traffic of model providers: requests and answers, whole or as they stream in.
//!
//! [`parse_request`] and [`AnswerReader`] are the two ways in. Both are tolerant: a field of the
//! wrong type or a part of an unknown kind costs only itself, stays in the record as it came, and
//! is named in `problems`.
//!
//! It does not know HTTP: status, headers and content codings are the caller's.

mod answer;
mod blob;
mod content;
mod endpoint;
mod fields;
mod identity;
mod parameters;
mod problem;
mod reader;
mod request;
mod stream;
mod usage;

pub use answer::{AnswerError, ParsedAnswer};
pub use endpoint::{Dialect, Endpoint};
pub use problem::Problem;
pub use reader::{AnswerLimits, AnswerReader, How};
pub use request::{ParsedRequest, RequestError, parse_request};

pub(crate) use answer::read_answer;
pub(crate) use blob::{Attachment, outline};
pub(crate) use content::{Collector, Voice, split_texts};
pub(crate) use fields::{Fields, take_items, take_map, take_text};
pub(crate) use parameters::take_rest;
pub(crate) use problem::Problems;
pub(crate) use request::read_request;
pub(crate) use stream::{Budget, Seen, append};
pub(crate) use usage::usage_of;
