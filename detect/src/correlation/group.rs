//! Matches into groups, each with a window.
//!
//! Bounded by groups and by entries: the group that was used longest ago is forgotten first.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::Correlation;
use super::window::{Entry, Fired, Window};
use crate::bounded::Bounded;
use crate::events::Event;
use crate::rules::shown;
use crate::sigma::CorrelationType;
use crate::value::Value;

/// The most groups of one correlation.
const MOST_GROUPS: usize = 50_000;
/// The most groups that one match belongs to, where a group's field has several values.
const MOST_OF_ONE: usize = 16;
/// The most values of one match that are counted.
const MOST_VALUES: usize = 64;

/// Who and what an alert may be about.
pub(crate) const ENTITIES: [&str; 8] = [
    "user.id",
    "session.id",
    "gen_ai.agent.name",
    "api_key",
    "client.address",
    "gen_ai.tool.name",
    "gen_ai.request.model",
    "service.name",
];

/// A match of bases of a correlation.
pub(crate) struct Hit<'h> {
    /// The event that made it.
    pub(crate) event: &'h Event<'h>,
    /// Ordinal of the event.
    pub(crate) ordinal: u64,
    /// The position of the base that matched.
    pub(crate) base: usize,
    /// What the base rests on, where it is a correlation itself.
    pub(crate) below: Option<Below>,
}

/// A correlation that fired, as one that rests on it sees it.
#[derive(Clone)]
pub(crate) struct Below {
    group: Arc<[(String, String)]>,
    evidence: Arc<[u64]>,
}

impl Below {
    pub(crate) fn new(fired: &GroupFired) -> Self {
        Self {
            group: fired.group.as_slice().into(),
            evidence: fired.fired.evidence.as_slice().into(),
        }
    }
}

impl Hit<'_> {
    fn values(&self, name: &str) -> Vec<String> {
        let below = self.below.iter().flat_map(|below| below.group.iter());
        let above = below.filter(|(known, _)| known == name).map(|(_, value)| value.clone()).next();
        if let Some(value) = above {
            return vec![value];
        }
        let members = self.event.get(name).map(Value::members).unwrap_or_default();
        members.iter().take(MOST_VALUES).map(|member| member.as_text().into_owned()).collect()
    }
}

/// A condition that holds, of a group.
pub(crate) struct GroupFired {
    pub(crate) fired: Fired,
    /// The group's fields.
    pub(crate) group: Vec<(String, String)>,
    /// What all that was seen of the group has in common.
    pub(crate) entities: BTreeMap<String, String>,
}

/// The values of the group's fields, in a tenant.
type Key = (String, Vec<Option<String>>);

#[derive(Default)]
struct Group {
    window: Window,
    entities: BTreeMap<&'static str, Agreed>,
}

enum Agreed {
    On(String),
    OnNothing,
}

/// The windows of a correlation.
pub(crate) struct Windows {
    groups: Bounded<Key, Group>,
    entries: usize,
}

impl Windows {
    /// No windows yet.
    pub(crate) fn new() -> Self {
        Self { groups: Bounded::new(MOST_GROUPS), entries: 0 }
    }

    /// How many entries they hold.
    pub(crate) const fn len(&self) -> usize {
        self.entries
    }

    /// Lets go of the group that was used longest ago; tells whether there was another.
    pub(crate) fn forget_oldest(&mut self) -> bool {
        let others = self.groups.len() > 1;
        if others && let Some(gone) = self.groups.pop_oldest() {
            self.entries -= gone.window.len();
        }
        others
    }

