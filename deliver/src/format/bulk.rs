//! Elasticsearch and OpenSearch `_bulk`: an action and a source for each event.
//!
//! The action is `create` with the idempotency key as `_id`: what is there already is refused with
//! 409 and so is never doubled. It is also the one action that data streams take.

use crate::json::{self, Object};
use crate::outgoing::Outgoing;

/// The lines of one event, each with its line feed.
pub fn action(outgoing: &Outgoing) -> String {
    let create = Object::of("create", Object::of("_id", outgoing.key.as_str()));
    let source = String::from_utf8_lossy(&outgoing.payload);
    format!("{}\n{source}\n", json::line(&create.into()))
}
