//! Open readers of the operational copy. Opening one costs a millisecond or two for each day, so
//! those over all days are kept for a second.
//!
//! A kept reader sees every commit, but not a day that began since: hence the second.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use model::TenantId;
use parking_lot::Mutex;
use store::{Functions, Reader, Span};
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
    resting: Mutex<Vec<(Instant, Reader)>>,
}

impl Stores {
    pub(super) const fn new(folder: PathBuf, vault: Arc<Vault>) -> Self {
        Self { folder, vault, resting: Mutex::new(Vec::new()) }
    }

    /// Asks a reader of the days in `span`.
    pub(super) fn ask<T>(
        &self,
        span: Span,
        question: impl FnOnce(&Reader) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        if span.since.is_some() || span.until.is_some() {
            return question(&self.open(span)?);
        }
        let (opened, reader) = match self.take() {
            Some(kept) => kept,
            None => (Instant::now(), self.open(span)?),
        };
        let answer = question(&reader);
        let mut resting = self.resting.lock();
        if resting.len() < RESTING && opened.elapsed() < KEPT {
            resting.push((opened, reader));
        }
        answer
    }

    fn take(&self) -> Option<(Instant, Reader)> {
        let mut resting = self.resting.lock();
        resting.retain(|(opened, _)| opened.elapsed() < KEPT);
        resting.pop()
    }

    fn open(&self, span: Span) -> Result<Reader, Refusal> {
        let key = self.vault.subkey("store").map_err(Refusal::internal)?;
        let functions = Functions { pseudonym: Some(self.pseudonym()), ..Functions::default() };
        Reader::open(&self.folder, &key, span, &functions).map_err(Refusal::internal)
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
