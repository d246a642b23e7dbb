//! Records of what Plainsight did itself.

use model::{
    Actor, Door, Event, EventOutcome, IdentifiedBy, Kind, Observation, Record, Source, Timestamp,
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
