//! The answer to a request with events: what became of each.

use http::StatusCode;
use serde::Serialize;

use super::parse::EventError;
use crate::record::Receipt;

/// The answer's body.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    /// Events that were appended.
    recorded: usize,
    /// Events that were there already.
    known: usize,
    /// Events that were not taken in.
    pub(super) rejected: usize,
    /// One for each event, in order.
    results: Vec<Outcome>,
}

/// What became of one event.
#[derive(Debug, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
enum Outcome {
    Recorded { index: u64 },
    Known { index: u64 },
    Rejected { position: usize, field: &'static str, reason: String },
}

impl Answer {
    /// Of the results of parsing, and the receipts of those events that were recorded, in order.
    pub(super) fn of(
        parsed: impl IntoIterator<Item = Result<(), EventError>>,
        receipts: Vec<Receipt>,
    ) -> Self {
        let mut receipts = receipts.into_iter();
        let mut answer = Self { recorded: 0, known: 0, rejected: 0, results: Vec::new() };
        for (position, result) in parsed.into_iter().enumerate() {
            let outcome = match result {
                Ok(()) => receipts.next().map(Outcome::of),
                Err(EventError { field, reason }) => {
                    Some(Outcome::Rejected { position, field, reason })
                }
            };
            answer.add(outcome);
        }
        answer
    }

    fn add(&mut self, outcome: Option<Outcome>) {
        match &outcome {
            Some(Outcome::Recorded { .. }) => self.recorded += 1,
            Some(Outcome::Known { .. }) => self.known += 1,
            Some(Outcome::Rejected { .. }) => self.rejected += 1,
            None => {}
        }
        self.results.extend(outcome);
    }

    /// How many events are in the log now.
    pub(super) const fn kept(&self) -> usize {
        self.recorded + self.known
    }

    /// 400 when there is nothing to be glad of.
    pub(super) const fn status(&self) -> StatusCode {
        if self.kept() == 0 { StatusCode::BAD_REQUEST } else { StatusCode::OK }
    }
}

impl Outcome {
    const fn of(receipt: Receipt) -> Self {
        match receipt {
            Receipt::New(index) => Self::Recorded { index },
            Receipt::Known(index) => Self::Known { index },
        }
    }
}
