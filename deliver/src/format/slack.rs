//! Slack: a message of blocks for an incoming webhook.
//!
//! What comes from a record stands in `plain_text`, where Slack reads no markup, so that nobody can
//! write a link or call a channel through an alert. The fallback `text` has its markup escaped.

use model::{Logged, Severity};
use serde_json::Value;

use super::facts;
use super::{Teller, severity, tags, time};
use crate::json::Object;

/// Signs of a header block.
const HEADER: usize = 150;
/// Signs of a text that is a field or a section, of which Slack takes 2000 and 3000.
const FIELD: usize = 1900;
/// Entities that are shown; a section takes ten fields.
const ENTITIES: usize = 8;

/// A record as a message.
pub fn message(logged: &Logged, teller: &Teller) -> Value {
    let record = &logged.record;
    let alert = record.alert.as_deref();
    let title = alert.map_or(record.kind.as_str(), |alert| alert.rule.title.as_str());
    let head = format!("{}: {title}", severity(logged).as_str());
    let sentence = facts::sentence(record);
    let mut blocks: Vec<Object> = vec![
        Object::of("type", "header").with("text", plain(&head, HEADER)),
        Object::of("type", "section").with("text", plain(&sentence, FIELD)),
    ];
    if let Some(alert) = alert {
        let entities = alert.entities.iter().take(ENTITIES);
        let fields: Vec<Object> =
            entities.map(|(name, value)| plain(&format!("{name}: {value}"), FIELD)).collect();
        if !fields.is_empty() {
            blocks.push(Object::of("type", "section").list("fields", fields));
        }
        if !alert.action.is_empty() {
            let action = format!("What to do: {}", alert.action);
            blocks.push(Object::of("type", "section").with("text", plain(&action, FIELD)));
        }
    }
    blocks.push(
        Object::of("type", "context").list("elements", [plain(&context(logged, teller), FIELD)]),
    );
    let text: String =
        format!("{} {head}: {sentence}", mark(severity(logged))).chars().take(FIELD).collect();
    Object::of("text", escaped(&text)).list("blocks", blocks).into()
}

fn context(logged: &Logged, teller: &Teller) -> String {
    let moment = time::rfc3339(logged.record.time);
    let place = format!("{moment} · {} · record {}", teller.instance, logged.index);
    let Some(alert) = &logged.record.alert else {
        return place;
    };
    let techniques: Vec<String> = alert
        .tags
        .iter()
        .filter_map(|tag| tags::technique(tag))
        .map(|technique| technique.sub.unwrap_or(technique.id))
        .collect();
    let seen = format!("{place} · {} · seen {}×", alert.id, alert.count);
    if techniques.is_empty() { seen } else { format!("{seen} · {}", techniques.join(", ")) }
}

fn plain(text: &str, most: usize) -> Object {
    let text: String = text.chars().take(most).collect();
    let text = if text.is_empty() { "–".to_owned() } else { text };
    Object::of("type", "plain_text").with("text", text).with("emoji", false)
}

const fn mark(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "\u{1f534}",
        Severity::High => "\u{1f7e0}",
        Severity::Medium => "\u{1f7e1}",
        Severity::Low | Severity::Informational => "\u{26aa}",
    }
}

/// Text without Slack's markup: `&`, `<` and `>` are escaped.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
