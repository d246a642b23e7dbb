//! A merge beside everything else: it reads runs that stay as they are, so that nobody waits for it.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use super::OnceError;
use super::file::Name;
use super::sorted::Sorted;
use super::sorting;

/// A merge that was begun. Dropping it waits for its end: nothing writes to a closed index.
#[derive(Debug)]
pub(super) struct Merging {
    /// What is merged.
    pub(super) inputs: Vec<Name>,
    thread: Option<JoinHandle<Result<Sorted, OnceError>>>,
}

impl Merging {
    pub(super) fn begin(dir: &Path, name: Name, runs: Vec<Arc<Sorted>>) -> Result<Self, OnceError> {
        let inputs = runs.iter().map(|run| run.name).collect();
        let at = dir.to_owned();
        let thread = std::thread::Builder::new()
            .name("once-merge".to_owned())
            .spawn(move || sorting::merge(&at, name, &runs))
            .map_err(OnceError::at(dir))?;
        Ok(Self { inputs, thread: Some(thread) })
    }

    pub(super) fn is_done(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// The merged run, not yet published, waiting for it; `None` when the thread panicked, which it reported itself.
    pub(super) fn finish(mut self) -> Option<Result<Sorted, OnceError>> {
        self.thread.take()?.join().ok()
    }
}

impl Drop for Merging {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            // What it wrote has no name yet, and is removed by the next opening.
            let _ = thread.join();
        }
    }
}
