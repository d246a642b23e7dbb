//! Attributes as JSON text, with what all records of a service repeat kept once.
//!
//! A fragment is a JSON object without its braces, so that the view joins the two by a comma
//! instead of parsing them. It does not look inside values.

use std::collections::BTreeMap;

use model::Record;
use serde_json::Value;

use crate::identity::hash_of;

/// The attributes of one record.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Attributes {
    /// What only this record has.
    pub(crate) own: Option<String>,
    /// Those of the OTLP resource and scope, which thousands of records share.
    pub(crate) shared: Option<Shared>,
}

/// A set of attributes that is kept once a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shared {
    /// A hash of the fragment: its row id.
    pub(crate) id: i64,
    /// The fragment.
    pub(crate) fragment: String,
}

impl Attributes {
    /// Those of a record; of an alert with what it says, by the names of its fields.
    pub(crate) fn of_record(record: &Record) -> Self {
        let Some(alert) = &record.alert else { return Self::of(&record.attributes) };
        let mut all = record.attributes.clone();
        if let Ok(Value::Object(fields)) = serde_json::to_value(alert) {
            all.extend(fields);
        }
        Self::of(&all)
    }

    fn of(attributes: &BTreeMap<String, Value>) -> Self {
        let is_shared = |name: &str| name.starts_with("resource.") || name.starts_with("scope.");
        let shared = fragment(attributes.iter().filter(|(name, _)| is_shared(name)));
        Self {
            own: fragment(attributes.iter().filter(|(name, _)| !is_shared(name))),
            shared: shared
                .map(|fragment| Shared { id: (hash_of(&fragment) >> 1).cast_signed(), fragment }),
        }
    }

    /// Everything as the record's own, for the day when two sets have the same hash.
    pub(crate) fn unshared(&self) -> Option<String> {
        let parts =
            [self.shared.as_ref().map(|shared| shared.fragment.as_str()), self.own.as_deref()];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(","))
    }
}

fn fragment<'a>(entries: impl Iterator<Item = (&'a String, &'a Value)>) -> Option<String> {
    let mut bytes = Vec::new();
    for (name, value) in entries {
        if !bytes.is_empty() {
            bytes.push(b',');
        }
        // Strings and JSON values always encode.
        let _: Result<(), _> = serde_json::to_writer(&mut bytes, name);
        bytes.push(b':');
        let _: Result<(), _> = serde_json::to_writer(&mut bytes, value);
    }
    String::from_utf8(bytes).ok().filter(|text| !text.is_empty())
}

/// The union of two fragments; where both have a name, the stronger is believed.
pub(crate) fn merge(
    mine: Option<String>,
    theirs: Option<String>,
    stronger: bool,
) -> Option<String> {
    let (Some(mine), Some(theirs)) = (&mine, &theirs) else {
        return mine.or(theirs);
    };
    let (weak, strong) = if stronger { (mine, theirs) } else { (theirs, mine) };
    let mut all = parse(weak);
    all.extend(parse(strong));
    fragment(all.iter())
}

fn parse(fragment: &str) -> BTreeMap<String, Value> {
    serde_json::from_str(&format!("{{{fragment}}}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn shared_and_own_are_kept_apart() {
        let all = [("a".to_owned(), json!(1)), ("resource.service.name".to_owned(), json!("shop"))];
        let attributes = Attributes::of(&all.into());
        assert_eq!(attributes.own.as_deref(), Some(r#""a":1"#));
        assert_eq!(attributes.shared.unwrap().fragment, r#""resource.service.name":"shop""#);
    }

    #[test]
    fn the_stronger_part_is_believed() {
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            merge(text(r#""a":1,"b":2"#), text(r#""b":3,"c":4"#), true),
            text(r#""a":1,"b":3,"c":4"#)
        );
        assert_eq!(merge(text(r#""b":2"#), text(r#""b":3"#), false), text(r#""b":2"#));
        assert_eq!(merge(None, text(r#""b":3"#), false), text(r#""b":3"#));
    }
}
