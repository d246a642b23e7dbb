//! Dead letters: events that a receiver will never take, with the reason, one line of JSON each.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use model::Timestamp;

use crate::json::{self, Object};
use crate::outgoing::Outgoing;
use crate::sink::{Rejected, Trouble};

/// The dead letters of one sink.
#[derive(Debug)]
pub(super) struct DeadLetters {
    path: PathBuf,
}

impl DeadLetters {
    /// In a file, which is made with the first letter.
    pub(super) const fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Keeps those of `part` that were rejected, durably. A letter holds what the receiver would
    /// have got, and no more.
    pub(super) async fn add(
        &self,
        sink: &str,
        now: Timestamp,
        part: &[Outgoing],
        rejected: &[Rejected],
    ) -> Result<(), Trouble> {
        let mut lines = String::new();
        for rejection in rejected {
            let Some(outgoing) = part.get(rejection.at) else { continue };
            let letter = Object::of("time", crate::format::rfc3339(now))
                .with("sink", sink)
                .with("index", outgoing.index)
                .with("key", outgoing.key.as_str())
                .with("reason", rejection.reason.as_str())
                .with("payload", String::from_utf8_lossy(&outgoing.payload));
            lines.push_str(&json::line(&letter.into()));
            lines.push('\n');
        }
        let path = self.path.clone();
        let written = tokio::task::spawn_blocking(move || {
            let mut options = OpenOptions::new();
            let mut file = options.append(true).create(true).mode(0o600).open(path)?;
            file.write_all(lines.as_bytes())?;
            file.sync_data()
        });
        written.await.map_err(|_| Trouble::Disk)?.map_err(|_| Trouble::Disk)
    }
}
