//! The files of a data directory, opened to read where no server answers; and the record of that.
//!
//! Does not write but for that record, and for it only where the log can be signed: a copy that is
//! read-only, or has no keys, stays as it is.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Error, Result, bail, ensure};
use model::{Clock, SystemClock, TenantId};
use server::config::Config;
use server::record::Record;
use server::{Engine, Layout, recorder};
use store::{Archive, Functions, Reader, Span};
use vault::{Space, Vault};

use crate::command::serve;
use crate::output;

/// A data directory, opened to read.
pub(crate) struct Files {
    layout: Layout,
    vault: Arc<Vault>,
    /// Why the server that runs there cannot be asked.
    unreachable: Option<Error>,
}

impl Files {
    /// Opens `data`.
    pub(crate) fn open(data: &Path, unreachable: Option<Error>) -> Result<Self> {
        let (layout, config) = (Layout::new(data), Config::of_directory(data));
        ensure!(
            layout.ledger().try_exists()?,
            "there is no log in {}: start `plainsight serve` first, or name its --data",
            data.display()
        );
        let vault = config
            .vault(Arc::new(SystemClock))
            .and_then(|options| Vault::open_read_only_with(&layout.root, options))
            .context("vault")?;
        Ok(Self { layout, vault: Arc::new(vault), unreachable })
    }

    /// The keys.
    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The ledger as records.
    pub(crate) fn archive(&self) -> Result<Archive> {
        Ok(Archive::open(&self.layout.ledger(), Arc::clone(&self.vault))?)
    }

    /// The operational copy of the days in `span`.
    pub(crate) fn store(&self, span: Span) -> Result<Reader> {
        let vault = Arc::clone(&self.vault);
        let pseudonym = move |clear: &str| {
            let tenant = TenantId::default();
            [Space::User, Space::Address]
                .into_iter()
                .find_map(|space| vault.known_pseudonym(&tenant, space, clear).ok().flatten())
        };
        let functions = Functions { pseudonym: Some(Arc::new(pseudonym)), ..Functions::default() };
        let key = self.vault.subkey("store")?;
        Ok(Reader::open(&self.layout.store(), &key, span, &functions)?)
    }

    /// The pseudonym of a user's clear name; any other text is taken for a pseudonym.
    pub(crate) fn pseudonym(&self, user: String) -> Result<String> {
        let known = self.vault.known_pseudonym(&TenantId::default(), Space::User, &user)?;
        Ok(known.unwrap_or(user))
    }

    /// Records durably that these files were read: to be called before the answer is shown. Where
    /// that is not possible, says so, and lets the reading go on.
    pub(crate) fn note_access(&self, action: &str, filters: &[&str], rows: usize) {
        if let Err(error) = self.record(action, filters, rows) {
            output::complain(&format!("plainsight: this reading is not recorded: {error:#}"));
        }
    }

    fn record(&self, action: &str, filters: &[&str], rows: usize) -> Result<()> {
        if let Some(unreachable) = &self.unreachable {
            bail!("{unreachable:#}");
        }
        let config = Config::of_directory(&self.layout.root);
        serve::runtime()?.block_on(async {
            let engine = Engine::open_existing(config, Arc::new(SystemClock))?;
            let access = recorder::access(&reader(), action, filters, rows, SystemClock.now());
            let recorded = engine.recorder.record(vec![access]).await;
            engine.close().await;
            recorded?;
            Ok(())
        })
    }
}

/// Who reads the files: the user of the operating system.
pub(crate) fn reader() -> String {
    format!("uid-{}", rustix::process::getuid().as_raw())
}
