//! `GET /api/v1/scores`: how attack scores are spread over the records that the filters leave.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use store::Scores;

use super::caller::Caller;
use super::filters::{Filters, Window};
use super::parameters::Parameters;
use super::reading::Shared;
use super::time::Iso;
use crate::refusal::Refusal;

/// Hundredths of a bin: twenty bins.
const WIDTH: u8 = 5;
/// From this score on, in hundredths, a record counts as an attack (`attack=true`).
const ATTACK: u8 = 50;

/// How attack scores are spread. Scores are in hundredths: 0 to 100.
#[derive(Serialize, JsonSchema)]
pub(super) struct Spread {
    from: Iso,
    to: Iso,
    bins: Vec<ScoreBin>,
    /// Records with a score.
    count: u64,
    /// Records without any sign, which have none.
    without: u64,
    /// Of those with a score; null where there are none.
    quantiles: Option<Quantiles>,
    /// From this score on a record counts as an attack.
    attack_from: u8,
    /// Whether every record was counted: of very frequent words the newest are.
    is_exact: bool,
}

/// A stretch of scores.
#[derive(Serialize, JsonSchema)]
struct ScoreBin {
    /// `score_from` of its records.
    from: u8,
    /// `score_below` of its records.
    below: u8,
    count: u64,
}

/// Scores that so many of a hundred records do not pass.
#[derive(Serialize, JsonSchema)]
struct Quantiles {
    p50: u8,
    p95: u8,
    p99: u8,
}

pub(super) async fn spread(
    caller: Caller,
    State(shared): State<Shared>,
    mut parameters: Parameters,
) -> Result<Json<Spread>, Refusal> {
    let window = Window::of(&mut parameters, &shared)?;
    let filters = Filters::of(&mut parameters, &caller)?.within(window);
    let names = parameters.finish()?;
    let (scores, is_exact) = shared
        .blocking(move |shared| {
            let resolved = filters.resolve(shared)?;
            let scores =
                shared.columns(window.span(), |columns| columns.scores(&resolved.question))?;
            Ok((scores, resolved.is_exact))
        })
        .await?;
    shared.note_access(&caller, "records.scores", &names, 0).await;
    Ok(Json(told(&scores, window, is_exact)))
}

fn told(scores: &Scores, window: Window, is_exact: bool) -> Spread {
    let counts = scores.bins(usize::from(WIDTH));
    let begins = (0..100_u8).step_by(usize::from(WIDTH));
    let bins = begins.zip(counts).map(|(from, count)| {
        let end = from + WIDTH;
        ScoreBin { from, below: if end == 100 { 101 } else { end }, count }
    });
    let [p50, p95, p99] = [0.5, 0.95, 0.99].map(|share| scores.quantile(share));
    Spread {
        from: Iso(window.from),
        to: Iso(window.to),
        bins: bins.collect(),
        count: scores.count(),
        without: scores.without,
        quantiles: p50.zip(p95).zip(p99).map(|((p50, p95), p99)| Quantiles { p50, p95, p99 }),
        attack_from: ATTACK,
        is_exact,
    }
}
