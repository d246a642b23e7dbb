//! The attributes of one item, sorted by what they mean. Whatever nobody takes stays an attribute.
//!
//! One pass over the attributes, one look-up each; values are moved, not copied.

use std::collections::BTreeMap;

use opentelemetry_proto::tonic::common::v1::KeyValue;
use serde_json::Value;

use super::tree::Tree;
use super::value::{Any, into_value, object, parsed, scalar_text};
use super::vocabulary::{Field, GROUPS, Group, group, meaning};

/// An attribute with a meaning.
pub(crate) struct Named {
    pub(crate) name: &'static str,
    pub(crate) value: Any,
    field: Field,
    rank: u8,
}

/// Which families of names an item uses: the signs of its dialect.
#[derive(Clone, Copy, Default)]
pub(crate) struct Families {
    pub(crate) gen_ai: bool,
    pub(crate) openllmetry: bool,
    pub(crate) openinference: bool,
    pub(crate) vercel: bool,
    pub(crate) langfuse: bool,
    pub(crate) laminar: bool,
    pub(crate) mcp: bool,
    pub(crate) guardrail: bool,
    pub(crate) pydantic_ai: bool,
    pub(crate) mlflow: bool,
    pub(crate) google_adk: bool,
}

/// Attributes by meaning.
#[derive(Default)]
pub(crate) struct Sorted {
    named: Vec<Named>,
    /// Which fields are in `named`.
    present: u128,
    groups: [Option<Box<Tree>>; Group::COUNT],
    rest: Vec<(String, Any)>,
    /// `gen_ai.request.*` without a field of its own.
    pub(crate) parameters: BTreeMap<String, Value>,
    pub(crate) families: Families,
}

impl Sorted {
    /// Sorts the attributes of an item.
    pub(crate) fn new(attributes: Vec<KeyValue>) -> Self {
        let mut sorted = Self { named: Vec::with_capacity(attributes.len()), ..Self::default() };
        sorted.extend(attributes);
        sorted
    }

    fn add(&mut self, key: String, value: Any) {
        self.families.notice(&key);
        if let Some(meaning) = meaning(&key) {
            self.present |= 1 << meaning.field as u8;
            let (field, rank, name) = (meaning.field, meaning.rank, meaning.name);
            return self.named.push(Named { name, value, field, rank });
        }
        if let Some((group, path)) = group(&key) {
            let Some(tree) = self.groups.get_mut(group as usize) else {
                return;
            };
            if let Err(value) = tree.get_or_insert_default().insert(path, value) {
                self.rest.push((key, value));
            }
            return;
        }
        match key.strip_prefix("gen_ai.request.") {
            Some(name) => {
                self.parameters.insert(name.to_owned(), into_value(value));
            }
            None => self.rest.push((key, value)),
        }
    }

    /// Whether a field is present.
    pub(crate) const fn has(&self, field: Field) -> bool {
        self.present & (1 << field as u8) != 0
    }

    /// Whether a group is present.
    pub(crate) fn has_group(&self, group: Group) -> bool {
        self.groups.get(group as usize).is_some_and(Option::is_some)
    }

    /// The text of a field, without taking it.
    pub(crate) fn peek(&self, field: Field) -> Option<&str> {
        let named = self.named.iter().filter(|named| named.field == field);
        match &named.min_by_key(|named| named.rank)?.value {
            Any::StringValue(text) => Some(text),
            _ => None,
        }
    }

