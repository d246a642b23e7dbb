//! `GET /api/v1/integrity/checkpoints`: the checkpoints that were signed so far, a page at a time.

use axum::Json;
use axum::extract::State;
use ledger::{Note, Signed};
use model::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::caller::Caller;
use super::parameters::Parameters;
use super::reading::Shared;
use super::time::Iso;
use crate::refusal::Refusal;

/// Checkpoints of a page, where it is not said.
const PAGE: usize = 50;
/// Checkpoints of the largest page.
const MOST: usize = 500;

/// A page of checkpoints, newest first.
#[derive(Serialize, JsonSchema)]
pub(super) struct Checkpoints {
    items: Vec<Checkpoint>,
    /// The `cursor` of the next page; null on the last.
    next: Option<String>,
}

/// A checkpoint that was signed.
#[derive(Serialize, JsonSchema)]
struct Checkpoint {
    /// When its newest record was appended, just before it was signed.
    time: Iso,
    /// How many records it signs.
    size: u64,
    /// How many of them the one before does not sign.
    added: u64,
    /// The root that it signs, in hexadecimal.
    root: String,
    /// Who signed it, in the order of the note's lines. Null where the note was replaced by that of a
    /// newer one, which confirms it.
    signatures: Option<Vec<Signature>>,
    /// The note (C2SP signed-note), where it is kept.
    note: Option<String>,
}

/// A signature line of a note.
#[derive(Serialize, JsonSchema)]
struct Signature {
    /// Whose key it is: the log's own, or a witness's.
    name: String,
    /// The first four bytes of the key's hash, in hexadecimal.
    key_id: String,
    /// Whether it is the log's own.
    is_own: bool,
}

pub(super) async fn list(
    caller: Caller,
    State(shared): State<Shared>,
    mut parameters: Parameters,
) -> Result<Json<Checkpoints>, Refusal> {
    let limit = parameters.limit(PAGE, MOST)?;
    let up_to = parameters.number("cursor")?;
    let names = parameters.finish()?;
    let page = shared.blocking(move |shared| read(shared, up_to, limit)).await?;
    shared.note_access(&caller, "integrity.checkpoints", &names, page.items.len()).await;
    Ok(Json(page))
}

fn read(shared: &Shared, up_to: Option<u64>, limit: usize) -> Result<Checkpoints, Refusal> {
    let ledger = shared.archive()?.ledger();
    let history = ledger.history(up_to, limit).map_err(Refusal::internal)?;
    // Where a batch begins the one before ended; before the first record there is none.
    let next = history.last().map(|last| last.size - last.added).filter(|next| *next > 0);
    let items = history.into_iter().map(told).collect::<Result<_, _>>()?;
    Ok(Checkpoints { items, next: next.map(|next| next.to_string()) })
}

fn told(signed: Signed) -> Result<Checkpoint, Refusal> {
    let Signed { size, added, log_time, root, note } = signed;
    let signatures = note.as_deref().map(signatures).transpose()?;
    let time = Iso(Timestamp::from_nanos(log_time));
    Ok(Checkpoint { time, size, added, root: hex::encode(root.0), signatures, note })
}

fn signatures(note: &str) -> Result<Vec<Signature>, Refusal> {
    let note = Note::parse(note).map_err(Refusal::internal)?;
    let origin = note.text.lines().next().unwrap_or_default().to_owned();
    let signatures = note.signatures.into_iter().map(|signature| Signature {
        is_own: signature.name == origin,
        key_id: format!("{:08x}", signature.key_id),
        name: signature.name,
    });
    Ok(signatures.collect())
}
