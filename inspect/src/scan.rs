//! What `plainsight scan` says of a text (DESIGN, command line).

use serde::Serialize;

use crate::matched::Match;

/// What is in a text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scan {
    /// Signs of an attack.
    pub attack: Attack,
    /// Sensitive values, in order.
    pub sensitive: Vec<Sensitive>,
    /// The text without them.
    pub redacted: String,
}

/// Signs of an attack, together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Attack {
    /// From 0 to 1.
    pub score: f32,
    /// What the score means.
    pub verdict: Verdict,
    /// The names of the signals that were seen.
    pub signals: Vec<String>,
}

/// What a score means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Below 0.3.
    Clean,
    /// From 0.3.
    Suspicious,
    /// From 0.7.
    Attack,
}

impl Attack {
    pub(crate) fn new(score: f32, signals: &[(&'static str, f32)]) -> Self {
        let verdict = match score {
            score if score >= 0.7 => Verdict::Attack,
            score if score >= 0.3 => Verdict::Suspicious,
            _ => Verdict::Clean,
        };
        Self {
            score,
            verdict,
            signals: signals.iter().map(|(name, _)| (*name).to_owned()).collect(),
        }
    }
}

/// A sensitive value of the original text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sensitive {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Its exact kind, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtype: Option<&'static str>,
    /// Where it starts, in code points.
    pub start: usize,
    /// Where it ends, exclusive.
    pub end: usize,
    /// From 0 to 1.
    pub confidence: f32,
}

impl Sensitive {
    pub(crate) fn of(text: &str, matches: &[Match]) -> Vec<Self> {
        let (mut bytes, mut points) = (0, 0);
        let mut count = |to: usize| {
            points += text.get(bytes..to).map_or(0, |part| part.chars().count());
            bytes = to;
            points
        };
        matches
            .iter()
            .map(|found| Self {
                kind: found.kind.as_str(),
                subtype: found.subtype,
                start: count(found.range.start),
                end: count(found.range.end),
                confidence: found.confidence,
            })
            .collect()
    }
}
