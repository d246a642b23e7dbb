//! Rules by scope, and which of them holds.

use std::collections::BTreeMap;

use model::{Action, Origin};

use super::scope::{Destination, ORIGINS, Scope};
use super::selector::{Selector, unknown};
use super::table::Table;
use super::{Policy, PolicyError, Rules};
use crate::Kind;

/// The rules of one scope.
#[derive(Clone, Debug, Default)]
struct Layer {
    actions: Table<Action>,
    confidence: Table<f32>,
    format: Table<bool>,
}

/// The rules of one tenant, or of all.
#[derive(Clone, Debug, Default)]
struct Layers {
    all: Layer,
    origin: Vec<(Origin, Layer)>,
    destination: Vec<(Destination, Layer)>,
}

/// Every rule.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rulebook {
    common: Layers,
    tenants: BTreeMap<String, Layers>,
}

impl Rulebook {
    /// Reads a policy's rules, and tells of every one that cannot be.
    pub(crate) fn compile(
        policy: &Policy,
        customs: &[&str],
        problems: &mut Vec<PolicyError>,
    ) -> Self {
        let mut compiler = Compiler { customs, problems };
        let all = Rules {
            actions: policy.actions.clone(),
            confidence: policy.confidence.clone(),
            format: policy.format.clone(),
        };
        let common = compiler.layers("", &all, &policy.origin, &policy.destination);
        let tenants = policy.tenant.iter().map(|(name, rules)| {
            let within = format!("tenant.{name}.");
            let layers =
                compiler.layers(&within, &rules.rules(), &rules.origin, &rules.destination);
            (name.clone(), layers)
        });
        Self { common, tenants: tenants.collect() }
    }

    /// What is done with a value.
    pub(crate) fn action(&self, scope: Scope<'_>, kind: Kind, subtype: Option<&str>) -> Action {
        let found = self.layers(scope).find_map(|layer| layer.actions.get(kind, subtype));
        found.unwrap_or(default_action(kind))
    }

    /// How sure a detector must be.
    pub(crate) fn confidence(&self, scope: Scope<'_>, kind: Kind, subtype: Option<&str>) -> f32 {
        self.layers(scope).find_map(|layer| layer.confidence.get(kind, subtype)).unwrap_or(0.0)
    }

    /// Whether a pseudonym shows what helps its reader.
    pub(crate) fn format(&self, scope: Scope<'_>, kind: Kind, subtype: Option<&str>) -> bool {
        let found = self.layers(scope).find_map(|layer| layer.format.get(kind, subtype));
        found.unwrap_or(kind != Kind::EmailAddress)
    }

    /// What a destination asks for; `None` where it takes the value as it was inspected.
    pub(super) fn action_at(
        &self,
        destination: Destination,
        tenant: &str,
        kind: Kind,
        subtype: Option<&str>,
    ) -> Option<Action> {
        let both = [self.tenants.get(tenant), Some(&self.common)];
        both.into_iter().flatten().find_map(|layers| {
            let layer = of(&layers.destination, destination)?;
            layer.actions.get(kind, subtype)
        })
    }

    /// The scopes that hold, the most exact first.
    fn layers<'a>(&'a self, scope: Scope<'_>) -> impl Iterator<Item = &'a Layer> {
        let both = [self.tenants.get(scope.tenant), Some(&self.common)];
        both.into_iter().flatten().flat_map(move |layers| {
            let origin = scope.origin.and_then(|origin| of(&layers.origin, origin));
            origin.into_iter().chain([&layers.all])
        })
    }
}

fn of<K: Copy + PartialEq>(layers: &[(K, Layer)], key: K) -> Option<&Layer> {
    layers.iter().find(|(of, _)| *of == key).map(|(_, layer)| layer)
}

/// Identifiers of people stay joinable, account numbers keep their last digits, secrets go. The
/// names of organisations and places are told and kept: without them a conversation says nothing.
pub(crate) const fn default_action(kind: Kind) -> Action {
    match kind {
        Kind::CreditCard | Kind::Iban | Kind::BankAccount => Action::Mask,
        Kind::UsSsn | Kind::Secret | Kind::Custom => Action::Drop,
        Kind::Organization | Kind::Location | Kind::Age | Kind::DateTime => Action::Keep,
        _ => Action::Pseudonymize,
    }
}

struct Compiler<'a> {
    customs: &'a [&'a str],
    problems: &'a mut Vec<PolicyError>,
}

impl Compiler<'_> {
    fn layers(
        &mut self,
        within: &str,
        all: &Rules,
        origin: &BTreeMap<String, Rules>,
        destination: &BTreeMap<String, Rules>,
    ) -> Layers {
        let mut layers = Layers { all: self.layer(within, all), ..Layers::default() };
        for (name, rules) in origin {
            let key = format!("{within}origin.{name}");
            let layer = self.layer(&format!("{key}."), rules);
            if let Some(origin) = ORIGINS.into_iter().find(|origin| origin.as_str() == name) {
                layers.origin.push((origin, layer));
            } else {
                let names = ORIGINS.into_iter().map(Origin::as_str);
                self.tell(key, unknown("origin", name, names));
            }
        }
        for (name, rules) in destination {
            let key = format!("{within}destination.{name}");
            let layer = self.layer(&format!("{key}."), rules);
            if let Some(destination) = self.destination(&key, name, rules) {
                layers.destination.push((destination, layer));
            }
        }
        layers
    }

    fn destination(&mut self, key: &str, name: &str, rules: &Rules) -> Option<Destination> {
        if ["ledger", "store"].contains(&name) {
            let what = "gets records as they were inspected: its rules are those of all";
            self.tell(key, what);
            return None;
        }
        let with_rules = Destination::WITH_RULES;
        let found = with_rules.into_iter().find(|destination| destination.as_str() == name);
        if found.is_none() {
            let names = with_rules.into_iter().map(Destination::as_str);
            self.tell(key, unknown("destination", name, names));
        }
        if !(rules.confidence.is_empty() && rules.format.is_empty()) {
            self.tell(key, "gets records that were inspected: only actions can be set for it");
        }
        found
    }

    fn layer(&mut self, within: &str, rules: &Rules) -> Layer {
        for (name, least) in &rules.confidence {
            if !(0.0..=1.0).contains(least) {
                self.tell(format!("{within}confidence.{name}"), "is not between 0 and 1");
            }
        }
        Layer {
            actions: self.table(&format!("{within}actions"), &rules.actions),
            confidence: self.table(&format!("{within}confidence"), &rules.confidence),
            format: self.table(&format!("{within}format"), &rules.format),
        }
    }

    fn table<T: Copy>(&mut self, key: &str, named: &BTreeMap<String, T>) -> Table<T> {
        let mut table = Table::default();
        for (name, value) in named {
            match Selector::read(name, self.customs) {
                Ok(selector) => table.set(selector, *value),
                Err(what) => self.tell(format!("{key}.{name}"), what),
            }
        }
        table
    }

    fn tell(&mut self, key: impl Into<String>, what: impl Into<String>) {
        self.problems.push(PolicyError::new(key, what));
    }
}
