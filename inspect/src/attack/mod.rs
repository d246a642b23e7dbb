//! Signs of an attack in a text: phrases, forged delimiters, hidden characters, masses, hosts, and
//! what a small model of our own says.
//!
//! Weighs each sign by where the text came from: an instruction inside a tool's answer or a document
//! is stranger than the same from the user. Decides nothing; a later reader does.

pub(crate) mod classifier;
mod families;
mod hidden;
mod host;
pub(crate) mod leak;
mod phrases;
pub(crate) mod poisoning;
mod repetition;
pub(crate) mod suffix;

use model::{Body, Origin, Segment};

use crate::needle::Occurrence;
pub(crate) use classifier::Side;
use phrases::Phrases;

/// A sign: its name, and how strong it is in a text of the user.
pub(crate) type Sign = (&'static str, f32);

/// The signs that are looked for, built once.
pub(crate) struct Signals {
    phrases: Phrases,
}

/// The words without which there is no phrase of an attack.
pub(crate) fn triggers() -> &'static [&'static str] {
    phrases::triggers()
}

impl Signals {
    pub(crate) fn new() -> Self {
        Self { phrases: Phrases::new() }
    }

    /// The signs in a text, each once.
    pub(crate) fn find(&self, text: &str) -> Vec<Sign> {
        with_others(text, self.phrases.find(text))
    }

    /// The same, of a text whose [`triggers`] are known.
    pub(crate) fn find_at(&self, text: &str, triggers: &[Occurrence]) -> Vec<Sign> {
        with_others(text, self.phrases.find_at(text, triggers))
    }
}

/// Whose side a text of this origin is on, where signs count.
pub(crate) const fn side(origin: Origin) -> Option<Side> {
    match origin {
        Origin::System => None,
        Origin::User | Origin::Assistant => Some(Side::Person),
        Origin::Tool | Origin::Retrieved | Origin::Memory | Origin::Agent => Some(Side::Foreign),
    }
}

/// Signs that are not phrases, beside those that are.
fn with_others(text: &str, mut signs: Vec<Sign>) -> Vec<Sign> {
    hidden::find(text, &mut signs);
    repetition::find(text, &mut signs);
    host::find(text, &mut signs);
    suffix::find(text, &mut signs);
    signs
}

/// Whether a sign is one in a text of this origin: what only a model says of itself is none in
/// what others say.
pub(crate) fn is_sign(name: &str, origin: Origin) -> bool {
    let only_of_models = ["refusal", "jailbreak_acknowledgement", "rationalisation"];
    origin == Origin::Assistant || !only_of_models.contains(&name)
}

/// How strong a sign is where its text has this weight.
pub(crate) fn weighed(score: f32, weight: f32) -> f32 {
    (score * weight).min(0.99)
}

/// How much signs count in a segment; `None` where they are none.
pub(crate) const fn weight_of(segment: &Segment) -> Option<f32> {
    match segment.body {
        Body::Text { .. }
        | Body::Reasoning { .. }
        | Body::Refusal { .. }
        | Body::Document { .. }
        | Body::ToolResult { .. } => weight(segment.origin),
        Body::ToolCall { .. } | Body::Blob(_) | Body::Reference { .. } | Body::Other { .. } => None,
    }
}

/// How much stranger a sign is in a text of this origin. The application's own instructions are
/// not looked at.
pub(crate) const fn weight(origin: Origin) -> Option<f32> {
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
