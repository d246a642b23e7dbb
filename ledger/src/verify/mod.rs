//! Verification of a whole log, offline: everything is read, and everything is recomputed.

mod checkpoints;
mod findings;
mod foreign;
mod offsets;
mod report;
mod segments;
mod tree;

use std::cell::Cell;
use std::path::Path;

use crate::checkpoint::Checkpoint;
use crate::files::SEGMENTS;
use crate::problem::Problem;
use crate::{lock, published, segment};

use findings::Findings;
pub use report::{Report, Signature, VerifyOptions};
use segments::Walk;
use tree::Recomputed;

/// Verifies the log in `dir`, which may be a copy, or in use by a writer. Reads each record, tile and
/// checkpoint; memory does not grow with the log. Never stops at a problem.
pub fn verify(dir: &Path, options: &VerifyOptions) -> Report {
    let mut findings = Findings::new(options.max_problems);
    let local = checkpoints::local(dir, options, &mut findings);
    let signed = local.checkpoint.as_ref();
    let mut roots = checkpoints::outside(options, signed, &mut findings);
    roots.extend(local.roots);
    let live = Live::new(dir, signed);
    let firsts = segment::list(dir).unwrap_or_else(|error| {
        findings.add(Problem::new(SEGMENTS, format!("could not read the folder: {error}")));
        Vec::new()
    });
    let tree = Recomputed::new(dir, signed.map(|signed| signed.size), roots);
    let size = signed.map(|signed| signed.size);
    let mut walk = Walk::new(dir, size, &live, tree, &mut findings, &options.progress);
    walk.all(&firsts);
    let (walked, tree) = walk.finish();
    foreign::look(dir, signed.map(|signed| signed.size), tree.size(), &live, &mut findings);
    let (problems, omitted) = findings.finish();
    Report {
        origin: signed.map(|signed| signed.origin.clone()),
        size: signed.map_or(0, |signed| signed.size),
        root: signed.map(|signed| signed.root),
        signature: local.signature,
        segments: firsts.len() as u64,
        records: walked.records,
        bytes: walked.bytes,
        unsigned: walked.unsigned,
        log_times: walked.log_times,
        outside: options.outside.len(),
        problems,
        omitted,
    }
}

/// Whether a writer is at work, so that what lies behind the checkpoint is its business. Asked only
/// when something is found there.
struct Live<'a> {
    dir: &'a Path,
    size: Option<u64>,
    seen: Cell<bool>,
}

impl<'a> Live<'a> {
    fn new(dir: &'a Path, signed: Option<&Checkpoint>) -> Self {
        Self { dir, size: signed.map(|signed| signed.size), seen: Cell::new(false) }
    }

    fn now(&self) -> bool {
        if !self.seen.get() {
            let grown = published::size(self.dir).is_ok_and(|size| Some(size) > self.size);
            self.seen.set(grown || lock::is_taken(self.dir));
        }
        self.seen.get()
    }
}

// It repairs nothing. `recover` mends what a crash may do, when the log is opened.
