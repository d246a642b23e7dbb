//! Every segment read through: header, frames, times, offsets, and whatever lies between.

use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::files::SEGMENTS;
use crate::frame::{Frame, FrameError};
use crate::problem::Problem;
use crate::segment::{self, SEQUENTIAL, Scanner, Step};

use super::Live;
use super::findings::Findings;
use super::offsets::Offsets;
use super::tree::Recomputed;

/// How far around the expected index a misplaced frame is recognized.
const NEARBY: u64 = 4096;

/// What looking at one candidate costs beside reading it, in bytes.
const CANDIDATE: u64 = 256 << 10;

/// What finding good frames in one damaged segment may cost, in bytes: bad input ends somewhere.
const PATIENCE: u64 = 2 << 30;

/// What the walk counted.
#[derive(Default)]
pub(super) struct Walked {
    pub(super) records: u64,
    pub(super) bytes: u64,
    pub(super) unsigned: u64,
    pub(super) log_times: Option<(i64, i64)>,
}

/// The way through all segments.
pub(super) struct Walk<'a> {
    dir: &'a Path,
    signed: Option<u64>,
    live: &'a Live<'a>,
    tree: Recomputed<'a>,
    findings: &'a mut Findings,
    progress: &'a AtomicU64,
    walked: Walked,
    /// The record that should come next.
    expected: u64,
}

/// One segment on the way.
struct Place {
    file: String,
    first: u64,
    next: Option<u64>,
    offsets: Offsets,
    /// How much may still be spent on finding good frames behind bad ones.
    patience: u64,
}

