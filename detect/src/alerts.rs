//! Alerts: raised once, counted after that.
//!
//! Bounded: of the alerts that still count, the one that was seen longest ago is forgotten first.

use std::borrow::Cow;
use std::collections::BTreeMap;

use aws_lc_rs::digest::{Context, SHA256};
use hashbrown::HashSet;
use model::{Alert, RaisedBy, Timestamp};

use crate::bounded::Bounded;
use crate::correlation::{ENTITIES, GroupFired, MOST_EVIDENCE};
use crate::events::Event;
use crate::rules::{Rule, shown};

/// The most alerts that still count.
const MOST_OPEN: usize = 100_000;

/// A match that is worth an alert.
pub(crate) struct Finding {
    /// What repeats of it have in common.
    same: Vec<(String, String)>,
    entities: BTreeMap<String, String>,
    reason: String,
    score: f32,
    evidence: Vec<u64>,
    first: Timestamp,
    last: Timestamp,
}

impl Finding {
    /// Of one event.
    pub(crate) fn of_event(rule: &Rule, event: &Event<'_>) -> Self {
        let value = |name: &str| event.get(name).map(|value| shown(&value.as_text()));
        let named = ENTITIES.iter().filter_map(|name| Some(((*name).to_owned(), value(name)?)));
        let reason = rule.reason.fill(&|name| event.get(name).map(|value| value.as_text()));
        let attack = event.get("attack.score").and_then(crate::Value::as_number).unwrap_or(0.0);
        Self {
            same: same(rule, &value),
            entities: named.collect(),
            reason,
            score: rule.score().max(single(attack)),
            evidence: vec![event.index],
            first: event.time,
            last: event.time,
        }
    }

    /// Of a group of events.
    pub(crate) fn of_group(rule: &Rule, group: &GroupFired) -> Self {
        let mut entities = group.entities.clone();
        entities.extend(group.group.iter().map(|(name, value)| (name.clone(), shown(value))));
        let value = |name: &str| entities.get(name).cloned();
        let same = match rule.dedup.by {
            Some(_) => same(rule, &value),
            None => group.group.clone(),
        };
        let fired = &group.fired;
        let reason = rule.reason.fill(&|name| match name {
            "count" => Some(Cow::Owned(fired.value.to_string())),
            "timespan" => rule.timespan().map(|span| Cow::Owned(spoken(span.as_secs()))),
            name => value(name).map(Cow::Owned),
        });
        Self {
            same,
            reason,
            score: rule.score(),
            evidence: fired.evidence.clone(),
            first: Timestamp::from_nanos(fired.first),
            last: Timestamp::from_nanos(fired.last),
            entities,
        }
    }

    pub(crate) const fn entities(&self) -> &BTreeMap<String, String> {
        &self.entities
    }

    pub(crate) const fn time(&self) -> Timestamp {
        self.last
    }
}

/// The fields that repeats share: those that the rule names; else user and session; else key and
/// address.
fn same(rule: &Rule, value: &dyn Fn(&str) -> Option<String>) -> Vec<(String, String)> {
    let of = |names: &[&str]| -> Vec<(String, String)> {
        names.iter().filter_map(|name| Some(((*name).to_owned(), value(name)?))).collect()
    };
    if let Some(names) = &rule.dedup.by {
        return of(&names.iter().map(String::as_str).collect::<Vec<_>>());
    }
    let who = of(&["user.id", "session.id"]);
    if who.is_empty() { of(&["api_key", "client.address"]) } else { who }
}

#[expect(clippy::cast_possible_truncation, reason = "a score has no more digits")]
const fn single(score: f64) -> f32 {
    score as f32
}

