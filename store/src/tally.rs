//! Roll-ups and entities: what a batch changes in counts, gathered in memory before it is written.
//!
//! A row that a further part changed is taken out as it was and put in as it is, so that counts
//! are of what a user would count, whatever the order of arrival. It does not write: `commit` does.

use hashbrown::HashMap;

use crate::named::{self, Named};
use crate::row::{ATTACK, Row};
use crate::sheet::{Changes, Pending, PendingCall};
use crate::sketch::Sketch;
use crate::tool_call::ToolCall;

const MINUTE: i64 = 60_000_000_000;
const QUARTER: i64 = 15 * MINUTE;
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
    pub(crate) refusals: i64,
    pub(crate) findings: i64,
    pub(crate) attacks: i64,
    pub(crate) sketch: Sketch,
    /// Times to the first chunk, nanoseconds.
    pub(crate) first_chunk: Sketch,
    /// Output tokens.
    pub(crate) output: Sketch,
}

/// What is counted in one thing, `count` times: a negative count takes it out.
#[derive(Clone, Copy, Default)]
struct Measured {
    count: i64,
    has_failed: bool,
    is_refused: bool,
    is_attack: bool,
    findings: i64,
    input_tokens: Option<i64>,
    output_tokens: Option<i64>,
    duration: Option<i64>,
    first_chunk: Option<i64>,
}

/// The roll-ups of a batch.
pub(crate) type Buckets<'b> = HashMap<Bucket<'b>, Sums>;

/// What is added to an entity.
pub(crate) struct Sighting {
    pub(crate) first: i64,
    pub(crate) last: i64,
    pub(crate) count: i64,
}

