//! Roll-ups and entities: what a batch changes in counts, gathered in memory before it is written.
//!
//! A row that a further part changed is taken out as it was and put in as it is, so that counts
//! are of what a user would count, whatever the order of arrival. It does not write: `commit` does.

use hashbrown::HashMap;

use crate::named::{self, Named};
use crate::row::Row;
use crate::sheet::{Changes, Pending, PendingCall};
use crate::sketch::Sketch;
use crate::tool_call::ToolCall;

const MINUTE: i64 = 60_000_000_000;
const HOUR: i64 = 60 * MINUTE;

/// The key of a roll-up row.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Bucket<'b> {
    /// Start of the minute or hour, nanoseconds.
    pub(crate) start: i64,
    pub(crate) tenant: &'b str,
    pub(crate) kind: &'b str,
    pub(crate) model: &'b str,
    pub(crate) service: &'b str,
    pub(crate) user: &'b str,
}

/// What is added to a roll-up row.
#[derive(Default)]
pub(crate) struct Sums {
    pub(crate) count: i64,
    pub(crate) errors: i64,
    pub(crate) input_tokens: i64,
    pub(crate) output_tokens: i64,
    pub(crate) duration: i64,
    pub(crate) sketch: Sketch,
}

/// What is added to an entity.
pub(crate) struct Sighting {
    pub(crate) first: i64,
    pub(crate) last: i64,
    pub(crate) count: i64,
}

/// All that a batch changes in counts.
#[derive(Default)]
pub(crate) struct Tally<'b> {
    pub(crate) minutes: HashMap<Bucket<'b>, Sums>,
    pub(crate) hours: HashMap<Bucket<'b>, Sums>,
    /// By type, value and tenant.
    pub(crate) entities: HashMap<(&'static str, &'b str, &'b str), Sighting>,
    /// The earliest and latest event time.
    pub(crate) times: Option<(i64, i64)>,
}

impl<'b> Tally<'b> {
    /// Counts the changes of a batch.
    pub(crate) fn of(changes: &'b Changes<'_>) -> Self {
        let mut tally = Self::default();
        for Pending { row, before, superseded, .. } in changes.rows.values() {
            if let Some(before) = before {
                tally.row(before, -1);
            }
            for named in superseded {
                tally.superseded(named, &row.tenant);
            }
            tally.row(row, 1);
        }
        for PendingCall { call, before, superseded } in changes.calls.values() {
            if let Some(before) = before {
                tally.call(before, -1);
            }
            for (tool, time) in superseded {
                tally.sight("tool", tool.as_deref(), &call.tenant, *time, 0);
            }
            tally.call(call, 1);
        }
        tally
    }

    /// What a row of the batch named for a while was seen, and is not counted.
    fn superseded(&mut self, named: &'b Named, tenant: &'b str) {
        for (kind, value) in &named.entities {
            self.sight(kind, value.as_deref(), tenant, named.time, 0);
        }
        self.see(named.time);
    }

    fn row(&mut self, row: &'b Row, count: i64) {
        let sums = Sums {
            count,
            errors: if row.failed() == Some(true) { count } else { 0 },
            input_tokens: count * row.input_tokens.unwrap_or(0),
            output_tokens: count * row.output_tokens.unwrap_or(0),
            duration: count.saturating_mul(row.duration.unwrap_or(0)),
            sketch: Sketch::default(),
        };
        let bucket = Bucket {
            start: row.time,
            tenant: &row.tenant,
            kind: &row.kind,
            model: row.model().unwrap_or_default(),
            service: row.service.as_deref().unwrap_or_default(),
            user: row.user_id.as_deref().unwrap_or_default(),
        };
        self.roll_up(bucket, &sums, row.duration);
        for (kind, value) in named::entities(row) {
            self.sight(kind, value, &row.tenant, row.time, count);
        }
        self.see(row.time);
    }

    fn call(&mut self, call: &'b ToolCall, count: i64) {
        let counted = if call.folded_into.is_some() { 0 } else { count };
        self.sight("tool", call.name.as_deref(), &call.tenant, call.time, counted);
        if !call.stands_alone() {
            return;
        }
        let sums = Sums {
            count,
            errors: if call.failed == Some(true) { count } else { 0 },
            ..Sums::default()
        };
        let bucket = Bucket {
            start: call.time,
            tenant: &call.tenant,
            kind: "tool_call",
            model: call.model.as_deref().unwrap_or_default(),
            service: call.service.as_deref().unwrap_or_default(),
            user: call.user_id.as_deref().unwrap_or_default(),
        };
        self.roll_up(bucket, &sums, None);
    }

    /// Minutes are kept without the user: they draw charts, and users are many.
    fn roll_up(&mut self, bucket: Bucket<'b>, sums: &Sums, duration: Option<i64>) {
        let floor = |unit: i64| bucket.start - bucket.start.rem_euclid(unit);
        let minute = Bucket { start: floor(MINUTE), user: "", ..bucket };
        let hour = Bucket { start: floor(HOUR), ..bucket };
        self.minutes.entry(minute).or_default().add(sums, duration);
        self.hours.entry(hour).or_default().add(sums, duration);
    }

    fn sight(
        &mut self,
        kind: &'static str,
        value: Option<&'b str>,
        tenant: &'b str,
        time: i64,
        count: i64,
    ) {
        let Some(value) = value.filter(|value| !value.is_empty()) else {
            return;
        };
        let seen = self.entities.entry((kind, value, tenant)).or_insert(Sighting {
            first: time,
            last: time,
            count: 0,
        });
        seen.first = seen.first.min(time);
        seen.last = seen.last.max(time);
        seen.count += count;
    }

    fn see(&mut self, time: i64) {
        let (first, last) = self.times.unwrap_or((time, time));
        self.times = Some((first.min(time), last.max(time)));
    }
}

impl Sums {
    fn add(&mut self, other: &Self, duration: Option<i64>) {
        self.count += other.count;
        self.errors += other.errors;
        self.input_tokens = self.input_tokens.saturating_add(other.input_tokens);
        self.output_tokens = self.output_tokens.saturating_add(other.output_tokens);
        self.duration = self.duration.saturating_add(other.duration);
        if let Some(duration) = duration {
            self.sketch.add(u64::try_from(duration).unwrap_or(0), other.count);
        }
    }

    /// Whether nothing would change.
    pub(crate) fn is_nothing(&self) -> bool {
        let sums = [self.count, self.errors, self.input_tokens, self.output_tokens, self.duration];
        sums.iter().all(|sum| *sum == 0) && self.sketch.is_zero()
    }
}
