//! How readers of the log step back behind recording.

use std::time::Duration;

use crate::recorder::Progress;

/// Records waiting to be appended from which on recording is taken to need every core.
const SATURATED: usize = 512;
/// How many times as long as it worked a reader rests then, and how long at most.
const REST: (u32, Duration) = (9, Duration::from_secs(1));

/// How much nicer than recording a reader is (setpriority(2)).
#[derive(Clone, Copy)]
pub(crate) enum Niceness {
    /// As nice as can be: what it is late by costs nobody an alert.
    Utmost = 19,
    /// Behind recording, but before what else a busy machine does in the background: somebody waits
    /// for its alerts. Beside a thread of ordinary priority it gets a quarter of a core.
    Some = 5,
}

/// Lowers this thread's priority (on Linux, setpriority(2) is per thread). Recording goes first; a
/// system that refuses only loses that courtesy.
pub(crate) fn step_back(niceness: Niceness) {
    let _ = rustix::process::setpriority_process(None, niceness as i32);
}

/// Rests, after work of this length, while recording needs the cores: a low priority alone still
/// takes a turn whenever the recorder waits for the disk, and with it the caches.
pub(crate) fn make_way(progress: &Progress, worked: Duration) {
    if progress.waiting() >= SATURATED {
        std::thread::sleep((worked * REST.0).min(REST.1));
    }
}
