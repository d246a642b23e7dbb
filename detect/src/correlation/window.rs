//! The window of one group: what matched, in the order of event time.
//!
//! A window reaches from an entry back by the timespan, both ends included. An entry that comes
//! late, by up to [`Window::lateness`], is counted in every window that it belongs to.

use std::collections::VecDeque;

use hashbrown::HashSet;

use super::Correlation;
use crate::sigma::CorrelationType;

/// The longest that an entry may come late, nanoseconds.
const LATEST: u64 = 600_000_000_000;
/// Entries that a group may hold beside those that its condition needs: late ones find their place
/// among them.
const BESIDE: usize = 64;
/// The most entries of a group whose values are summed up.
const MOST_SUMMED: usize = 4096;
/// The most indices of one alert.
pub(crate) const MOST_EVIDENCE: usize = 100;

/// Something that matched.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Event time, nanoseconds.
    pub(super) time: i64,
    /// Ordinal of the event, as it was seen.
    pub(super) ordinal: u64,
    /// Index of its record.
    pub(super) index: u64,
    /// What it counts for: the bases that it matched, a bit for each, where these are what counts;
    /// else what is counted (a hash of it) or summed up (its bits).
    pub(super) said: u64,
    /// What a correlation that matched rests on: boxed, as few entries have it and all are kept.
    pub(super) evidence: Option<Box<std::sync::Arc<[u64]>>>,
}

/// That a condition holds, and in what.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fired {
    /// What was counted.
    pub(crate) value: f64,
    /// The records that it rests on, in order, the first hundred.
    pub(crate) evidence: Vec<u64>,
    /// Event time of the first entry.
    pub(crate) first: i64,
    /// Event time of the last entry.
    pub(crate) last: i64,
}

/// The entries.
#[derive(Debug, Default)]
pub(super) struct Window {
    entries: VecDeque<Entry>,
}

impl Window {
    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Adds an entry. Gives what it fires: the earliest window with it in which the condition holds.
    pub(super) fn add(&mut self, correlation: &Correlation, entry: Entry) -> Option<Fired> {
        let span = i64::try_from(correlation.timespan).unwrap_or(i64::MAX);
        let lateness = i64::try_from(correlation.timespan.min(LATEST)).unwrap_or(i64::MAX);
        let newest = self.entries.back().map_or(entry.time, |last| last.time.max(entry.time));
        if entry.time < newest.saturating_sub(lateness) {
            return None;
        }
        let oldest = newest.saturating_sub(span).saturating_sub(lateness);
        while self.entries.front().is_some_and(|first| first.time < oldest) {
            self.entries.pop_front();
        }
        if self.entries.len() >= most(correlation) {
            self.make_room(correlation, &entry);
        }
        let time = entry.time;
        let place = self.entries.partition_point(|other| other.time <= time);
        self.entries.insert(place, entry);
        self.check(correlation, place, time, span)
    }

    /// Looks at each window that holds the entry at `place`.
    fn check(
        &self,
        correlation: &Correlation,
        place: usize,
        time: i64,
        span: i64,
    ) -> Option<Fired> {
        let mut end = place;
        while let Some(last) =
            self.entries.get(end).filter(|last| last.time <= time.saturating_add(span))
        {
            // Entries of one time are in a window together.
            let after = self.entries.partition_point(|other| other.time <= last.time);
            let start =
                self.entries.partition_point(|other| other.time < last.time.saturating_sub(span));
            if let Some(value) = self.value(correlation, start, after) {
                return Some(self.fired(value, start, after));
            }
            end = after;
        }
        None
    }

    /// What the entries from `start` to `after` come to, where the condition holds of it.
    fn value(&self, correlation: &Correlation, start: usize, after: usize) -> Option<f64> {
        let window = || self.entries.range(start..after);
        let test = &correlation.test;
        let number = match correlation.kind {
            CorrelationType::Temporal => {
                let matched = window().fold(0, |matched, entry| matched | entry.said);
                return test.holds_of_bases(matched).then(|| f64::from(matched.count_ones()));
            }
            CorrelationType::TemporalOrdered => {
                let matched = window().fold(0, |matched, entry| matched | entry.said);
                let ordered = is_ordered(window(), correlation.bases.len());
                return (ordered && test.holds_of_bases(matched))
                    .then(|| f64::from(matched.count_ones()));
            }
            CorrelationType::EventCount => (after - start) as f64,
            CorrelationType::ValueCount => {
                window().map(|entry| entry.said).collect::<HashSet<u64>>().len() as f64
            }
            CorrelationType::ValueSum => window().map(|entry| f64::from_bits(entry.said)).sum(),
            CorrelationType::ValueAvg => {
                window().map(|entry| f64::from_bits(entry.said)).sum::<f64>()
                    / (after - start) as f64
            }
            CorrelationType::ValuePercentile => percentile(window(), correlation.percentile),
            CorrelationType::ValueMedian => percentile(window(), 50.0),
        };
        test.holds_of(number).then_some(number)
    }

    fn fired(&self, value: f64, start: usize, after: usize) -> Fired {
        let mut evidence = Vec::new();
        for entry in self.entries.range(start..after) {
            let more = entry.evidence.iter().flat_map(|more| more.iter().copied());
            for index in more.chain([entry.index]) {
                if evidence.len() < MOST_EVIDENCE && !evidence.contains(&index) {
                    evidence.push(index);
                }
            }
        }
        let first = self.entries.get(start).map_or(0, |entry| entry.time);
        let last = self.entries.get(after - 1).map_or(first, |entry| entry.time);
        Fired { value, evidence, first, last }
    }

    /// Lets go of an entry: of the oldest that says the same as the new one where only different
    /// ones count, so that repeating one thing does not push out the others; else of the oldest.
    fn make_room(&mut self, correlation: &Correlation, entry: &Entry) {
        let same = match correlation.kind {
            CorrelationType::ValueCount => {
                self.entries.iter().position(|other| other.said == entry.said)
            }
            _ => None,
        };
        self.entries.remove(same.unwrap_or(0));
    }
}

/// The most entries of a group: twice those that its condition needs, so that more than enough is
/// told as more.
fn most(correlation: &Correlation) -> usize {
    match correlation.kind {
        CorrelationType::ValueSum
        | CorrelationType::ValueAvg
        | CorrelationType::ValuePercentile
        | CorrelationType::ValueMedian => MOST_SUMMED,
        _ => 2 * correlation.test.largest() + BESIDE,
    }
}

/// Whether the bases matched one after the other, each in another event.
fn is_ordered<'e>(window: impl Iterator<Item = &'e Entry>, bases: usize) -> bool {
    let mut next = 0;
    let mut last = None;
    for entry in window {
        if next < bases && entry.said & (1 << next) != 0 && last != Some(entry.ordinal) {
            next += 1;
            last = Some(entry.ordinal);
        }
    }
    next == bases
}

/// The value below which a share of the others lies, interpolated between the two next to it.
fn percentile<'e>(window: impl Iterator<Item = &'e Entry>, percent: f64) -> f64 {
    let mut values: Vec<f64> = window.map(|entry| f64::from_bits(entry.said)).collect();
    values.sort_by(f64::total_cmp);
    let place = percent / 100.0 * values.len().saturating_sub(1) as f64;
    let below = (0..values.len()).rev().find(|position| *position as f64 <= place).unwrap_or(0);
    let lower = values.get(below).copied().unwrap_or(0.0);
    let upper = values.get(below + 1).copied().unwrap_or(lower);
    lower + (upper - lower) * (place - below as f64)
}
