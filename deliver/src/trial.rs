//! A trial of a sink: one alert that says of itself that it is a test.

use model::{Alert, Kind, Logged, RaisedBy, Record, Severity, Timestamp};

use crate::format::{Format, Teller};
use crate::outgoing::Outgoing;

/// The events of a test alert. Their keys are those of no record.
pub fn events(format: Format, teller: &Teller, now: Timestamp) -> Vec<Outgoing> {
    let alert = Alert {
        id: format!("al_test_{}", now.millis()),
        rule: RaisedBy {
            id: "plainsight-sink-test".to_owned(),
            title: "Test of a sink".to_owned(),
            digest: String::new(),
        },
        severity: Severity::Informational,
        score: 1.0,
        reason: "Somebody tests whether alerts arrive here".to_owned(),
        action: "Nothing is to be done.".to_owned(),
        first_seen: now,
        last_seen: now,
        count: 1,
        ..Alert::default()
    };
    let record = Record {
        version: 1,
        kind: Kind::Alert,
        time: now,
        alert: Some(Box::new(alert)),
        ..Record::default()
    };
    let mut teller = teller.clone();
    teller.instance = format!("{}-test-{}", teller.instance, now.millis());
    format.events(&Logged { index: 0, log_time: now, record }, &teller)
}