    /// The best name a field stands under.
    pub(crate) fn best_name(&self, field: Field) -> Option<&'static str> {
        let named = self.named.iter().filter(|named| named.field == field);
        named.min_by_key(|named| named.rank).map(|named| named.name)
    }

    /// Adds what another list of the same item says: a span's event that carries its attributes.
    pub(crate) fn extend(&mut self, attributes: Vec<KeyValue>) {
        for KeyValue { key, value, .. } in attributes {
            if let Some(value) = value.and_then(|any| any.value) {
                self.add(key, value);
            }
        }
    }

    /// Takes a field under its best name. Equal values under other names go too.
    pub(crate) fn take(&mut self, field: Field) -> Option<Named> {
        if !self.has(field) {
            return None;
        }
        let of_field = |named: &(usize, &Named)| named.1.field == field;
        let best = self.named.iter().enumerate().filter(of_field);
        let (best, _) = best.min_by_key(|(_, named)| named.rank)?;
        let taken = self.named.swap_remove(best);
        self.named.retain(|other| other.field != field || other.value != taken.value);
        if !self.named.iter().any(|named| named.field == field) {
            self.present &= !(1 << field as u8);
        }
        Some(taken)
    }

    /// Takes a field under all its names, best first. Equal values come once.
    pub(crate) fn take_all(&mut self, field: Field) -> Vec<Named> {
        std::iter::from_fn(|| self.take(field)).collect()
    }

    /// Puts back what turned out not to be what its name says.
    pub(crate) fn put_back(&mut self, name: &str, value: Any) {
        self.rest.push((name.to_owned(), value));
    }

    /// Takes a field as text; scalars are written out. Anything else stays an attribute, and so
    /// does an empty text.
    pub(crate) fn text(&mut self, field: Field) -> Option<String> {
        let Named { name, value, .. } = self.take(field)?;
        match value {
            Any::StringValue(text) if !text.is_empty() => Some(text),
            Any::IntValue(_) | Any::DoubleValue(_) | Any::BoolValue(_) => {
                scalar_text(into_value(value)).ok()
            }
            value => {
                self.put_back(name, value);
                None
            }
        }
    }

    /// Takes a field as a list of texts.
    pub(crate) fn texts(&mut self, field: Field) -> Vec<String> {
        let Some(Named { value, .. }) = self.take(field) else {
            return Vec::new();
        };
        match parsed(into_value(value)) {
            Value::Array(items) => {
                items.into_iter().filter_map(|item| scalar_text(item).ok()).collect()
            }
            other => scalar_text(other).into_iter().filter(|text| !text.is_empty()).collect(),
        }
    }

    /// Takes a field as a number that is not negative.
    pub(crate) fn number(&mut self, field: Field) -> Option<f64> {
        let Named { name, value, .. } = self.take(field)?;
        let number = match &value {
            #[expect(clippy::cast_precision_loss, reason = "counts and durations are far smaller")]
            Any::IntValue(value) => Some(*value as f64),
            Any::DoubleValue(value) => Some(*value),
            Any::StringValue(text) => text.trim().parse().ok(),
            _ => None,
        };
        let number = number.filter(|number: &f64| number.is_finite() && *number >= 0.0);
        if number.is_none() {
            self.put_back(name, value);
        }
        number
    }

    /// Takes a field as a count.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative; a count beyond 2^53 is no count"
    )]
    pub(crate) fn count(&mut self, field: Field) -> Option<u64> {
        self.number(field).map(|number| number as u64)
    }

    /// Takes a field as a JSON value; JSON text is parsed.
    pub(crate) fn value(&mut self, field: Field) -> Option<Value> {
        self.take(field).map(|named| parsed(into_value(named.value)))
    }

    /// Takes a field as an object.
    pub(crate) fn object(&mut self, field: Field) -> Option<serde_json::Map<String, Value>> {
        object(into_value(self.take(field)?.value))
    }

    /// Takes a group as a list.
    pub(crate) fn group(&mut self, group: Group) -> Option<Value> {
        self.groups.get_mut(group as usize)?.take().map(|tree| tree.into_value())
    }

    /// Everything that nobody took, by its name on the wire.
    pub(crate) fn into_rest(self) -> impl Iterator<Item = (String, Value)> {
        let named = self.named.into_iter().map(|named| (named.name.to_owned(), named.value));
        let rest =
            self.rest.into_iter().chain(named).map(|(name, value)| (name, into_value(value)));
        let groups = GROUPS.iter().zip(self.groups).filter_map(|((prefix, _), tree)| {
            Some((prefix.trim_end_matches('.').to_owned(), tree?.into_value()))
        });
        let parameters = self.parameters.into_iter();
        let parameters = parameters.map(|(name, value)| (format!("gen_ai.request.{name}"), value));
        rest.chain(groups).chain(parameters)
    }
}

impl Families {
    fn notice(&mut self, key: &str) {
        let seen = match key.as_bytes().first() {
            Some(b'g') => return self.notice_g(key),
            Some(b'a') => (&mut self.vercel, key.starts_with("ai.") || key.starts_with("aisdk.")),
            Some(b't') => (&mut self.openllmetry, key.starts_with("traceloop.")),
            Some(b'o') => (&mut self.openinference, key.starts_with("openinference.")),
            Some(b'm') if key.starts_with("mcp.") => (&mut self.mcp, true),
            Some(b'm') => (&mut self.mlflow, key.starts_with("mlflow.")),
            Some(b'p') => (&mut self.pydantic_ai, key.starts_with("pydantic_ai.")),
            Some(b'l') => return self.notice_l(key),
            _ => return,
        };
        let (family, sign) = seen;
        *family |= sign;
    }

    fn notice_g(&mut self, key: &str) {
        self.google_adk |= key.starts_with("gcp.vertex.agent.");
        let Some(name) = key.strip_prefix("gen_ai.") else {
            return;
        };
        self.gen_ai = true;
        let guard = ["guardrail.", "guardian.", "security.", "threat."];
        self.guardrail |= guard.iter().any(|prefix| name.starts_with(prefix));
        let flat = name.strip_prefix("prompt.").or_else(|| name.strip_prefix("completion."));
        let indexed =
            flat.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
        self.openllmetry |= indexed || name == "is_streaming" || name == "openai.api_base";
    }

    fn notice_l(&mut self, key: &str) {
        // Langfuse marks the spans of other instrumentations too, but not as observations.
        self.langfuse |= key.starts_with("langfuse.observation.");
        self.laminar |= key.starts_with("lmnr.");
        let Some(name) = key.strip_prefix("llm.") else {
            return;
        };
        let old = ["request.", "usage.", "is_streaming", "response."];
        if old.iter().any(|prefix| name.starts_with(prefix)) && !name.contains("model_name") {
            self.openllmetry = true;
        } else {
            self.openinference = true;
        }
    }
}
