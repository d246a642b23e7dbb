//! The section `[inspect]` as it is written: every name is read, and checked later, all at once.

use std::collections::BTreeMap;
use std::fmt;

use model::Action;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::Policy;

/// What is set by type: `EMAIL_ADDRESS`, `SECRET/jwt`, or `*` for every type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// What is done with a value.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub actions: BTreeMap<String, Action>,
    /// How sure a detector must be, from 0 to 1; what is less sure is passed over.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub confidence: BTreeMap<String, f32>,
    /// Whether a pseudonym shows what helps its reader: the country of a telephone number or an
    /// account, the length of a card's number, the domain of an e-mail address.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub format: BTreeMap<String, bool>,
}

/// The rules of one tenant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TenantRules {
    /// As of [`Rules`].
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub actions: BTreeMap<String, Action>,
    /// As of [`Rules`].
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub confidence: BTreeMap<String, f32>,
    /// As of [`Rules`].
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub format: BTreeMap<String, bool>,
    /// By origin of the text.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub origin: BTreeMap<String, Rules>,
    /// By destination.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub destination: BTreeMap<String, Rules>,
}

impl TenantRules {
    /// Those that hold whatever the origin.
    pub(super) fn rules(&self) -> Rules {
        Rules {
            actions: self.actions.clone(),
            confidence: self.confidence.clone(),
            format: self.format.clone(),
        }
    }
}

/// The names in `[inspect]`, beside those of types.
const FIELDS: &[&str] = &[
    "actions",
    "confidence",
    "format",
    "origin",
    "tenant",
    "destination",
    "allow",
    "detector",
    "classifier",
];

/// A name in `[inspect]`.
enum Key {
    Field(&'static str),
    /// `EMAIL_ADDRESS = "drop"` is short for the same in `actions`.
    Type(String),
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a setting, or the name of a type")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Key, E> {
                if let Some(field) = FIELDS.iter().find(|field| **field == name) {
                    return Ok(Key::Field(field));
                }
                if name.starts_with(|first: char| first.is_ascii_uppercase()) {
                    return Ok(Key::Type(name.to_owned()));
                }
                Err(E::unknown_field(name, FIELDS))
            }
        }
        deserializer.deserialize_identifier(Name)
    }
}

impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Section;
        impl<'de> Visitor<'de> for Section {
            type Value = Policy;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a section")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Policy, A::Error> {
                read(&mut map)
            }
        }
        deserializer.deserialize_map(Section)
    }
}

fn read<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Policy, A::Error> {
    let mut policy = Policy::default();
    let mut short = BTreeMap::new();
    while let Some(key) = map.next_key()? {
        match key {
            Key::Field("actions") => policy.actions = map.next_value()?,
            Key::Field("confidence") => policy.confidence = map.next_value()?,
            Key::Field("format") => policy.format = map.next_value()?,
            Key::Field("origin") => policy.origin = map.next_value()?,
            Key::Field("tenant") => policy.tenant = map.next_value()?,
            Key::Field("destination") => policy.destination = map.next_value()?,
            Key::Field("allow") => policy.allow = map.next_value()?,
            Key::Field("classifier") => policy.classifier = Some(map.next_value()?),
            Key::Field(_) => policy.detector = map.next_value()?,
            Key::Type(name) => {
                short.insert(name, map.next_value()?);
            }
        }
    }
    // A variable of the environment sets the short form, and has the last word.
    policy.actions.extend(short);
    Ok(policy)
}
