//! What surrounds an item: the resource that sent it, and the scope that made it.
//!
//! Read once, given to every item within.

use model::{Actor, IdentifiedBy, Record};
use opentelemetry_proto::tonic::common::v1::{InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use serde_json::Value;

use super::super::attribute::vocabulary::meaning;
use super::super::attribute::{Any, Field, into_value};

/// The resource and the scope of an item.
#[derive(Default)]
pub(crate) struct Context {
    service: Option<String>,
    resource: Level,
    scope: Level,
}

/// The attributes of a resource or a scope.
#[derive(Default)]
struct Level {
    /// With their prefix.
    attributes: Vec<(String, Value)>,
    /// Who acts, where the level says so.
    identity: Vec<Identity>,
}

struct Identity {
    field: Field,
    rank: u8,
    name: String,
    text: String,
}

impl Context {
    /// Within `resource`, and no scope yet.
    pub(crate) fn of_resource(resource: Option<Resource>) -> Self {
        let mut context = Self::default();
        for KeyValue { key, value, .. } in resource.unwrap_or_default().attributes {
            let Some(value) = value.and_then(|any| any.value) else {
                continue;
            };
            match (key.as_str(), value) {
                ("service.name", Any::StringValue(name)) => context.service = Some(name),
                (_, value) => context.resource.add("resource.", &key, value),
            }
        }
        context.resource.identity.sort_by_key(|identity| identity.rank);
        context
    }

    /// Within `scope` from here on.
    pub(crate) fn enter_scope(&mut self, scope: Option<InstrumentationScope>) {
        self.scope = Level::default();
        let Some(scope) = scope else { return };
        for (name, text) in [("scope.name", scope.name), ("scope.version", scope.version)] {
            if !text.is_empty() {
                self.scope.attributes.push((name.to_owned(), Value::String(text)));
            }
        }
        for KeyValue { key, value, .. } in scope.attributes {
            if let Some(value) = value.and_then(|any| any.value) {
                self.scope.add("scope.", &key, value);
            }
        }
        self.scope.identity.sort_by_key(|identity| identity.rank);
    }

    /// Gives a record its source, its surroundings, and whoever acts where it does not say so.
    pub(crate) fn surround(&self, record: &mut Record) {
        record.source.service.clone_from(&self.service);
        for level in [&self.scope, &self.resource] {
            record.attributes.extend(level.attributes.iter().cloned());
            for identity in &level.identity {
                if !identity.fill(&mut record.actor) {
                    let value = Value::String(identity.text.clone());
                    record.attributes.insert(identity.name.clone(), value);
                }
            }
        }
    }
}

impl Level {
    fn add(&mut self, prefix: &str, key: &str, value: Any) {
        let name = format!("{prefix}{key}");
        let identity = meaning(key).filter(|meaning| Identity::is_one(meaning.field));
        match (identity, value) {
            (Some(meaning), Any::StringValue(text)) if !text.is_empty() => {
                let (field, rank) = (meaning.field, meaning.rank);
                self.identity.push(Identity { field, rank, name, text });
            }
            (_, value) => self.attributes.push((name, into_value(value))),
        }
    }
}

impl Identity {
    const fn is_one(field: Field) -> bool {
        matches!(field, Field::User | Field::Session | Field::Agent | Field::ClientAddress)
    }

    /// Fills the actor's field; `false` when it says something else already.
    fn fill(&self, actor: &mut Actor) -> bool {
        let field = match self.field {
            Field::User => &mut actor.user,
            Field::Session => &mut actor.session,
            Field::Agent => &mut actor.agent,
            Field::ClientAddress => &mut actor.client_address,
            _ => return false,
        };
        if field.as_ref().is_some_and(|known| *known != self.text) {
            return false;
        }
        *field = Some(self.text.clone());
        if self.field == Field::User {
            actor.identified_by = IdentifiedBy::Telemetry;
        }
        true
    }
}
