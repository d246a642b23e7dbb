//! `plainsight store rebuild`: the operational copy anew, from the log.

use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use indicatif::ProgressBar;
use model::SystemClock;
use server::config::Config;
use server::{Layout, Lock};
use store::{Archive, Writer};
use vault::Vault;

use crate::cli::{Data, Verdict};
use crate::output;

/// Records that are applied in one transaction.
const BATCH: usize = 4096;

/// Options of `store rebuild`.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    data: Data,
}

/// Drops the copy and reads the whole log. No server may run meanwhile.
pub(crate) fn run(options: &Options) -> Result<Verdict> {
    let layout = Layout::new(&options.data.data);
    let _lock = Lock::acquire(&layout.root).context("stop the server first")?;
    let options = Config::of_directory(&layout.root).vault(Arc::new(SystemClock))?;
    let vault = Arc::new(Vault::open_read_only_with(&layout.root, options)?);
    let archive = Archive::open(&layout.ledger(), Arc::clone(&vault))?;
    store::remove_files(&layout.store())?;
    let mut writer = Writer::open(&layout.store(), &vault.subkey("store")?)?;
    let size = archive.ledger().size()?;
    let bar = ProgressBar::new(size);
    let mut batch = Vec::with_capacity(BATCH);
    for entry in archive.iter(0) {
        bar.inc(1);
        batch.extend(entry?.readable());
        if batch.len() == BATCH {
            writer.apply(&batch)?;
            batch.clear();
        }
    }
    writer.apply(&batch)?;
    bar.finish_and_clear();
    output::say(&format!("{size} records read, the operational copy is new"));
    Ok(Verdict::Fine)
}
