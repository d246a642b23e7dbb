//! The fields of an event: name, meaning, shape, and where each goes in a record. Parser and schema
//! both read this table, so that they cannot differ.

use model::{EventOutcome, IdentifiedBy, Record, TenantId, Timestamp};
use serde_json::{Map, Number, Value};

/// A field.
pub(super) struct Field {
    /// Its name on the wire.
    pub(super) name: &'static str,
    /// What it means, for the schema.
    pub(super) about: &'static str,
    pub(super) shape: Shape,
}

/// What a field takes, and what becomes of it.
pub(super) enum Shape {
    /// A text, not empty, of up to so many characters.
    Text(usize, fn(&mut Record, String)),
    /// Up to so many texts of up to 256 characters.
    Texts(usize, fn(&mut Record, Vec<String>)),
    /// One of some words.
    Choice(&'static [&'static str], fn(&mut Record, &str)),
    /// An identifier of so many bytes in hexadecimal, not all zero.
    Hex(usize, fn(&mut Record, &[u8])),
    Time(fn(&mut Record, Timestamp)),
    Number(fn(&mut Record, Number)),
    /// An object of anything.
    Object(fn(&mut Record, Map<String, Value>)),
}

/// Characters of a name or identifier.
const NAME: usize = 256;
/// Characters of a text that a person wrote.
const PROSE: usize = 16_384;
/// Characters of one of several texts.
pub(super) const ITEM: usize = 256;
/// Words of `outcome`.
const OUTCOMES: &[&str] = &["success", "failure", "denied", "unknown"];

/// The attribute that holds the sender's id of an event, by which a repeat is known.
pub(super) const EVENT_ID: &str = "event.id";

/// All fields but `type`.
pub(super) const FIELDS: [Field; 20] = [
    Field {
        name: "id",
        about: "the sender's identifier of the event; sent again within 24 hours, it is the same event",
        shape: Shape::Text(NAME, |record, id| {
            attribute(record, EVENT_ID, id);
        }),
    },
    Field {
        name: "time",
        about: "when it happened; now, where it is left out",
        shape: Shape::Time(|record, time| {
            record.time = time;
        }),
    },
    Field {
        name: "user",
        about: "who did it; recorded as a pseudonym",
        shape: Shape::Text(NAME, |record, user| {
            record.actor.user = Some(user);
            record.actor.identified_by = IdentifiedBy::Request;
        }),
    },
    Field {
        name: "session",
        about: "the session or conversation it belongs to",
        shape: Shape::Text(NAME, |record, session| {
            record.actor.session = Some(session);
        }),
    },
    Field {
        name: "tenant",
        about: "the tenant; `default` where it is left out",
        shape: Shape::Text(64, |record, tenant| {
            record.tenant = TenantId(tenant);
        }),
    },
    Field {
        name: "roles",
        about: "the user's roles",
        shape: Shape::Texts(64, |record, roles| {
            record.actor.roles = roles;
        }),
    },
    Field {
        name: "agent",
        about: "the agent that acted",
        shape: Shape::Text(NAME, |record, agent| {
            record.actor.agent = Some(agent);
        }),
    },
    Field {
        name: "client_address",
        about: "the network address it came from; recorded as a pseudonym",
        shape: Shape::Text(NAME, |record, address| {
            record.actor.client_address = Some(address);
        }),
    },
    Field {
        name: "user_agent",
        about: "the client's User-Agent",
        shape: Shape::Text(1024, |record, agent| {
            record.actor.user_agent = Some(agent);
        }),
    },
    Field {
        name: "action",
        about: "what was done: login, role.grant, prompt.update, thumbs_down; the type, where it is left out",
        shape: Shape::Text(NAME, |record, action| {
            event(record).action = action;
        }),
    },
    Field {
        name: "outcome",
        about: "how it ended",
        shape: Shape::Choice(OUTCOMES, |record, word| {
            event(record).outcome = Some(outcome(word));
        }),
    },
    Field {
        name: "target",
        about: "what it was done to: an account, a role, a resource, a record",
        shape: Shape::Text(1024, |record, target| {
            event(record).target = Some(target);
        }),
    },
    Field {
        name: "reason",
        about: "why, in the words of the source",
        shape: Shape::Text(PROSE, |record, reason| {
            event(record).reason = Some(reason);
        }),
    },
    Field {
        name: "trace_id",
        about: "the trace it is about",
        shape: Shape::Hex(16, |record, id| {
            record.trace_id = model::TraceId::from_slice(id);
        }),
    },
    Field {
        name: "span_id",
        about: "the span it is about",
        shape: Shape::Hex(8, |record, id| {
            record.span_id = model::SpanId::from_slice(id);
        }),
    },
    Field {
        name: "name",
        about: "the evaluation's, guardrail's, setting's or resource's name",
        shape: Shape::Text(NAME, |record, name| {
            record.name = Some(name);
        }),
    },
    Field {
        name: "score",
        about: "a score; recorded as gen_ai.evaluation.score.value",
        shape: Shape::Number(|record, score| {
            attribute(record, "gen_ai.evaluation.score.value", score);
        }),
    },
    Field {
        name: "label",
        about: "the score in a word; recorded as gen_ai.evaluation.score.label",
        shape: Shape::Text(NAME, |record, label| {
            attribute(record, "gen_ai.evaluation.score.label", label);
        }),
    },
    Field {
        name: "comment",
        about: "what the person or evaluator says of it; recorded as gen_ai.evaluation.explanation",
        shape: Shape::Text(PROSE, |record, comment| {
            attribute(record, "gen_ai.evaluation.explanation", comment);
        }),
    },
    Field {
        name: "attributes",
        about: "anything else, by name; names of OpenTelemetry's conventions where there are some",
        shape: Shape::Object(|record, attributes| {
            for (name, value) in attributes {
                // Fields say it better: they stay.
                record.attributes.entry(name).or_insert(value);
            }
        }),
    },
];

fn attribute(record: &mut Record, name: &str, value: impl Into<Value>) {
    record.attributes.insert(name.to_owned(), value.into());
}

fn event(record: &mut Record) -> &mut model::Event {
    record.event.get_or_insert_default()
}

fn outcome(word: &str) -> EventOutcome {
    match word {
        "success" => EventOutcome::Success,
        "failure" => EventOutcome::Failure,
        "denied" => EventOutcome::Denied,
        _ => EventOutcome::Unknown,
    }
}
