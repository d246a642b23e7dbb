//! Attributes: their values, what their names mean, and the ones that are flattened messages.
//!
//! What a meaning does to a record is decided elsewhere.

mod names;
mod sorted;
mod tree;
mod value;
pub(crate) mod vocabulary;

pub(crate) use sorted::{Named, Sorted};
pub(crate) use value::{Any, any_depth, float, into_value, parse_json, scalar_text};
pub(crate) use vocabulary::{Field, Group};