impl Place {
    /// The next place, from this one on, with the checksum of a record in `nearby` that is not an
    /// earlier one, unless it is right here. Leaves the scanner there.
    fn search(
        &mut self,
        scanner: &mut Scanner,
        nearby: Range<u64>,
    ) -> io::Result<Option<(u64, u64)>> {
        let (at, index) = (scanner.offset(), scanner.index());
        loop {
            let here = scanner.offset();
            let cost = scanner.stated_end()?.map_or(0, |end| end - here) + CANDIDATE;
            let Some(left) = self.patience.checked_sub(cost) else {
                return Ok(None);
            };
            self.patience = left;
            let found = scanner.index_of(nearby.clone())?;
            if let Some(found) = found.filter(|found| here == at || *found >= index) {
                return Ok(Some((here, found)));
            }
            let Some(next) = scanner.next_candidate()? else {
                return Ok(None);
            };
            scanner.seek(next, index);
        }
    }
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        dir: &'a Path,
        signed: Option<u64>,
        live: &'a Live<'a>,
        tree: Recomputed<'a>,
        findings: &'a mut Findings,
        progress: &'a AtomicU64,
    ) -> Self {
        let walked = Walked::default();
        Self { dir, signed, live, tree, findings, progress, walked, expected: 0 }
    }

    /// Walks through the segments in order.
    pub(super) fn all(&mut self, firsts: &[u64]) {
        for (place, first) in firsts.iter().enumerate() {
            let file = segment::name(*first);
            if *first > self.expected {
                let what = "the records before this segment are missing";
                self.missing(&file, None, *first, what);
            } else if *first < self.expected {
                self.report(
                    Problem::new(&*file, "the segment overlaps the one before")
                        .of(*first..self.expected),
                );
            }
            let offsets = Offsets::open(self.dir, *first);
            let place = Place {
                file,
                first: *first,
                next: firsts.get(place + 1).copied(),
                offsets,
                patience: PATIENCE,
            };
            if let Err(error) = self.segment(place) {
                self.report(Problem::new(
                    segment::name(*first),
                    format!("could not read it: {error}"),
                ));
            }
        }
        if let Some(signed) = self.signed.filter(|signed| *signed > self.expected) {
            let file =
                firsts.last().map_or_else(|| SEGMENTS.to_owned(), |first| segment::name(*first));
            self.missing(&file, None, signed, "the log ends before these signed records");
        }
    }

    /// Ends the walk.
    pub(super) fn finish(mut self) -> (Walked, Recomputed<'a>) {
        self.tree.finish(self.findings);
        (self.walked, self.tree)
    }

    fn report(&mut self, problem: Problem) {
        self.findings.add(problem);
    }

    /// Reports that the records from the expected one up to `to` are not there, and goes on at `to`.
    fn missing(&mut self, file: &str, at: Option<u64>, to: u64, what: &str) {
        let problem = Problem::new(file, what).of(self.expected..to);
        self.report(Problem { offset: at, ..problem });
        self.tree.skip_to(to, self.live, self.findings);
        self.expected = to;
    }

    fn is_signed(&self, index: u64) -> bool {
        self.signed.is_none_or(|signed| index < signed)
    }

    fn segment(&mut self, mut place: Place) -> io::Result<()> {
        let mut scanner = match Scanner::open(self.dir, place.first, SEQUENTIAL) {
            Ok(scanner) => scanner,
            Err(segment::ScanError::Io(error)) => return Err(error),
            Err(error) => {
                // Without a header it may be in the making, as long as nothing in it is signed.
                if self.is_signed(place.first) || !self.live.now() {
                    self.report(Problem::new(place.file, error.to_string()).at(0));
                }
                return Ok(());
            }
        };
        self.expected = self.expected.max(place.first);
        scanner.seek(scanner.offset(), place.first);
        loop {
            let (at, index) = (scanner.offset(), scanner.index());
            let error = match scanner.next_step()? {
                Step::Frame(frame) => {
                    self.record(&frame, at, &mut place);
                    continue;
                }
                Step::End | Step::Blank => break,
                Step::Bad(error) => error,
            };
            if !self.is_signed(index) || !self.go_on(&mut scanner, error, &mut place)? {
                break;
            }
        }
        self.end_of_segment(&mut scanner, place)
    }

    /// A whole record.
    fn record(&mut self, frame: &Frame<'_>, at: u64, place: &mut Place) {
        place.offsets.compare(frame.index - place.first, at);
        let length = frame.encoded_len() as u64;
        let (first, last) = self.walked.log_times.unwrap_or((frame.log_time, i64::MIN));
        if frame.log_time <= last {
            let what = "the record is not later than the one before";
            self.report(Problem::new(&*place.file, what).at(at).of_one(frame.index));
        }
        self.walked.log_times = Some((first, frame.log_time.max(last)));
        self.walked.records += 1;
        self.progress.store(self.walked.records, Ordering::Relaxed);
        self.walked.bytes += length;
        self.walked.unsigned += u64::from(!self.is_signed(frame.index));
        self.tree.push(frame.index, frame.leaf_bytes, self.live, self.findings);
        self.expected = self.expected.max(frame.index + 1);
    }

    /// Reports a bad frame and finds the next good one. `false` when there is none in this segment.
    fn go_on(
        &mut self,
        scanner: &mut Scanner,
        error: FrameError,
        place: &mut Place,
    ) -> io::Result<bool> {
        place.offsets.give_up();
        let (at, index) = (scanner.offset(), scanner.index());
        let limit = place.next.or(self.signed).unwrap_or(u64::MAX).max(index + 1);
        let nearby = index.saturating_sub(NEARBY)..limit.min(index + NEARBY);
        let Some((here, found)) = place.search(scanner, nearby)? else {
            scanner.seek(at, index);
            self.lost(place, at, limit, &error.to_string());
            return Ok(false);
        };
        if here == at && found <= index {
            let end = scanner.stated_end()?.unwrap_or(at + 1);
            self.out_of_place(place, at, (index, found), error);
            scanner.seek(end, if found == index { index + 1 } else { index });
            return Ok(true);
        }
        let missing = "records are missing here".to_owned();
        let what = if here == at { missing } else { error.to_string() };
        self.lost(place, at, found, &what);
        scanner.seek(here, found);
        Ok(true)
    }

    /// The frame at `at`, where `index` should be, has the checksum of record `found`: it is wrong
    /// otherwise, or an earlier one.
    fn out_of_place(
        &mut self,
        place: &Place,
        at: u64,
        (index, found): (u64, u64),
        error: FrameError,
    ) {
        if found == index {
            return self.lost(place, at, index + 1, &error.to_string());
        }
        let what = format!("record {found} is here again, or out of its place");
        self.report(Problem::new(&*place.file, what).at(at).of_one(found));
    }

    /// Records from the expected one up to `to` cannot be read.
    fn lost(&mut self, place: &Place, at: u64, to: u64, what: &str) {
        if to > self.expected {
            self.missing(&place.file, Some(at), to, what);
        } else {
            self.report(Problem::new(&*place.file, what).at(at).of_one(self.expected));
        }
    }

    fn end_of_segment(&mut self, scanner: &mut Scanner, mut place: Place) -> io::Result<()> {
        let (at, index) = (scanner.offset(), scanner.index());
        let ended = place.next.is_some();
        if let Some(next) = place.next.filter(|next| *next > self.expected) {
            self.missing(&place.file, Some(at), next, "the segment does not reach to the next one");
        }
        let rest = if ended {
            (scanner.file_len()? > at).then_some(at)
        } else {
            scanner.first_nonzero()?
        };
        let excused = |walk: &Self| !walk.is_signed(index) && walk.live.now();
        if let Some(offset) = rest
            && !place.offsets.given_up()
            && !excused(self)
        {
            let what = "there are bytes behind the last record";
            self.report(Problem::new(&*place.file, what).at(offset).of_one(index));
        }
        let wanted = self.signed.unwrap_or(index).min(index).saturating_sub(place.first);
        let known = index.saturating_sub(place.first);
        if let Some(problem) = place.offsets.verdict(place.first, wanted, known)
            && !(problem.indexes.as_ref().is_some_and(|range| !self.is_signed(range.start))
                && self.live.now())
        {
            self.report(problem);
        }
        Ok(())
    }
}

// What a record says is not looked at; whether it is in the signed tree is compared by `tree`.