/// A time as a person says it.
fn spoken(seconds: u64) -> String {
    let units = [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")];
    let exact =
        units.iter().find(|(length, _)| seconds >= *length && seconds.is_multiple_of(*length));
    let (length, unit) = exact.copied().unwrap_or((1, "second"));
    let count = seconds / length;
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// A rule's number, a tenant, and what repeats have in common.
type Key = (usize, String, Vec<(String, String)>);

struct Open {
    alert: Alert,
    /// Until when repeats are counted.
    until: Timestamp,
}

/// The alerts that still count.
pub(crate) struct Alerts {
    open: Bounded<Key, Option<Open>>,
}

impl Default for Alerts {
    fn default() -> Self {
        Self { open: Bounded::new(MOST_OPEN) }
    }
}

impl Alerts {
    /// Forgets every alert that is not among those that were `told`: its next sight raises it.
    pub(crate) fn keep(&mut self, told: &HashSet<String>) {
        self.open.each(|open| {
            if open.as_ref().is_some_and(|open| !told.contains(&open.alert.id)) {
                *open = None;
            }
        });
    }

    /// Raises an alert, or counts it: then it is told again at 10, 100, 1000, …
    pub(crate) fn raise(
        &mut self,
        number: usize,
        rule: &Rule,
        tenant: &str,
        finding: Finding,
    ) -> Option<Alert> {
        let key = (number, tenant.to_owned(), finding.same.clone());
        let (open, _) = self.open.entry(&key, || None);
        if let Some(open) = open.as_mut().filter(|open| finding.last <= open.until) {
            return repeat(&mut open.alert, &finding);
        }
        let alert = alert(rule, tenant, finding);
        let window = i64::try_from(rule.dedup.window).unwrap_or(i64::MAX);
        let until = Timestamp::from_nanos(alert.last_seen.nanos().saturating_add(window));
        *open = Some(Open { alert: alert.clone(), until });
        Some(alert)
    }
}

fn repeat(alert: &mut Alert, finding: &Finding) -> Option<Alert> {
    alert.count = alert.count.saturating_add(1);
    alert.first_seen = alert.first_seen.min(finding.first);
    alert.last_seen = alert.last_seen.max(finding.last);
    alert.score = alert.score.max(finding.score);
    for index in &finding.evidence {
        if alert.evidence.len() < MOST_EVIDENCE && !alert.evidence.contains(index) {
            alert.evidence.push(*index);
        }
    }
    is_power_of_ten(alert.count).then(|| alert.clone())
}

const fn is_power_of_ten(mut count: u64) -> bool {
    while count > 1 && count.is_multiple_of(10) {
        count /= 10;
    }
    count == 1
}

fn alert(rule: &Rule, tenant: &str, finding: Finding) -> Alert {
    let first = finding.evidence.first().copied().unwrap_or_default();
    Alert {
        id: id(rule, tenant, &finding.same, first),
        rule: RaisedBy {
            id: rule.id.clone(),
            title: rule.title.clone(),
            digest: rule.digest.clone(),
        },
        severity: rule.severity,
        score: finding.score,
        reason: finding.reason,
        action: rule.action.clone(),
        tags: rule.tags.clone(),
        entities: finding.entities,
        evidence: finding.evidence,
        first_seen: finding.first,
        last_seen: finding.last,
        count: 1,
    }
}

/// `al_` and half a SHA-256 of what makes an alert this one: parts after their lengths.
fn id(rule: &Rule, tenant: &str, same: &[(String, String)], first: u64) -> String {
    let mut context = Context::new(&SHA256);
    let mut part = |text: &str| {
        context.update(&(text.len() as u64).to_le_bytes());
        context.update(text.as_bytes());
    };
    part(&rule.id);
    part(tenant);
    for (name, value) in same {
        part(name);
        part(value);
    }
    context.update(&first.to_le_bytes());
    let digest = context.finish();
    let half = digest.as_ref().first_chunk::<16>().copied().unwrap_or_default();
    format!("al_{}", hex::encode(half))
}

#[cfg(test)]
mod tests {
    use super::{is_power_of_ten, spoken};

    #[test]
    fn updates_are_told_at_powers_of_ten() {
        let told: Vec<u64> = (2..=1000).filter(|count| is_power_of_ten(*count)).collect();
        assert_eq!(told, [10, 100, 1000]);
    }

    #[test]
    fn times_are_spoken() {
        assert_eq!(spoken(60), "1 minute");
        assert_eq!(spoken(5400), "90 minutes");
        assert_eq!(spoken(7 * 86_400), "7 days");
    }
}
