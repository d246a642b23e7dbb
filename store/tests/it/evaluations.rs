//! Evaluations find what they refer to, within their tenant.

use std::collections::BTreeMap;

use model::{Event, Kind, Part, Record, TenantId, TraceId};
use serde_json::{Value, json};
use store::{Evaluated, Scope, Subject};

use crate::made::*;

const NANOS: i64 = 1_000_000_000;

fn attributes(pairs: &[(&str, Value)]) -> BTreeMap<String, Value> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

/// An evaluation `number`, as the door of events records it, about nothing yet.
fn evaluation(number: u8, name: &str, score: &Value) -> Record {
    Record {
        source: model::Source { door: model::Door::Events, ..Default::default() },
        name: Some(name.to_owned()),
        trace_id: None,
        span_id: None,
        attributes: attributes(&[("gen_ai.evaluation.score.value", score.clone())]),
        ..record(Kind::Evaluation, Part::Whole, 200, number)
    }
}

/// A call of `model` in span `span` of trace `trace`, by version `version` in production.
fn called(trace: u8, span: u8, model: &str, version: &str) -> Record {
    let mut call = call(Some(1), Some(2));
    call.response_model = Some(model.to_owned());
    let places = [
        ("resource.service.version", json!(version)),
        ("resource.deployment.environment.name", json!("production")),
    ];
    Record {
        call: Some(call),
        actor: user("mara"),
        attributes: attributes(&places),
        ..record(Kind::Interaction, Part::Whole, trace, span)
    }
}

fn told(evaluated: &[Evaluated], name: &str) -> (f64, Vec<Subject>) {
    let of_name = |one: &&Evaluated| one.name == name;
    let one = evaluated.iter().find(of_name).unwrap();
    (one.score, one.subjects.clone())
}

fn subject(model: &str, version: &str) -> Subject {
    Subject {
        model: Some(model.to_owned()),
        tool: None,
        service: Some("shop".to_owned()),
        deployment: Some("production".to_owned()),
        version: Some(version.to_owned()),
    }
}

#[test]
fn an_evaluation_is_of_the_span_the_trace_the_record_or_the_session_that_it_names() {
    let folder = tempfile::tempdir().unwrap();
    let about = |evaluation: Record, trace: u8, span: Option<u8>| Record {
        trace_id: Some(TraceId([trace; 16])),
        span_id: span.map(|span| model::SpanId([span; 8])),
        ..evaluation
    };
    let by_target = Record {
        event: Some(Event { target: Some("2".to_owned()), ..Event::default() }),
        ..evaluation(3, "by record", &json!(1))
    };
    let of_session = Record { actor: user("mara"), ..evaluation(4, "by session", &json!(0.5)) };
    let own = Record {
        attributes: attributes(&[
            ("gen_ai.evaluation.score.value", json!(0.25)),
            ("gen_ai.request.model", json!("model-z")),
            ("service.version", json!("9")),
        ]),
        ..evaluation(5, "by its own word", &json!(0))
    };
    let tool = Record {
        source: model::Source { service: Some("shop".to_owned()), ..Default::default() },
        content: vec![asks(0, "call-1", "look_up", json!({}))],
        ..record(Kind::ToolCall, Part::Whole, 1, 7)
    };
    let records = log(vec![
        called(1, 1, "model-a", "1.0"),
        called(1, 2, "model-b", "1.0"),
        called(2, 1, "model-a", "2.0"),
        tool,
        about(evaluation(1, "by span", &json!(0.9)), 1, Some(2)),
        about(evaluation(2, "by trace", &json!(0.8)), 1, None),
        by_target,
        of_session,
        own,
        about(evaluation(6, "of a tool", &json!(0.1)), 1, Some(7)),
        about(evaluation(7, "of an unknown trace", &json!(0.3)), 99, Some(1)),
        about(evaluation(8, "in words", &json!("good")), 1, Some(1)),
    ]);
    write(folder.path(), &records);
    let (from, to) = (NOON * NANOS, (NOON + 60) * NANOS);
    let evaluated = reader(folder.path()).evaluations(from, to, 100).unwrap();
    assert_eq!(evaluated.len(), 7, "one has no score");
    assert_eq!(told(&evaluated, "by span"), (0.9, vec![subject("model-b", "1.0")]));
    let both = vec![subject("model-a", "1.0"), subject("model-b", "1.0")];
    assert_eq!(told(&evaluated, "by trace"), (0.8, both.clone()), "each model that took part");
    assert_eq!(told(&evaluated, "by record"), (1.0, vec![subject("model-a", "2.0")]));
    let all = vec![subject("model-a", "1.0"), subject("model-a", "2.0"), subject("model-b", "1.0")];
    assert_eq!(told(&evaluated, "by session"), (0.5, all));
    let (_, own) = told(&evaluated, "by its own word");
    assert_eq!((own[0].model.as_deref(), own[0].version.as_deref()), (Some("model-z"), Some("9")));
    let (_, of_tool) = told(&evaluated, "of a tool");
    assert_eq!((of_tool[0].tool.as_deref(), &of_tool[0].model), (Some("look_up"), &None));
    assert_eq!(told(&evaluated, "of an unknown trace"), (0.3, Vec::new()));

    let later = reader(folder.path()).evaluations(to, to + NANOS, 100).unwrap();
    assert_eq!(later, [], "of another time");
    let newest = reader(folder.path()).evaluations(from, to, 2).unwrap();
    assert_eq!(newest.len(), 2);
}

#[test]
fn another_tenants_call_is_none_and_scores_are_no_content() {
    let folder = tempfile::tempdir().unwrap();
    let mut evaluation = evaluation(1, "quality", &json!(0.9));
    evaluation.trace_id = Some(TraceId([1; 16]));
    evaluation.tenant = TenantId("acme".to_owned());
    write(folder.path(), &log(vec![called(1, 1, "model-a", "1.0"), evaluation]));
    let open = |tenant: &str| {
        let scope = Scope { tenant: Some(TenantId(tenant.to_owned())), content: false };
        let functions = store::Functions::default();
        let span = store::Span::default();
        store::Reader::open_scoped(folder.path(), &key(), span, &scope, &functions).unwrap()
    };
    let (from, to) = (NOON * NANOS, (NOON + 60) * NANOS);
    let evaluated = open("acme").evaluations(from, to, 100).unwrap();
    assert_eq!(told(&evaluated, "quality"), (0.9, Vec::new()), "the trace is another tenant's");
    assert_eq!(open("globex").evaluations(from, to, 100).unwrap(), []);
}
