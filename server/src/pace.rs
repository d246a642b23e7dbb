//! How readers of the log step back behind recording.

use std::time::{Duration, Instant};

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

/// How long a reader that keeps up works before it lets others go first.
const TURN: Duration = Duration::from_micros(200);
/// Records from which on a reader is behind, and takes what its priority gives it.
const BEHIND: u64 = 512;

/// The turns of a reader. A thread that begins to wait for this core waits until the reader's slice
/// is over, some 3 ms, however nice the reader is (Linux 6.6, EEVDF, `RUN_TO_PARITY`): a request must
/// not. To give way costs a share of the core, which a reader that is behind does not have to give.
pub(crate) struct Turns {
    since: Instant,
    keeps_up: bool,
}

impl Turns {
    /// Those of a reader that is `behind` by so many records.
    pub(crate) fn new(behind: u64) -> Self {
        Self { since: Instant::now(), keeps_up: behind < BEHIND }
    }

    /// Lets others go first where a turn is over.
    pub(crate) fn next(&mut self) {
        if self.keeps_up && self.since.elapsed() >= TURN {
            std::thread::yield_now();
            self.since = Instant::now();
        }
    }
}

/// Rests, after work of this length, while recording needs the cores: a low priority alone still
/// takes a turn whenever the recorder waits for the disk, and with it the caches.
pub(crate) fn make_way(progress: &Progress, worked: Duration) {
    if progress.waiting() >= SATURATED {
        std::thread::sleep((worked * REST.0).min(REST.1));
    }
}
