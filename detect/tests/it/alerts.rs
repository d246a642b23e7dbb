//! Alerts: their content, their count, their identity.

use std::collections::BTreeMap;

use detect::{Engine, RuleSet, Suppression, Verdict};
use model::{
    Alert, Door, Event, EventOutcome, Kind, Record, Severity, Source, TenantId, Timestamp,
};
use serde_json::json;

use crate::made::{MINUTE, WORD, ask, log, logged, rules, run};

#[test]
fn an_alert_says_who_what_and_why() {
    let alerts =
        run(&rules(WORD), &log([ask("ada", 7, "nothing"), ask("ada", MINUTE, "KABOOM now")]));
    let [alert] = alerts.as_slice() else { panic!("{alerts:?}") };
    assert_eq!(alert.reason, "ada said the word in session of ada");
    assert_eq!(alert.action, "Ask why.");
    assert_eq!(alert.severity, Severity::High);
    assert_eq!(alert.evidence, [1]);
    assert_eq!(alert.first_seen.nanos(), MINUTE);
    assert_eq!(alert.tags, ["atlas.aml.t0051.000"]);
    assert_eq!(alert.entities["user.id"], "ada");
    assert!(alert.id.starts_with("al_") && alert.id.len() == 35);
    assert_eq!(alert.rule.digest.len(), 64);
    assert_eq!(alert.count, 1);
}

#[test]
fn a_repeat_is_counted_and_told_at_powers_of_ten() {
    let asked = (0..120).map(|n| ask("ada", n * 1_000_000_000, &format!("kaboom {n}")));
    let alerts = run(&rules(WORD), &log(asked));
    assert_eq!(alerts.iter().map(|alert| alert.count).collect::<Vec<_>>(), [1, 10, 100]);
    assert!(alerts.iter().all(|alert| alert.id == alerts[0].id));
    assert_eq!(alerts[2].evidence.len(), 100);
    assert_eq!(alerts[2].last_seen.secs(), 99);
}

#[test]
fn after_the_window_it_is_another_alert() {
    let asked = [0, 59, 61].map(|minute| ask("ada", minute * MINUTE, &format!("kaboom {minute}")));
    let alerts = run(&rules(WORD), &log(asked));
    assert_eq!(alerts.len(), 2);
    assert_ne!(alerts[0].id, alerts[1].id);
    assert_eq!(alerts[1].evidence, [2]);
}

#[test]
fn users_and_tenants_are_apart() {
    let mut other = ask("ada", 3, "kaboom");
    other.tenant = TenantId("other".to_owned());
    let alerts = run(&rules(WORD), &log([ask("ada", 1, "kaboom"), ask("eve", 2, "kaboom"), other]));
    assert_eq!(alerts.len(), 3);
}

#[test]
fn what_was_not_told_before_is_told_after_a_rehearsal() {
    let first = log([ask("ada", 1, "kaboom"), ask("eve", 2, "kaboom")]);
    let alerts = run(&rules(WORD), &first);
    let told = Record {
        kind: Kind::Alert,
        source: Source { door: Door::Plainsight, ..Source::default() },
        alert: Some(Box::new(alerts[0].clone())),
        ..Record::default()
    };
    let mut engine = Engine::new(rules(WORD));
    let before = log([ask("ada", 1, "kaboom"), ask("eve", 2, "kaboom"), told]);
    for logged in &before {
        engine.rehearse(logged);
    }
    engine.begin();
    assert_eq!(engine.see(&logged(3, ask("ada", 4, "kaboom 2"))), [], "it was told: it is counted");
    let again = engine.see(&logged(4, ask("eve", 5, "kaboom 2")));
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].evidence, [4]);
}

fn suppression(attributes: serde_json::Value) -> Record {
    let mut record = Record {
        kind: Kind::Configuration,
        event: Some(Event {
            action: "alert.suppress".to_owned(),
            outcome: Some(EventOutcome::Success),
            reason: Some("a drill".to_owned()),
            ..Event::default()
        }),
        ..Record::default()
    };
    record.actor.user = Some("grace".to_owned());
    record.attributes = serde_json::from_value(attributes).unwrap();
    record
}

#[test]
fn what_is_suppressed_is_counted_and_not_raised() {
    let record = suppression(
        json!({"rule": "11111111-1111-4111-8111-111111111111", "entity.user.id": "ada", "until": "1970-01-01T00:10:00Z"}),
    );
    let read = Suppression::from_record(&record).unwrap();
    assert_eq!((read.author.as_str(), read.reason.as_str()), ("grace", "a drill"));
    assert_eq!(read.entities, BTreeMap::from([("user.id".to_owned(), "ada".to_owned())]));
    let mut engine = Engine::new(rules(WORD));
    assert!(engine.see(&logged(0, record)).is_empty());
    assert!(engine.see(&logged(1, ask("ada", MINUTE, "kaboom 1"))).is_empty());
    assert_eq!(engine.see(&logged(2, ask("eve", MINUTE, "kaboom"))).len(), 1);
    assert_eq!(engine.see(&logged(3, ask("ada", 11 * MINUTE, "kaboom 2"))).len(), 1);
    assert_eq!(engine.suppressed().values().sum::<u64>(), 1);
}

#[test]
fn an_application_cannot_silence_the_watch() {
    let good = suppression(json!({"rule": "x", "until": 1}));
    assert!(Suppression::from_record(&good).is_some());
    let mut outside = good;
    outside.source.door = Door::Otlp;
    assert_eq!(Suppression::from_record(&outside), None);
    assert_eq!(Suppression::from_record(&suppression(json!({"until": 1}))), None);
    assert_eq!(Suppression::from_record(&suppression(json!({"rule": "x"}))), None);
}

#[test]
fn a_verdict_is_read() {
    let mut record = Record {
        kind: Kind::Feedback,
        time: Timestamp::from_secs(5),
        event: Some(Event {
            action: "alert.verdict".to_owned(),
            target: Some("al_1".to_owned()),
            ..Event::default()
        }),
        ..Record::default()
    };
    record.attributes.insert("verdict".to_owned(), json!("false_positive"));
    let verdict = Verdict::from_record(&record).unwrap();
    assert_eq!((verdict.alert.as_str(), verdict.is_true), ("al_1", false));
    record.attributes.insert("verdict".to_owned(), json!("perhaps"));
    assert_eq!(Verdict::from_record(&record), None);
}

#[test]
fn an_alert_does_not_raise_itself() {
    let on_alerts = "
title: Any alert
id: a
logsource: {category: alert}
detection: {selection: {alert.count|gte: 1}, condition: selection}
level: low
";
    let everything = "
title: Anything
id: b
logsource: {product: genai}
detection: {selection: {plainsight.index|gte: 0}, condition: selection}
level: low
";
    let (rules, problems) = RuleSet::load([("a.yml", on_alerts), ("b.yml", everything)]);
    assert_eq!(problems, []);
    let alert = |rule: &str| {
        let mut alert = Alert::default();
        rule.clone_into(&mut alert.rule.id);
        alert.count = 1;
        Record { kind: Kind::Alert, alert: Some(Box::new(alert)), ..Record::default() }
    };
    let ids = |record| -> Vec<String> {
        let alerts = run(&rules, &log([record]));
        alerts.into_iter().map(|alert| alert.rule.id).collect()
    };
    assert_eq!(ids(alert("b")), ["a"]);
    assert_eq!(ids(alert("a")), Vec::<String>::new());
    assert_eq!(ids(Record { kind: Kind::Access, ..Record::default() }), Vec::<String>::new());
    assert!(ids(ask("ada", 1, "x")).contains(&"b".to_owned()));
}
