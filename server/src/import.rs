//! Records of other tools' exports, a batch at a time: offline by the command line, or through
//! `POST /api/v1/import` beside a running server.

use model::{Observation, Timestamp};
use serde::{Deserialize, Serialize};
use wire::import::{Format, Piece, Splitter, parse_line};

use crate::record::{Receipt, Record, RecordError};

/// The largest single record of an export.
pub const MAX_RECORD: usize = 32 << 20;

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Records that were appended.
    pub recorded: u64,
    /// Records that were there already.
    pub known: u64,
    /// What could not be read, and was skipped.
    pub problems: Vec<Problem>,
}

/// A record of an export that could not be read, wholly or in part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Its number in the batch, from 1.
    pub number: u64,
    /// The field.
    pub field: String,
    /// What is wrong with it. Never quotes the value.
    pub reason: String,
}

/// Records a batch of an export: an array or lines, as in a file.
///
/// `default_time` stands for the time of records that have none; it must be the same when the batch
/// is sent again.
///
/// # Errors
/// When the batch cannot be recorded; nothing of it was.
pub async fn record(
    recorder: &dyn Record,
    format: Format,
    bytes: &[u8],
    default_time: Timestamp,
) -> Result<Outcome, RecordError> {
    let (observations, problems) = parse(format, bytes, default_time);
    let mut outcome = Outcome { problems, ..Outcome::default() };
    if !observations.is_empty() {
        for receipt in recorder.record(observations).await? {
            match receipt {
                Receipt::New(_) => outcome.recorded += 1,
                Receipt::Known(_) => outcome.known += 1,
            }
        }
    }
    Ok(outcome)
}

fn parse(
    format: Format,
    bytes: &[u8],
    default_time: Timestamp,
) -> (Vec<Observation>, Vec<Problem>) {
    let (mut observations, mut problems) = (Vec::new(), Vec::new());
    let mut read = |piece: Piece<'_>| match piece {
        Piece::Record { number, bytes } => match parse_line(format, bytes, default_time) {
            Ok(imported) => {
                observations.extend(imported.observations);
                problems.extend(imported.rejected.into_iter().map(|error| problem(number, error)));
            }
            Err(error) => problems.push(problem(number, error)),
        },
        Piece::TooLarge { number } => problems.push(Problem {
            number,
            field: "record".to_owned(),
            reason: format!("is larger than {MAX_RECORD} bytes"),
        }),
    };
    let mut splitter = Splitter::new(MAX_RECORD);
    splitter.push(bytes, &mut read);
    splitter.finish(&mut read);
    (observations, problems)
}

fn problem(number: u64, error: wire::import::LineError) -> Problem {
    Problem { number, field: error.field, reason: error.reason }
}
