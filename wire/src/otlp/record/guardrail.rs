//! Verdicts of guardrails and evaluations, in every spelling the conventions had so far.
//!
//! Scores, policies and risk categories stay attributes under their own names.

use model::{Body, Direction, Event, EventOutcome, Kind};

use super::super::attribute::{Field, Named, into_value};
use super::super::message::read;
use super::draft::Draft;

/// Reads a guardrail's verdict and what it was about.
pub(crate) fn guardrail(draft: &mut Draft) {
    let verdict = draft.attributes.text(Field::Verdict);
    let outcome = verdict.as_deref().map_or(EventOutcome::Unknown, outcome);
    draft.record.event = Some(Event {
        action: verdict.unwrap_or_else(|| "guardrail".to_owned()),
        outcome: Some(outcome),
        target: draft.attributes.text(Field::GuardTarget),
        reason: draft.attributes.text(Field::VerdictReason),
    });
    said(draft, Field::GuardInput, Direction::Input);
    said(draft, Field::GuardOutput, Direction::Output);
}

/// Reads an evaluation's name and explanation.
pub(crate) fn evaluation(draft: &mut Draft) {
    draft.record.kind = Kind::Evaluation;
    draft.record.event = Some(Event {
        action: "evaluation".to_owned(),
        outcome: None,
        target: draft.attributes.text(Field::EvaluationName),
        reason: draft.attributes.text(Field::EvaluationReason),
    });
}

fn outcome(verdict: &str) -> EventOutcome {
    match verdict.to_ascii_lowercase().as_str() {
        "allow" | "warn" | "pass" | "passed" | "none" | "modify" | "mask" | "redact" => {
            EventOutcome::Success
        }
        "deny" | "block" | "blocked" | "escalate" | "intervened" => EventOutcome::Denied,
        _ => EventOutcome::Unknown,
    }
}

fn said(draft: &mut Draft, field: Field, direction: Direction) {
    for Named { name, value, .. } in draft.attributes.take_all(field) {
        let side = match direction {
            Direction::Input => &mut draft.input,
            Direction::Output => &mut draft.output,
        };
        if let Err(value) = read(into_value(value), None, side) {
            let body = Body::Other { name: name.to_owned(), value };
            let author = model::Role::Other;
            draft.record.content.push(model::Segment {
                direction,
                message: 0,
                role: author,
                origin: author.origin(),
                name: None,
                body,
            });
        }
    }
}
