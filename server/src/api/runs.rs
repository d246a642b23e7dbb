//! Verifications of the log that were asked for: one at a time, with progress; the last few are
//! remembered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ledger::Report;
use model::Timestamp;
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::time::Iso;

/// Runs that are remembered.
const KEPT: usize = 20;

/// All that are remembered, oldest first.
#[derive(Default)]
pub(super) struct Runs(Mutex<Vec<Run>>);

/// One run.
#[derive(Clone)]
pub(super) struct Run {
    pub(super) number: u64,
    started: Timestamp,
    /// Records that the log had.
    of: u64,
    progress: Arc<AtomicU64>,
    ended: Option<(Timestamp, Arc<Report>)>,
}

impl Runs {
    /// The newest.
    pub(super) fn last(&self) -> Option<Run> {
        self.0.lock().last().cloned()
    }

    /// All, newest first.
    pub(super) fn all(&self) -> Vec<Run> {
        self.0.lock().iter().rev().cloned().collect()
    }

    /// The one with this number.
    pub(super) fn find(&self, number: u64) -> Option<Run> {
        self.0.lock().iter().find(|run| run.number == number).cloned()
    }

    /// Begins one, unless one is running: then it is that one, and `None` of a progress to keep.
    pub(super) fn begin(&self, of: u64, now: Timestamp) -> (u64, Option<Arc<AtomicU64>>) {
        let mut runs = self.0.lock();
        if let Some(running) = runs.last().filter(|run| !run.has_ended()) {
            return (running.number, None);
        }
        let number = runs.last().map_or(1, |last| last.number + 1);
        let progress = Arc::new(AtomicU64::new(0));
        let run = Run { number, started: now, of, progress: Arc::clone(&progress), ended: None };
        runs.push(run);
        let spare = runs.len().saturating_sub(KEPT);
        runs.drain(..spare);
        (number, Some(progress))
    }

    /// Notes what came of one.
    pub(super) fn end(&self, number: u64, report: Report, now: Timestamp) {
        if let Some(run) = self.0.lock().iter_mut().find(|run| run.number == number) {
            run.ended = Some((now, Arc::new(report)));
        }
    }
}

impl Run {
    /// Whether it has ended.
    pub(super) const fn has_ended(&self) -> bool {
        self.ended.is_some()
    }

    /// Whether it has ended, and nothing is wrong.
    pub(super) fn is_clean(&self) -> bool {
        self.ended.as_ref().is_some_and(|(_, report)| report.is_clean())
    }

    /// When it ended.
    pub(super) fn ended(&self) -> Option<Iso> {
        self.ended.as_ref().map(|(time, _)| Iso(*time))
    }

    /// As the API tells it.
    pub(super) fn told(&self) -> Value {
        let state = match &self.ended {
            None => "running",
            Some((_, report)) if report.is_clean() => "clean",
            Some(_) => "problems",
        };
        let report = self.ended.as_ref().map(|(_, report)| report);
        let problems = report.map(|report| {
            let problems = report.problems.iter().take(100);
            problems.map(|problem| json!({"what": problem.to_string()})).collect::<Vec<_>>()
        });
        json!({
            "run": self.number,
            "state": state,
            "started": Iso(self.started),
            "ended": self.ended(),
            "records": report.map_or_else(|| self.progress.load(Ordering::Relaxed), |report| report.records),
            "of": self.of,
            "bytes": report.map(|report| report.bytes),
            "problems": problems.unwrap_or_default(),
            "omitted": report.map(|report| report.omitted),
        })
    }
}
