//! Hands finished parts to the recorder, and counts those it does not take.
//!
//! A full queue is tried again for a while, since whoever waits here holds up nobody.

use std::sync::Arc;
use std::time::Duration;

use model::{Record, Sealed};
use tokio::time::Instant;

use super::losses::Losses;
use crate::record::{Record as Keeper, RecordError};

/// How long a full queue is tried again.
const PATIENCE: Duration = Duration::from_secs(10);

/// The recorder as the proxy sees it.
#[derive(Clone)]
pub(super) struct Keep {
    pub(super) keeper: Arc<dyn Keeper>,
    pub(super) losses: Arc<Losses>,
}

impl Keep {
    /// Records `part`, or counts it as lost.
    pub(super) async fn or_lose(&self, part: Record) {
        let give_up = Instant::now() + PATIENCE;
        while let Err(error) = self.or_refuse(part.clone()).await {
            let Some(wait) = worth_waiting(&error, give_up) else {
                tracing::warn!(%error, "a part of a proxied call is not recorded");
                return self.losses.lose(1);
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// Records `part` or says why not, at once.
    pub(super) async fn or_refuse(&self, part: Record) -> Result<(), RecordError> {
        self.keeper.record(vec![Sealed::new(part)]).await.map(drop)
    }
}

/// When to try again; `None` when it is no use.
fn worth_waiting(error: &RecordError, give_up: Instant) -> Option<Duration> {
    let RecordError::Busy { retry_after } = error else {
        return None;
    };
    // A recorder that says "at once" must not be asked in a tight loop.
    let wait = (*retry_after).max(Duration::from_millis(1));
    (Instant::now() + wait <= give_up).then_some(wait)
}
