//! Open readers of the operational copy. Opening one costs a millisecond or two for each day, so
//! those over all days are kept for a second.
//!
//! A kept reader sees every commit, but not a day that began since: hence the second.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use model::TenantId;
use parking_lot::Mutex;
use store::{Functions, Reader, Scope, Span};
use tokio::time::Instant;
use vault::{Space, Vault};

use crate::refusal::Refusal;

/// How long a reader is used.
const KEPT: Duration = Duration::from_millis(250);
/// How many readers rest.
const RESTING: usize = 4;

pub(super) struct Stores {
    folder: PathBuf,
    vault: Arc<Vault>,
    resting: Mutex<Vec<(Instant, Scope, Reader)>>,
}

impl Stores {
    pub(super) const fn new(folder: PathBuf, vault: Arc<Vault>) -> Self {
        Self { folder, vault, resting: Mutex::new(Vec::new()) }
    }

    /// Asks a reader of the days in `span`, which sees what `scope` says.
    pub(super) fn ask<T>(
        &self,
        scope: &Scope,
        span: Span,
        question: impl FnOnce(&Reader) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        if span.since.is_some() || span.until.is_some() {
            return question(&self.open(scope, span)?);
        }
        let (opened, reader) = match self.take(scope) {
            Some(kept) => kept,
            None => (Instant::now(), self.open(scope, span)?),
        };
        let answer = question(&reader);
        let mut resting = self.resting.lock();
        if resting.len() < RESTING && opened.elapsed() < KEPT {
            resting.push((opened, scope.clone(), reader));
        }
        answer
    }

    fn take(&self, scope: &Scope) -> Option<(Instant, Reader)> {
        let mut resting = self.resting.lock();
        resting.retain(|(opened, ..)| opened.elapsed() < KEPT);
        let place = resting.iter().position(|(_, of, _)| of == scope)?;
        let (opened, _, reader) = resting.swap_remove(place);
        Some((opened, reader))
    }

    fn open(&self, scope: &Scope, span: Span) -> Result<Reader, Refusal> {
        let key = self.vault.subkey("store").map_err(Refusal::internal)?;
        let functions = Functions { pseudonym: Some(self.pseudonym()), ..Functions::default() };
        Reader::open_scoped(&self.folder, &key, span, scope, &functions).map_err(Refusal::internal)
    }

    fn pseudonym(&self) -> store::TextFunction {
        let vault = Arc::clone(&self.vault);
        Arc::new(move |clear| {
            let tenant = TenantId::default();
            [Space::User, Space::Address]
                .into_iter()
                .find_map(|space| vault.known_pseudonym(&tenant, space, clear).ok().flatten())
        })
    }
}
