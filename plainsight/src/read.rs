//! Opens a data directory to read it, beside a running server or without one.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use model::TenantId;
use server::Layout;
use store::{Archive, Functions, Reader, Span};
use vault::{Space, Vault};

/// A data directory, opened to read.
pub(crate) struct Data {
    layout: Layout,
    vault: Arc<Vault>,
}

impl Data {
    /// Opens `data`.
    pub(crate) fn open(data: &Path) -> Result<Self> {
        let layout = Layout::new(data);
        ensure!(
            layout.ledger().try_exists()?,
            "there is no log in {}: start `plainsight serve` first, or name its --data",
            data.display()
        );
        let vault = Vault::open_read_only(&layout.root).context("vault")?;
        Ok(Self { layout, vault: Arc::new(vault) })
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
}
