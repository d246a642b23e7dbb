//! Who a request says it is for: the user, the session, and the metadata around them.
//!
//! It does not decide whom to believe; the proxy knows better sources.

use std::collections::BTreeMap;

use model::Place;
use serde_json::{Map, Value};

use super::parameters::small;
use super::{Fields, Problems, take_map, take_text};

/// What a request says of its user.
#[derive(Default)]
pub(crate) struct Identity {
    pub(crate) user: Option<String>,
    pub(crate) session: Option<String>,
}

impl Identity {
    /// Moves user, session and metadata out of `fields`. The first user found counts; what else
    /// names one stays in the fields, or becomes an attribute.
    pub(crate) fn take(
        fields: &mut Fields,
        attributes: &mut BTreeMap<String, Value>,
        problems: &mut Problems,
    ) -> Self {
        let root = Place::root("");
        let mut identity = Self::default();
        for name in ["user", "safety_identifier"] {
            if identity.user.is_none() {
                identity.user = take_text(fields, name, &root, problems).filter(not_empty);
            }
        }
        identity.session = take_conversation(fields);
        if let Some(mut metadata) = take_map(fields, "metadata", &root, problems) {
            identity.take_from_metadata(&mut metadata);
            for (name, value) in metadata {
                attributes.insert(format!("metadata.{name}"), small(value));
            }
        }
        identity
    }

    fn take_from_metadata(&mut self, metadata: &mut Map<String, Value>) {
        take_first(&mut self.user, metadata, "user_id");
        take_first(&mut self.session, metadata, "session_id");
    }
}

/// Takes a text out of the metadata, if none is known yet.
fn take_first(known: &mut Option<String>, metadata: &mut Map<String, Value>, name: &str) {
    let found = metadata.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    if known.is_none() && found.is_some() {
        *known = metadata.remove(name).and_then(|value| value.as_str().map(str::to_owned));
    }
}

/// The `conversation` of the Responses API: an id, or an object that has one.
fn take_conversation(fields: &mut Fields) -> Option<String> {
    let conversation = fields.get("conversation")?;
    let id = conversation.as_str().or_else(|| conversation.get("id")?.as_str())?.to_owned();
    fields.remove("conversation");
    Some(id).filter(not_empty)
}

#[expect(clippy::ptr_arg, reason = "Option::filter passes a reference to what it holds")]
fn not_empty(text: &String) -> bool {
    !text.is_empty()
}
