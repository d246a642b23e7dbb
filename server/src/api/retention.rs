//! How long what was recorded is kept: what is set, or that nothing ends it.

use model::Timestamp;
use serde::Serialize;
use store::{Scope, Span};

use super::reading::Shared;
use super::time::Iso;
use crate::engine::ONCE;
use crate::refusal::Refusal;

/// Something that is kept.
#[derive(Serialize)]
pub(super) struct Retention {
    what: &'static str,
    /// For how long, in seconds; null where nothing ends it.
    kept_s: Option<u64>,
    /// The setting that says so; null where there is none.
    setting: Option<&'static str>,
    /// When the oldest of it was appended.
    since: Option<Iso>,
}

/// All that is kept. Blocks.
pub(super) fn kept(shared: &Shared) -> Result<Vec<Retention>, Refusal> {
    let whole = |what, since| Retention { what, kept_s: None, setting: None, since };
    Ok(vec![
        whole("records in the log", oldest(shared)?),
        whole("the operational copy", first_day(shared)?),
        Retention {
            what: "what a repeated record is known by",
            kept_s: Some(ONCE.as_secs()),
            setting: None,
            since: None,
        },
    ])
}

/// When the first record was appended.
fn oldest(shared: &Shared) -> Result<Option<Iso>, Refusal> {
    let ledger = shared.archive()?.ledger();
    if ledger.size().map_err(Refusal::internal)? == 0 {
        return Ok(None);
    }
    let first = ledger.read(0).map_err(Refusal::internal)?;
    Ok(Some(Iso(Timestamp::from_nanos(first.log_time))))
}

/// The first log day that the operational copy has.
fn first_day(shared: &Shared) -> Result<Option<Iso>, Refusal> {
    shared.ask(&Scope::default(), Span::default(), |reader| {
        let first = reader.days().first().map(|day| format!("{}T00:00:00Z", day.day));
        Ok(first.and_then(|day| Iso::parse(&day)))
    })
}