    /// Adds matches of one event. Gives what they fire, at most one for each group.
    pub(crate) fn add(
        &mut self,
        correlation: &Correlation,
        tenant: &str,
        hits: &[Hit<'_>],
    ) -> Vec<GroupFired> {
        let mut by_group: BTreeMap<Vec<Option<String>>, u64> = BTreeMap::new();
        for hit in hits {
            for key in keys(correlation, hit) {
                *by_group.entry(key).or_default() |= 1 << hit.base;
            }
        }
        let mut fired = Vec::new();
        for (key, bases) in by_group {
            if let Some(one) = self.add_to(&(tenant.to_owned(), key), correlation, hits, bases) {
                fired.push(one);
            }
        }
        fired
    }

    fn add_to(
        &mut self,
        key: &Key,
        correlation: &Correlation,
        hits: &[Hit<'_>],
        bases: u64,
    ) -> Option<GroupFired> {
        let hit = hits.iter().find(|hit| bases & (1 << hit.base) != 0)?;
        let (group, gone) = self.groups.entry(key, Group::default);
        let before = group.window.len();
        group.agree(hit.event);
        let mut fired = None;
        for value in counted(correlation, hit) {
            let entry = Entry {
                time: hit.event.time.nanos(),
                ordinal: hit.ordinal,
                index: hit.event.index,
                said: if correlation.is_temporal() { bases } else { value },
                evidence: hit.below.as_ref().map(|below| Box::new(below.evidence.clone())),
            };
            fired = group.window.add(correlation, entry).or(fired);
        }
        let fired = fired.map(|fired| GroupFired {
            fired,
            group: named(correlation, key),
            entities: group.agreed(),
        });
        self.entries =
            self.entries + group.window.len() - before - gone.map_or(0, |gone| gone.window.len());
        fired
    }
}

impl Group {
    fn agree(&mut self, event: &Event<'_>) {
        for name in ENTITIES {
            let Some(value) = event.get(name) else { continue };
            let value = shown(&value.as_text());
            let agreed = self.entities.entry(name).or_insert_with(|| Agreed::On(value.clone()));
            if matches!(agreed, Agreed::On(known) if *known != value) {
                *agreed = Agreed::OnNothing;
            }
        }
    }

    fn agreed(&self) -> BTreeMap<String, String> {
        let agreed = self.entities.iter().filter_map(|(name, agreed)| match agreed {
            Agreed::On(value) => Some(((*name).to_owned(), value.clone())),
            Agreed::OnNothing => None,
        });
        agreed.collect()
    }
}

/// The groups that a match belongs to: one for each combination of its values. A match that has
/// none of the fields belongs to no group.
fn keys(correlation: &Correlation, hit: &Hit<'_>) -> Vec<Vec<Option<String>>> {
    let mut keys: Vec<Vec<Option<String>>> = vec![Vec::new()];
    for field in &correlation.group_by {
        let name = field.in_base.get(hit.base).unwrap_or(&field.name);
        let mut values: Vec<Option<String>> = hit.values(name).into_iter().map(Some).collect();
        if values.is_empty() {
            values.push(None);
        }
        let combined = keys.iter().flat_map(|key| {
            values.iter().map(|value| key.iter().chain([value]).cloned().collect::<Vec<_>>())
        });
        keys = combined.take(MOST_OF_ONE).collect();
    }
    keys.retain(|key| key.is_empty() || key.iter().any(Option::is_some));
    keys
}

fn named(correlation: &Correlation, key: &Key) -> Vec<(String, String)> {
    let fields = correlation.group_by.iter().zip(&key.1);
    fields.filter_map(|(field, value)| Some((field.name.clone(), value.clone()?))).collect()
}

/// What a match adds: one entry for each value that is counted or summed up, and one where only the
/// match itself counts.
fn counted(correlation: &Correlation, hit: &Hit<'_>) -> Vec<u64> {
    let Some(first) = correlation.values.first() else { return vec![0] };
    if correlation.kind == CorrelationType::ValueCount {
        let mut combined: Vec<Vec<String>> = vec![Vec::new()];
        for name in &correlation.values {
            let values = hit.values(name);
            let longer = combined.iter().flat_map(|start| {
                values.iter().map(|value| start.iter().chain([value]).cloned().collect::<Vec<_>>())
            });
            combined = longer.take(MOST_VALUES).collect();
        }
        return combined.iter().map(hash).collect();
    }
    let numbers = hit.event.get(first).map(Value::members).unwrap_or_default();
    numbers.iter().take(MOST_VALUES).filter_map(Value::as_number).map(f64::to_bits).collect()
}

/// Stands for a value in memory; it is never kept.
fn hash(value: &Vec<String>) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
