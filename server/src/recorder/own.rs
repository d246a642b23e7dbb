//! Records of what Plainsight did itself.

use model::{
    Actor, Alert, Door, Event, EventOutcome, IdentifiedBy, Kind, Observation, Record, Source,
    TenantId, Timestamp,
};
use serde_json::json;

/// Something Plainsight did or saw: a start, a stop, a clock that jumped.
pub fn system(action: &str, reason: &str, now: Timestamp) -> Observation {
    own(Kind::System, action, reason, now)
}

/// Something an operator must know.
pub fn alert(action: &str, reason: &str, now: Timestamp) -> Observation {
    own(Kind::Alert, action, reason, now)
}

/// An alarm that a rule raised. Its time is that of the last event it counts, and its name, id,
/// count and reason make it the same part when it is told again.
pub fn raised(alert: Alert, tenant: TenantId) -> Observation {
    let action = if alert.count > 1 { "alert.count" } else { "alert.raise" };
    let mut observation = own(Kind::Alert, action, &alert.reason, alert.last_seen);
    let record = observation.expose_mut();
    record.tenant = tenant;
    record.name = Some(alert.rule.title.clone());
    record.attributes =
        [("severity".to_owned(), json!(alert.severity)), ("count".to_owned(), json!(alert.count))]
            .into();
    let entity = |name: &str| alert.entities.get(name).cloned();
    record.actor.user = entity("user.id");
    record.actor.session = entity("session.id");
    record.actor.agent = entity("gen_ai.agent.name");
    if let Some(event) = &mut record.event {
        event.target = Some(alert.id.clone());
    }
    record.alert = Some(Box::new(alert));
    observation
}

/// What detection goes on with.
#[derive(Clone, Copy, Debug)]
pub struct InForce<'a> {
    /// The digest of its rules.
    pub rules: &'a str,
    /// How many they are.
    pub count: usize,
    /// The digest of the operator's classifier of attacks, where there is one.
    pub classifier: Option<&'a str>,
    /// The first record that the rules are shown.
    pub shown: u64,
    /// The first one that they may raise alerts on.
    pub raising: u64,
}

/// What detection goes on with.
pub fn rules(in_force: InForce<'_>, now: Timestamp) -> Observation {
    let InForce { rules, count, classifier, shown, raising } = in_force;
    let mut observation = own(Kind::Configuration, "detect.start", "rules were loaded", now);
    let record = observation.expose_mut();
    record.attributes = [
        ("rules".to_owned(), json!(count)),
        ("shown".to_owned(), json!(shown)),
        ("raising".to_owned(), json!(raising)),
    ]
    .into();
    record.attributes.extend(classifier.map(|digest| ("classifier".to_owned(), json!(digest))));
    if let Some(event) = &mut record.event {
        event.target = Some(rules.to_owned());
    }
    observation
}

/// A reading of the record: who read, by which call, narrowed by which filters (their names, and
/// never a value), and how many rows came back.
pub fn access(
    reader: &str,
    action: &str,
    filters: &[&str],
    rows: usize,
    now: Timestamp,
) -> Observation {
    let mut observation = own(Kind::Access, action, "", now);
    let record = observation.expose_mut();
    record.attributes =
        [("filters".to_owned(), json!(filters)), ("rows".to_owned(), json!(rows))].into();
    record.actor.user = Some(reader.to_owned());
    if let Some(event) = &mut record.event {
        event.reason = None;
    }
    observation
}

/// What a person did with accounts, tokens or a session: by whom, from where, about whom or what.
/// Nothing secret is in it.
pub fn person(
    kind: Kind,
    action: &str,
    by: &str,
    about: Option<String>,
    outcome: EventOutcome,
    now: Timestamp,
) -> Observation {
    let mut observation = own(kind, action, "", now);
    let record = observation.expose_mut();
    record.actor.user = Some(by.to_owned());
    if let Some(event) = &mut record.event {
        event.outcome = Some(outcome);
        event.target = about;
        event.reason = None;
    }
    observation
}

fn own(kind: Kind, action: &str, reason: &str, now: Timestamp) -> Observation {
    Observation::new(Record {
        kind,
        time: now,
        source: Source {
            door: Door::Plainsight,
            service: Some("plainsight".to_owned()),
            dialect: None,
        },
        actor: Actor { identified_by: IdentifiedBy::System, ..Actor::default() },
        event: Some(Event {
            action: action.to_owned(),
            outcome: Some(EventOutcome::Success),
            target: None,
            reason: Some(reason.to_owned()),
        }),
        ..Record::default()
    })
}
