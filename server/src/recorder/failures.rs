//! What inspection failed at, told to whoever runs the server.
//!
//! Each record says for itself that it is partial. The reason is logged once: texts come from
//! outside, and what comes from outside must not fill the log.

use inspect::Incomplete;
use parking_lot::Mutex;

/// The reasons that were told.
#[derive(Debug, Default)]
pub(super) struct Failures(Mutex<Vec<Incomplete>>);

impl Failures {
    /// Logs those reasons that are new.
    pub(super) fn tell(&self, reasons: &[Incomplete]) {
        for reason in reasons {
            let mut told = self.0.lock();
            if !told.contains(reason) {
                told.push(*reason);
                tracing::warn!(
                    %reason,
                    "a text was not inspected and is not kept; further ones are not told here"
                );
            }
        }
    }
}
