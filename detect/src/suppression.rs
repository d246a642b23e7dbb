//! What people said of alerts: which to pass over, and which were right.
//!
//! Both are records, so that a replay knows them. Only records of Plainsight's own door count:
//! an application that is watched cannot silence the watch.

use std::collections::BTreeMap;

use model::{Door, EventOutcome, Kind, Record, TenantId, Timestamp};
use serde_json::Value as Json;

use crate::rules::Rule;

/// The action of a record that suppresses alerts.
const SUPPRESS: &str = "alert.suppress";
/// The action of a record that judges one.
const VERDICT: &str = "alert.verdict";
/// The most suppressions that hold at a time; of more, those that end first go.
const MOST: usize = 10_000;

/// Alerts to pass over: they are counted, and not raised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// Whose alerts.
    pub tenant: TenantId,
    /// The rule, by its id; all of them where there is none.
    pub rule: Option<String>,
    /// What the alert's entities must be.
    pub entities: BTreeMap<String, String>,
    /// Until when, in event time.
    pub until: Timestamp,
    /// Who says so.
    pub author: String,
    /// Why.
    pub reason: String,
}

impl Suppression {
    /// Reads the record of a suppression: kind configuration, action `alert.suppress`, attributes
    /// `rule`, `until` (nanoseconds since the epoch, or RFC 3339) and `entity.<field>`; the actor
    /// is its author. `None` for any other record, and for one that names neither a rule nor an
    /// entity, which would silence everything.
    pub fn from_record(record: &Record) -> Option<Self> {
        let event = own_event(record, Kind::Configuration, SUPPRESS)?;
        if event.outcome.is_some_and(|outcome| outcome != EventOutcome::Success) {
            return None;
        }
        let text = |name: &str| record.attributes.get(name)?.as_str().map(str::to_owned);
        let rule = text("rule").or_else(|| event.target.clone()).filter(|rule| !rule.is_empty());
        let entities: BTreeMap<String, String> = record
            .attributes
            .iter()
            .filter_map(|(name, value)| {
                Some((name.strip_prefix("entity.")?.to_owned(), value.as_str()?.to_owned()))
            })
            .collect();
        if rule.is_none() && entities.is_empty() {
            return None;
        }
        Some(Self {
            tenant: record.tenant.clone(),
            rule,
            entities,
            until: moment(record.attributes.get("until")?)?,
            author: record.actor.user.clone().unwrap_or_default(),
            reason: event.reason.clone().unwrap_or_default(),
        })
    }

    fn is_of(
        &self,
        tenant: &str,
        rule: &Rule,
        entities: &BTreeMap<String, String>,
        time: Timestamp,
    ) -> bool {
        time <= self.until
            && self.tenant.as_str() == tenant
            && self.rule.as_ref().is_none_or(|id| *id == rule.id)
            && self.entities.iter().all(|(name, value)| entities.get(name) == Some(value))
    }
}

/// Whether an alert was right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whose alert.
    pub tenant: TenantId,
    /// The alert, by its id.
    pub alert: String,
    /// Whether it was right.
    pub is_true: bool,
    /// Who says so.
    pub author: String,
    /// Why.
    pub reason: String,
    /// When.
    pub time: Timestamp,
}

impl Verdict {
    /// Reads the record of a verdict: kind feedback, action `alert.verdict`, the target is the
    /// alert's id, the attribute `verdict` is `true_positive` or `false_positive`.
    pub fn from_record(record: &Record) -> Option<Self> {
        let event = own_event(record, Kind::Feedback, VERDICT)?;
        let is_true = match record.attributes.get("verdict")?.as_str()? {
            "true_positive" => true,
            "false_positive" => false,
            _ => return None,
        };
        Some(Self {
            tenant: record.tenant.clone(),
            alert: event.target.clone()?,
            is_true,
            author: record.actor.user.clone().unwrap_or_default(),
            reason: event.reason.clone().unwrap_or_default(),
            time: record.time,
        })
    }
}

fn own_event<'r>(record: &'r Record, kind: Kind, action: &str) -> Option<&'r model::Event> {
    let event = record.event.as_ref()?;
    let own = record.kind == kind && record.source.door == Door::Plainsight;
    (own && event.action == action).then_some(event)
}

fn moment(json: &Json) -> Option<Timestamp> {
    if let Some(nanos) = json.as_i64() {
        return Some(Timestamp::from_nanos(nanos));
    }
    let moment: jiff::Timestamp = json.as_str()?.parse().ok()?;
    i64::try_from(moment.as_nanosecond()).ok().map(Timestamp::from_nanos)
}

/// The suppressions that hold, and what they passed over.
#[derive(Debug, Default)]
pub(crate) struct Suppressions {
    held: Vec<Suppression>,
    counts: BTreeMap<String, u64>,
}

impl Suppressions {
    pub(crate) fn add(&mut self, suppression: Suppression) {
        if self.held.len() >= MOST {
            let first = self.held.iter().enumerate().min_by_key(|(_, held)| held.until);
            if let Some((place, _)) = first {
                self.held.remove(place);
            }
        }
        self.held.push(suppression);
    }

    /// Whether an alert is to be passed over; it is counted.
    pub(crate) fn passes_over(
        &mut self,
        tenant: &str,
        rule: &Rule,
        entities: &BTreeMap<String, String>,
        time: Timestamp,
    ) -> bool {
        let passes = self.held.iter().any(|held| held.is_of(tenant, rule, entities, time));
        if passes {
            *self.counts.entry(rule.id.clone()).or_default() += 1;
        }
        passes
    }

    pub(crate) const fn counts(&self) -> &BTreeMap<String, u64> {
        &self.counts
    }
}