/// All that a batch changes in counts.
#[derive(Default)]
pub(crate) struct Tally<'b> {
    /// In the order of `schema::ROLLUPS`.
    pub(crate) rollups: [Buckets<'b>; 6],
    /// By type, value and tenant.
    pub(crate) entities: HashMap<(&'static str, &'b str, &'b str), Sighting>,
    /// The earliest and latest event time.
    pub(crate) times: Option<(i64, i64)>,
}

impl<'b> Tally<'b> {
    /// Counts the changes of a batch.
    pub(crate) fn of(changes: &'b Changes<'_>) -> Self {
        let mut tally = Self::default();
        for Pending { row, before, superseded, findings, .. } in changes.rows.values() {
            if let Some(before) = before {
                tally.row(before, -1);
            }
            for named in superseded {
                tally.superseded(named, &row.tenant);
            }
            tally.row(row, 1);
            for (_, finding) in findings {
                tally.finding(row, &finding.kind);
            }
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
        let measured = Measured {
            count,
            has_failed: row.failed() == Some(true),
            is_refused: row.refused,
            is_attack: row.attack_score.is_some_and(|score| score >= ATTACK),
            findings: row.finding_count,
            input_tokens: row.input_tokens,
            output_tokens: row.output_tokens,
            duration: row.duration,
            first_chunk: row.first_chunk,
        };
        let bucket = Bucket {
            start: row.time,
            tenant: &row.tenant,
            kind: &row.kind,
            model: row.model().unwrap_or_default(),
            service: row.service.as_deref().unwrap_or_default(),
            user: row.user_id.as_deref().unwrap_or_default(),
        };
        self.roll_up(bucket, measured);
        if let Some(reason) = row.finish_reason.as_deref() {
            let finish = Bucket { start: floor(row.time, QUARTER), user: reason, ..bucket };
            let [.., finishes, _] = &mut self.rollups;
            finishes.entry(finish).or_default().add(Measured { count, ..Measured::default() });
        }
        for (kind, value) in named::entities(row) {
            self.sight(kind, value, &row.tenant, row.time, count);
        }
        self.see(row.time);
    }

    fn finding(&mut self, row: &'b Row, kind: &'b str) {
        let bucket = Bucket {
            start: floor(row.time, QUARTER),
            tenant: &row.tenant,
            kind: &row.kind,
            model: row.model().unwrap_or_default(),
            service: row.service.as_deref().unwrap_or_default(),
            user: kind,
        };
        let [.., findings] = &mut self.rollups;
        findings.entry(bucket).or_default().add(Measured { count: 1, ..Measured::default() });
    }

    fn call(&mut self, call: &'b ToolCall, count: i64) {
        let counted = if call.folded_into.is_some() { 0 } else { count };
        self.sight("tool", call.name.as_deref(), &call.tenant, call.time, counted);
        let measured = Measured {
            count: counted,
            has_failed: call.failed == Some(true),
            duration: call.duration,
            ..Measured::default()
        };
        let of_tool = Bucket {
            start: floor(call.time, QUARTER),
            tenant: &call.tenant,
            kind: if call.executed { "executed" } else { "asked" },
            model: call.name.as_deref().unwrap_or_default(),
            service: call.service.as_deref().unwrap_or_default(),
            user: "",
        };
        let [.., tools, _, _] = &mut self.rollups;
        tools.entry(of_tool).or_default().add(measured);
        if !call.stands_alone() {
            return;
        }
        let bucket = Bucket {
            start: call.time,
            tenant: &call.tenant,
            kind: "tool_call",
            model: call.model.as_deref().unwrap_or_default(),
            service: call.service.as_deref().unwrap_or_default(),
            user: call.user_id.as_deref().unwrap_or_default(),
        };
        self.roll_up(bucket, Measured { count, duration: None, ..measured });
    }

    /// Minutes and quarters are kept without the user: they draw charts, and users are many. Hours
    /// are kept without the further sketches.
    fn roll_up(&mut self, bucket: Bucket<'b>, measured: Measured) {
        let [minutes, quarters, hours, ..] = &mut self.rollups;
        let at = |unit, user| Bucket { start: floor(bucket.start, unit), user, ..bucket };
        minutes.entry(at(MINUTE, "")).or_default().add(measured);
        quarters.entry(at(QUARTER, "")).or_default().add(measured);
        let hour = hours.entry(at(HOUR, bucket.user)).or_default();
        hour.add(Measured { first_chunk: None, ..measured });
        hour.output = Sketch::default();
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

/// The beginning of the unit of time that a moment is in.
const fn floor(time: i64, unit: i64) -> i64 {
    time - time.rem_euclid(unit)
}

impl Sums {
    fn add(&mut self, measured: Measured) {
        let Measured { count, .. } = measured;
        let one = |is_one: bool| if is_one { count } else { 0 };
        let times = |number: Option<i64>| count.saturating_mul(number.unwrap_or(0));
        self.count += count;
        self.errors += one(measured.has_failed);
        self.refusals += one(measured.is_refused);
        self.attacks += one(measured.is_attack);
        self.findings = self.findings.saturating_add(times(Some(measured.findings)));
        self.input_tokens = self.input_tokens.saturating_add(times(measured.input_tokens));
        self.output_tokens = self.output_tokens.saturating_add(times(measured.output_tokens));
        self.duration = self.duration.saturating_add(times(measured.duration));
        let sketches = [
            (&mut self.sketch, measured.duration),
            (&mut self.first_chunk, measured.first_chunk),
            (&mut self.output, measured.output_tokens),
        ];
        for (sketch, value) in sketches {
            if let Some(value) = value {
                sketch.add(u64::try_from(value).unwrap_or(0), count);
            }
        }
    }

    /// Whether nothing would change.
    pub(crate) fn is_nothing(&self) -> bool {
        let sums = [
            self.count,
            self.errors,
            self.input_tokens,
            self.output_tokens,
            self.duration,
            self.refusals,
            self.findings,
            self.attacks,
        ];
        let sketches = [&self.sketch, &self.first_chunk, &self.output];
        sums.iter().all(|sum| *sum == 0) && sketches.iter().all(|sketch| sketch.is_zero())
    }
}
