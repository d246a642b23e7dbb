//! `plainsight unseal`: one sealed original, with a reason, and with a record of that first.
//!
//! By the server that runs on the data directory, or else by this command itself, which then holds
//! the directory as a server would.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::Args;
use model::SystemClock;
use serde_json::json;
use server::Engine;
use server::unseal::{Request, Unsealing};
use store::Archive;

use crate::cli::{Data, Verdict};
use crate::command::serve;
use crate::files::reader;
use crate::output;
use crate::read::Server;

/// Options of `unseal`.
#[derive(Args)]
pub(crate) struct Options {
    /// Ledger index of the record
    index: u64,
    /// Position of the finding in the record's list, from 0, as `show` prints it
    #[arg(long, value_name = "NUMBER")]
    finding: u32,
    /// Why it must be read; it is recorded
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    data: Data,
}

/// Prints the original, and nothing else.
pub(crate) fn run(options: &Options) -> Result<Verdict> {
    let request = Request { finding: options.finding, reason: options.reason.clone() };
    let value = match Server::of(&options.data.data)? {
        Some(server) => by_server(&server, options.index, &request),
        None => by_hand(&options.data.data, options.index, &request),
    };
    let value =
        value.with_context(|| format!("record {}, finding {}", options.index, options.finding))?;
    output::say(&value);
    Ok(Verdict::Fine)
}

fn by_server(server: &Server, index: u64, request: &Request) -> Result<String> {
    let answer = server.post(&format!("/api/v1/records/{index}/unseal"), &json!(request))?;
    let value = answer.get("value").and_then(|value| value.as_str());
    Ok(value.context("the server's answer has no value")?.to_owned())
}

fn by_hand(data: &Path, index: u64, request: &Request) -> Result<String> {
    if !server::Layout::new(data).ledger().try_exists()? {
        bail!("there is no log in {}", data.display());
    }
    serve::runtime()?.block_on(async {
        let engine = open(data)?;
        let archive = Archive::open(&engine.layout.ledger(), Arc::clone(&engine.vault))?;
        let (vault, recorder, clock) = (&engine.vault, &*engine.recorder, &SystemClock);
        let unsealing = Unsealing { archive: &archive, vault, recorder, clock };
        let unsealed = unsealing.unseal(&reader(), index, request).await;
        drop(archive);
        engine.close().await;
        Ok(unsealed?.value.into_exposed())
    })
}

/// Opens a data directory on which no server runs, as a server would.
pub(crate) fn open(data: &Path) -> Result<Engine> {
    let options = serve::Options { data: Some(data.to_owned()), ..serve::Options::default() };
    Ok(Engine::open_existing(options.load()?, Arc::new(SystemClock))?)
}
