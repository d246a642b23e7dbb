//! The same conversation is the same record, whatever the dialect.

use model::{Body, IdentifiedBy, Kind, Part, Record};
use serde_json::json;

use super::build::{item, logs_of, span_of, text};
use super::dialects as of;

fn assert_same(record: &Record, expected: &Record) {
    let dialect = record.source.dialect.as_deref().unwrap_or_default();
    assert_eq!(record.kind, Kind::Interaction, "{dialect}");
    assert_eq!(record.part, Part::Whole, "{dialect}");
    assert_eq!(record.content, expected.content, "{dialect}");
    assert_eq!(record.actor.user.as_deref(), Some(of::USER), "{dialect}");
    assert_eq!(record.actor.session.as_deref(), Some(of::SESSION), "{dialect}");
    assert_eq!(record.actor.identified_by, IdentifiedBy::Telemetry, "{dialect}");
    let (call, wanted) = (record.call.as_ref().unwrap(), expected.call.as_ref().unwrap());
    assert_eq!(call.operation, "chat", "{dialect}");
    assert_eq!(call.usage, wanted.usage, "{dialect}");
    assert_eq!(call.request_model, wanted.request_model, "{dialect}");
    assert_eq!(call.parameters, wanted.parameters, "{dialect}");
    assert_eq!(call.tool_definitions, wanted.tool_definitions, "{dialect}");
}

#[test]
fn every_dialect_gives_the_same_record() {
    let otel = span_of(&of::otel());
    assert_eq!(otel.content.len(), 6);
    let dialects = [
        (of::otel(), "otel"),
        (of::otel_structured(), "otel"),
        (of::openllmetry(), "openllmetry"),
        (of::openinference(), "openinference"),
        (of::vercel(), "vercel"),
        (of::langfuse(), "langfuse"),
        (of::laminar(), "laminar"),
    ];
    for (item, name) in dialects {
        let record = span_of(&item);
        assert_eq!(record.source.dialect.as_deref(), Some(name));
        assert_same(&record, &otel);
        if name != "langfuse" {
            let (call, wanted) = (record.call.unwrap(), otel.call.clone().unwrap());
            assert_eq!(call.provider, wanted.provider, "{name}");
            assert_eq!(call.response_model, wanted.response_model, "{name}");
            assert_eq!(call.response_id, wanted.response_id, "{name}");
            assert_eq!(call.finish_reasons, ["tool_calls"], "{name}");
        }
    }
}

#[test]
fn no_dialect_keeps_content_twice() {
    let dialects =
        [of::otel(), of::openllmetry(), of::openinference(), of::vercel(), of::langfuse()];
    for item in dialects {
        let record = span_of(&item);
        let encoded = String::from_utf8(model::encode(&record)).unwrap();
        for said in ["What is the weather in Rome?", "It is sunny.", "Answer in one sentence."] {
            assert_eq!(encoded.matches(said).count(), 1, "{said}: {encoded}");
        }
    }
}

#[test]
fn legacy_events_fold_into_the_same_conversation() {
    let parts = logs_of(&of::legacy_events());
    let mut content = Vec::new();
    for part in &parts {
        assert_eq!((part.kind, part.part), (Kind::Interaction, Part::Content));
        content.extend(part.content.iter().map(|segment| (segment.role, segment.body.clone())));
    }
    let expected = span_of(&of::otel()).content.into_iter().map(|segment| {
        let body = match segment.body {
            // A part does not know the call that an earlier part made.
            Body::ToolResult { id, result, is_error, .. } => {
                Body::ToolResult { id, name: None, result, is_error }
            }
            body => body,
        };
        (segment.role, body)
    });
    assert_eq!(content, expected.collect::<Vec<_>>());
    assert_eq!(parts[4].call.as_ref().unwrap().finish_reasons, ["tool_calls"]);
    let span = span_of(&of::legacy_span());
    assert_eq!(span.source.dialect.as_deref(), Some("otel-1.30"));
    assert_eq!(span.content, []);
    assert_eq!(span.span_id, parts[0].span_id);
}

#[test]
fn content_in_span_events_is_content() {
    let mut old = of::legacy_span();
    old.events = vec![
        ("gen_ai.content.prompt", vec![("gen_ai.prompt", json!("What is the weather in Rome?"))]),
        (
            "gen_ai.content.completion",
            vec![(
                "gen_ai.completion",
                text(json!([
            {"role": "assistant", "content": "It is sunny."}])),
            )],
        ),
    ];
    let record = span_of(&old);
    assert_eq!(record.content.len(), 2);
    assert!(!record.attributes.contains_key("events"));

    let mut repeated = of::otel();
    repeated.events = vec![(
        "gen_ai.user.message",
        vec![("gen_ai.event.content", text(json!({"content": "What is the weather in Rome?"})))],
    )];
    assert_eq!(span_of(&repeated).content, span_of(&of::otel()).content);
}

#[test]
fn what_contradicts_is_kept_beside() {
    let mut item = of::otel();
    item.attributes.push(("input.value", json!("something else entirely")));
    let record = span_of(&item);
    assert_eq!(record.content, span_of(&of::otel()).content);
    assert_eq!(record.attributes["input.value"], "something else entirely");
}

#[test]
fn a_user_is_found_wherever_a_dialect_puts_one() {
    let names = [
        "user.id",
        "enduser.id",
        "gen_ai.user",
        "gen_ai.user.id",
        "llm.user",
        "traceloop.association.properties.user_id",
        "lmnr.association.properties.user_id",
        "ai.telemetry.metadata.userId",
        "langfuse.user.id",
    ];
    for name in names {
        let record = span_of(&item(
            "chat",
            &[("gen_ai.operation.name", json!("chat")), (name, json!("user-42"))],
        ));
        assert_eq!(record.actor.user.as_deref(), Some("user-42"), "{name}");
        assert!(!record.attributes.contains_key(name), "{name}");
    }
    let nobody = span_of(&item("chat", &[("gen_ai.operation.name", json!("chat"))]));
    assert_eq!(nobody.actor.identified_by, IdentifiedBy::Nobody);
}

#[test]
fn messages_ten_and_nine_are_in_order() {
    let mut item = item("openai.chat", &[("gen_ai.system", json!("openai"))]);
    let names: Vec<&'static str> = (0..12)
        .rev()
        .map(|n| &*Box::leak(format!("gen_ai.prompt.{n}.content").into_boxed_str()))
        .collect();
    for name in &names {
        item.attributes.push((name, json!(name)));
    }
    let record = span_of(&item);
    let said = record.content.iter().map(|segment| match &segment.body {
        Body::Text { content } => content.clone(),
        other => panic!("{other:?}"),
    });
    let said: Vec<_> = said.collect();
    assert_eq!(said, names.iter().rev().map(|name| (*name).to_owned()).collect::<Vec<_>>());
}
