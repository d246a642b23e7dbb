//! `/api/v1/integrity`: the signed log as it is, verifications of it with their progress; and
//! `GET /api/v1/records/{index}/proof`: that a record is in it.

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use ledger::{Checkpoint, Note, VerifyOptions};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::caller::Caller;
use super::overview;
use super::parameters::Parameters;
use super::reading::Shared;
use super::records::{parse_index, read_for};
use super::retention;
use super::runs::Run;
use crate::refusal::Refusal;

/// A verification that runs.
#[derive(Serialize, JsonSchema)]
pub(super) struct Begun {
    run: u64,
}

/// That a record is in the log.
#[derive(Serialize, JsonSchema)]
pub(super) struct Proven {
    index: u64,
    /// The proof as text (C2SP tlog-proof), which anybody checks offline.
    proof: String,
    /// The record's leaf, in hexadecimal.
    leaf: String,
    /// The audit path, from the leaf's sibling up, in hexadecimal.
    hashes: Vec<String>,
    /// How many records the checkpoint signs.
    size: u64,
    /// The root that it signs, in hexadecimal.
    root: String,
    /// The signed checkpoint.
    checkpoint: String,
    /// The key that verifies it (C2SP vkey).
    verifying_key: String,
}

pub(super) async fn show(
    caller: Caller,
    State(shared): State<Shared>,
    parameters: Parameters,
) -> Result<Json<Value>, Refusal> {
    let names = parameters.finish()?;
    let mut told = shared.blocking(tell).await?;
    told["lag"] = overview::lag(&shared);
    shared.note_access(&caller, "integrity.show", &names, 0).await;
    Ok(Json(told))
}

fn tell(shared: &Shared) -> Result<Value, Refusal> {
    let mut told = overview::integrity(shared)?;
    let note = shared.checkpoint()?;
    let checkpoint = Checkpoint::parse_unverified(&note).map_err(Refusal::internal)?;
    let signatures = Note::parse(&note).map_err(Refusal::internal)?.signatures;
    let signatures = signatures.iter().map(
        |signature| json!({"name": signature.name, "key_id": format!("{:08x}", signature.key_id)}),
    );
    let runs: Vec<Value> = shared.runs.all().iter().map(Run::told).collect();
    told["origin"] = json!(checkpoint.origin);
    told["root"] = json!(hex::encode(checkpoint.root.0));
    told["checkpoint"] = json!(note);
    told["verifying_key"] = json!(verifying_key(shared)?);
    told["signatures"] = signatures.collect();
    told["outside"] = Value::Null;
    told["retention"] = json!(retention::kept(shared)?);
    told["runs"] = json!(runs);
    Ok(told)
}

fn verifying_key(shared: &Shared) -> Result<String, Refusal> {
    let key = std::fs::read_to_string(shared.layout.verifying_key());
    Ok(key.map_err(Refusal::internal)?.trim().to_owned())
}

pub(super) async fn verify(
    caller: Caller,
    State(shared): State<Shared>,
    parameters: Parameters,
) -> Result<(StatusCode, Json<Begun>), Refusal> {
    parameters.finish()?;
    let size = *shared.progress.size().borrow();
    let (run, progress) = shared.runs.begin(size, shared.clock.now());
    if let Some(progress) = progress {
        let key = verifying_key(&shared)?;
        let options = VerifyOptions { key: key.parse().ok(), progress, ..VerifyOptions::default() };
        let verifying = shared.clone();
        // Not one of the readers that may run at once: it takes long.
        std::thread::Builder::new()
            .name("verify".to_owned())
            .spawn(move || verify_now(&verifying, run, &options))
            .map_err(Refusal::internal)?;
    }
    shared.note_access(&caller, "integrity.verify", &[], 0).await;
    Ok((StatusCode::ACCEPTED, Json(Begun { run })))
}

fn verify_now(shared: &Shared, run: u64, options: &VerifyOptions) {
    crate::pace::step_back(crate::pace::Niceness::Utmost);
    let report = ledger::verify(&shared.layout.ledger(), options);
    if !report.is_clean() {
        tracing::error!(problems = report.problems.len(), "the log is not whole");
    }
    shared.runs.end(run, report, shared.clock.now());
}

pub(super) async fn run(
    State(shared): State<Shared>,
    Path(run): Path<String>,
    parameters: Parameters,
) -> Result<Json<Value>, Refusal> {
    parameters.finish()?;
    let number = parse_index(&run)?;
    let run = shared.runs.find(number).ok_or(Refusal::NotFound)?;
    Ok(Json(run.told()))
}

pub(super) async fn proof(
    caller: Caller,
    State(shared): State<Shared>,
    Path(index): Path<String>,
    parameters: Parameters,
) -> Result<Json<Proven>, Refusal> {
    parameters.finish()?;
    let index = parse_index(&index)?;
    let asking = caller.clone();
    let proven = shared.blocking(move |shared| prove(shared, &asking, index)).await?;
    shared.note_access(&caller, "records.prove", &["index"], 1).await;
    Ok(Json(proven))
}

fn prove(shared: &Shared, caller: &Caller, index: u64) -> Result<Proven, Refusal> {
    // An erased record has its proof still; whose it was nobody can tell any more.
    match read_for(shared, caller, index) {
        Err(Refusal::Erased) if caller.tenant.is_none() => {}
        read => drop(read?),
    }
    let proof = shared.archive()?.ledger().prove(index).map_err(Refusal::internal)?;
    let checkpoint = Checkpoint::parse_unverified(&proof.checkpoint).map_err(Refusal::internal)?;
    Ok(Proven {
        index,
        proof: proof.to_string(),
        leaf: hex::encode(&proof.leaf),
        hashes: proof.hashes.iter().map(|hash| hex::encode(hash.0)).collect(),
        size: checkpoint.size,
        root: hex::encode(checkpoint.root.0),
        checkpoint: proof.checkpoint,
        verifying_key: verifying_key(shared)?,
    })
}
