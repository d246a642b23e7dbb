//! What `plainsight scan` says of a text (DESIGN, command line).

use std::ops::Range;

use model::Inspection;
use serde::Serialize;

use crate::Incomplete;
use crate::finder::Finder;
use crate::inspector::NOT_INSPECTED;
use crate::matched::Match;
use crate::stream::Blocks;
use crate::view::View;

/// What is in a text.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Scan {
    /// Signs of an attack.
    pub attack: Attack,
    /// Sensitive values, in order.
    pub sensitive: Vec<Sensitive>,
    /// The text without them.
    pub redacted: String,
    /// Whether all of the text was looked at. A text that could not be is not shown; one that is
    /// longer than the operator's classifier is asked about is, as the detectors leave it.
    #[serde(skip_serializing_if = "is_complete")]
    pub inspection: Inspection,
}

impl Scan {
    pub(crate) fn not_inspected(attack: Attack) -> Self {
        Self {
            attack,
            sensitive: Vec::new(),
            redacted: NOT_INSPECTED.to_owned(),
            inspection: Inspection::Partial,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_complete(inspection: &Inspection) -> bool {
    *inspection == Inspection::Complete
}

/// Signs of an attack, together.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Attack {
    /// From 0 to 1.
    pub score: f32,
    /// What the score means.
    pub verdict: Verdict,
    /// The names of the signals that were seen.
    pub signals: Vec<String>,
}

/// What a score means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Below 0.3.
    #[default]
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
    /// Where it lies in the bytes that were given.
    #[serde(skip)]
    pub bytes: Range<usize>,
    /// From 0 to 1.
    pub confidence: f32,
}

impl Sensitive {
    pub(crate) fn of(text: &str, matches: &[Match]) -> Vec<Self> {
        let mut points = Points::default();
        let mut at = |found: &Match| {
            let start = points.before(text, found.range.start);
            Self::at(found, start..points.before(text, found.range.end))
        };
        matches.iter().map(&mut at).collect()
    }

    fn of_placed((found, points): &(Match, Range<usize>)) -> Self {
        Self::at(found, points.clone())
    }

    fn at(found: &Match, points: Range<usize>) -> Self {
        Self {
            kind: found.kind.as_str(),
            subtype: found.subtype,
            start: points.start,
            end: points.end,
            bytes: found.range.clone(),
            confidence: found.confidence,
        }
    }
}

/// Counts code points once along a text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Points {
    bytes: usize,
    points: usize,
}

impl Points {
    /// The code points before the byte `to`, which only grows from call to call.
    pub(crate) fn before(&mut self, text: &str, to: usize) -> usize {
        self.points += text.get(self.bytes..to).map_or(0, |part| part.chars().count());
        self.bytes = to;
        self.points
    }
}

/// Bytes as a text, and the way back.
pub(crate) struct Lossy(View);

impl Lossy {
    /// Each broken sequence is one replacement character.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let (mut view, mut place) = (View::default(), 0);
        for chunk in bytes.utf8_chunks() {
            view.keep_at(chunk.valid(), place);
            place += chunk.valid().len();
            if !chunk.invalid().is_empty() {
                let end = place + chunk.invalid().len();
                view.put_char(place..end, char::REPLACEMENT_CHARACTER);
                place = end;
            }
        }
        Self(view)
    }

    pub(crate) fn text(&self) -> &str {
        self.0.text()
    }

    pub(crate) fn original(&self, range: &Range<usize>) -> Range<usize> {
        self.0.original(range)
    }
}

/// A text that comes piece by piece. How it is cut changes nothing about what is found.
pub struct Stream<'a> {
    blocks: Blocks<'a>,
}

/// What a stream could not look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a part of the text was not inspected: {0}")]
pub struct NotInspected(#[from] Incomplete);

impl<'a> Stream<'a> {
    pub(crate) const fn new(finder: &'a Finder) -> Self {
        Self { blocks: Blocks::new(finder) }
    }

    /// Takes the next piece, and gives what is certain by now, in order.
    ///
    /// # Errors
    /// When a part of the text was not looked at; then nothing of it may be shown.
    pub fn push(&mut self, piece: &str) -> Result<Vec<Sensitive>, NotInspected> {
        let mut found = Vec::new();
        self.blocks.push(piece, &mut found)?;
        Ok(found.iter().map(Sensitive::of_placed).collect())
    }

    /// Gives the rest.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub fn finish(self) -> Result<Vec<Sensitive>, NotInspected> {
        let mut found = Vec::new();
        self.blocks.finish(&mut found)?;
        Ok(found.iter().map(Sensitive::of_placed).collect())
    }
}
