//! Every event of OCSF that leaves is valid against the schema.

use deliver::Format;
use serde_json::{Value, json};

use crate::samples::{self, every_kind, logged, record, teller};

fn events(logged: &model::Logged, content: bool) -> Vec<Value> {
    let outgoing = Format::Ocsf.events(logged, &teller(content));
    outgoing.iter().map(|one| serde_json::from_slice(&one.payload).unwrap()).collect()
}

#[test]
fn every_kind_of_record_makes_valid_events() {
    let Some(schema) = crate::ocsf_schema::load() else { return };
    let mut classes = std::collections::BTreeSet::new();
    for logged in every_kind() {
        for event in events(&logged, true) {
            assert_eq!(schema.problems(&event), Vec::<String>::new(), "{event:#}");
            classes.insert(event["class_uid"].as_u64().unwrap());
        }
    }
    assert_eq!(classes.into_iter().collect::<Vec<_>>(), [0, 2004, 2006, 3002, 6003, 6005]);
}

#[test]
fn the_validator_sees_what_is_wrong() {
    let Some(schema) = crate::ocsf_schema::load() else { return };
    let good = events(&samples::logged_alert(1, samples::alert()), false).remove(0);
    let wrong = |change: fn(&mut Value)| {
        let mut event = good.clone();
        change(&mut event);
        schema.problems(&event)
    };
    assert!(wrong(|event| event["ai_model"] = json!({"name": "m", "ai_provider": "p"})).len() == 1);
    assert!(
        wrong(|event| drop(event["finding_info"].as_object_mut().unwrap().remove("uid"))).len()
            == 1
    );
    assert!(wrong(|event| event["type_uid"] = json!(200_402)).len() == 1);
    assert!(wrong(|event| event["severity_id"] = json!(7)).len() == 1);
    assert!(wrong(|event| event["time"] = json!("now")).len() == 1);
    assert!(wrong(|event| event["evidences"] = json!([{"name": "nothing"}])).len() == 1);
    assert!(wrong(|event| event["metadata"]["profiles"] = json!(["ai_operation"])).len() == 1);
}

#[test]
fn content_leaves_only_when_asked_for_and_sealed_originals_never() {
    let mut value = samples::interaction();
    value["sealed"] = json!([{"finding": 0, "ciphertext": "c1f3e7"}]);
    let logged = logged(7, record(value));
    for format in [
        Format::Ocsf,
        Format::Native,
        Format::Ecs,
        Format::Cef,
        Format::Leef,
        Format::Sentinel,
        Format::PagerDuty,
        Format::Slack,
    ] {
        let told = |content| {
            let events = format.events(&logged, &teller(content));
            events
                .iter()
                .map(|one| String::from_utf8(one.payload.to_vec()).unwrap())
                .collect::<String>()
        };
        assert!(!told(false).contains("my mail is"), "{format:?}");
        assert!(!told(true).contains("c1f3e7"), "{format:?}");
    }
}

#[test]
fn keys_tell_events_apart_and_stay_the_same() {
    let logged = logged(7, record(samples::interaction()));
    let keys = |format: Format| {
        format.events(&logged, &teller(false)).into_iter().map(|one| one.key).collect::<Vec<_>>()
    };
    assert_eq!(keys(Format::Ocsf), ["log1-7", "log1-7-1"]);
    assert_eq!(keys(Format::Cef), ["log1-7"]);
    let alert = samples::logged_alert(9, samples::alert());
    let event = Format::PagerDuty.events(&alert, &teller(false)).remove(0);
    assert_eq!(event.subject, samples::alert().id);
}
