//! First signs of an attack in a text: phrases, forged delimiters, hidden characters, carriers.
//!
//! Weighs each sign by where the text came from: an instruction inside a tool's answer or a document
//! is stranger than the same from the user. Decides nothing; a later reader does.

mod hidden;
mod phrases;

use model::{Body, Origin, Record, Signal};

use phrases::Phrases;

/// The signs that are looked for, built once.
pub(crate) struct Signals {
    phrases: Phrases,
}

impl Signals {
    pub(crate) fn new() -> Self {
        Self { phrases: Phrases::new() }
    }

    /// Writes the signs of a record's content into it.
    pub(crate) fn read(&self, record: &mut Record) {
        let mut signals = Vec::new();
        for (position, segment) in record.content.iter().enumerate() {
            let Some(text) = text_of(&segment.body) else {
                continue;
            };
            for (name, score) in self.of_text(&text, segment.origin) {
                let place = format!("content/{position}");
                signals.push(Signal { name: name.to_owned(), place, score });
            }
        }
        record.signals = signals;
    }

    /// The signs in a text, each once, with its weight.
    pub(crate) fn of_text(&self, text: &str, origin: Origin) -> Vec<(&'static str, f32)> {
        let Some(weight) = weight(origin) else {
            return Vec::new();
        };
        let mut signals = self.phrases.find(text);
        hidden::find(text, &mut signals);
        for (_, score) in &mut signals {
            *score = (*score * weight).min(0.99);
        }
        signals
    }
}

/// How much stranger a sign is in a text of this origin. The application's own instructions are
/// not looked at.
const fn weight(origin: Origin) -> Option<f32> {
    match origin {
        Origin::System => None,
        Origin::User => Some(1.0),
        Origin::Assistant => Some(0.6),
        Origin::Tool | Origin::Retrieved | Origin::Memory | Origin::Agent => Some(1.2),
    }
}

/// The score of all signs together: that not all of them are by chance.
pub(crate) fn combined(scores: impl Iterator<Item = f32>) -> f32 {
    1.0 - scores.map(|score| 1.0 - score).product::<f32>()
}

fn text_of(body: &Body) -> Option<std::borrow::Cow<'_, str>> {
    match body {
        Body::Text { content }
        | Body::Reasoning { content }
        | Body::Refusal { content }
        | Body::Document { content, .. } => Some(content.as_str().into()),
        Body::ToolResult { result, .. } => match result.as_str() {
            Some(text) => Some(text.into()),
            None => Some(result.to_string().into()),
        },
        Body::ToolCall { .. } | Body::Blob(_) | Body::Reference { .. } | Body::Other { .. } => None,
    }
}
