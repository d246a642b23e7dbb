//! Items into records: one shape for all dialects.
//!
//! Names are looked up in [`super::attribute`], messages are read by [`super::message`]; here it is
//! decided what they mean for the record.

mod actor;
mod call;
mod context;
mod dialect;
mod dialogue;
mod draft;
mod event;
mod guardrail;
mod instant;
mod kind;
mod log;
mod metric;
mod point;
mod provider;
mod retrieval;
mod span;
mod tool;
mod usage;

pub(crate) use context::Context;
pub(crate) use log::log;
pub(crate) use metric::{metric, points};
pub(crate) use span::span;
