//! What is asked of columns, and what they answer.

use super::day::{ATTACKS, Column, Day, ERROR, GONE, OK, REFUSED};
use super::{Columns, Words};

/// Nanoseconds.
const HOUR: i64 = 3_600_000_000_000;
/// Values of a facet.
const VALUES: usize = 30;

/// Which records. Of several values any; what is left out narrows nothing.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Their tenant.
    pub tenant: Option<String>,
    /// What they are.
    pub kind: Vec<String>,
    /// What they are not.
    pub not_kind: Vec<String>,
    /// Their user, a pseudonym.
    pub user: Vec<String>,
    /// Their agent.
    pub agent: Vec<String>,
    /// Their model.
    pub model: Vec<String>,
    /// A tool that they asked for, or executed.
    pub tool: Vec<String>,
    /// Their service.
    pub service: Vec<String>,
    /// Whether they failed.
    pub has_failed: Option<bool>,
    /// A type of what was found in them.
    pub finding: Vec<String>,
    /// Only those that look like an attack.
    pub is_attack: bool,
    /// The lowest attack score, in hundredths; those without a score are left out.
    pub score_from: Option<u8>,
    /// The attack score that is not reached, in hundredths; likewise.
    pub score_below: Option<u8>,
    /// Only those that a model refused.
    pub is_refused: bool,
    /// The earliest time, nanoseconds.
    pub from: Option<i64>,
    /// The latest time.
    pub to: Option<i64>,
    /// Only these, by their ledger indexes, rising.
    pub among: Option<Vec<i64>>,
}

/// A value, and how often it occurs.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Counted {
    /// The value.
    pub value: String,
    /// How often.
    pub count: u64,
}

/// How often each value occurs, the most frequent first.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Facets {
    /// Kinds.
    pub kind: Vec<Counted>,
    /// Users.
    pub user: Vec<Counted>,
    /// Agents.
    pub agent: Vec<Counted>,
    /// Models.
    pub model: Vec<Counted>,
    /// Tools.
    pub tool: Vec<Counted>,
    /// Tenants.
    pub tenant: Vec<Counted>,
    /// Services.
    pub service: Vec<Counted>,
    /// `ok` and `error`.
    pub status: Vec<Counted>,
    /// Types of findings.
    pub finding: Vec<Counted>,
}

/// A stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bin {
    /// Records.
    pub count: u64,
    /// Those that failed.
    pub errors: u64,
    /// Those that look like an attack.
    pub attacks: u64,
}

/// Some records, and how many there are in all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Their ledger indexes.
    pub ids: Vec<i64>,
    /// How many records the question leaves.
    pub count: u64,
}

impl Columns {
    /// Up to `limit` records, newest first: those before the index `past`, or, with `is_rising`,
    /// oldest first and after it.
    pub fn page(
        &self,
        question: &Question,
        past: Option<i64>,
        is_rising: bool,
        limit: usize,
    ) -> Page {
        let mut page = Page::default();
        let mut left = limit;
        let mut see = |day: &Day, marks: &[bool]| {
            page.count += marks.iter().filter(|mark| **mark).count() as u64;
            let rows = day.ids.iter().zip(marks).filter(|(_, mark)| **mark).map(|(id, _)| *id);
            let is_past =
                |id: &i64| past.is_none_or(|past| if is_rising { *id > past } else { *id < past });
            let before = page.ids.len();
            if is_rising {
                page.ids.extend(rows.filter(is_past).take(left));
            } else {
                page.ids.extend(rows.rev().filter(is_past).take(left));
            }
            left -= page.ids.len() - before;
        };
        let days = self.marked(question);
        if is_rising {
            days.for_each(|(day, marks)| see(day, &marks));
        } else {
            days.rev().for_each(|(day, marks)| see(day, &marks));
        }
        page
    }

    /// How often each value occurs, and how many records there are.
    pub fn facets(&self, question: &Question) -> (Facets, u64) {
        let mut counts = Counts::new(&self.words);
        for (day, marks) in self.marked(question) {
            counts.add(day, &marks);
        }
        counts.told(&self.words)
    }

    /// Like [`Self::facets`], but the values of a facet that the question narrows are counted as if
    /// that one did not: they are what could be chosen there, too. The tenant stays.
    pub fn choices(&self, question: &Question) -> (Facets, u64) {
        let (mut facets, count) = self.facets(question);
        for narrowing in NARROWINGS {
            let mut wide = question.clone();
            if (narrowing.widen)(&mut wide) {
                *(narrowing.values)(&mut facets) =
                    std::mem::take((narrowing.values)(&mut self.facets(&wide).0));
            }
        }
        (facets, count)
    }

    /// How many records there are in each of `bins` stretches of `width` nanoseconds from `from` on.
    pub fn histogram(&self, question: &Question, from: i64, width: i64, bins: usize) -> Vec<Bin> {
        let mut counts = vec![Bin::default(); bins];
        for (day, marks) in self.marked(question) {
            for ((mark, time), flags) in marks.iter().zip(&day.times).zip(&day.flags) {
                let bin = time.checked_sub(from).filter(|since| *mark && *since >= 0);
                let bin = bin.and_then(|since| usize::try_from(since / width.max(1)).ok());
                let Some(bin) = bin.and_then(|bin| counts.get_mut(bin)) else { continue };
                bin.count += 1;
                bin.errors += u64::from(flags & ERROR != 0);
                bin.attacks += u64::from(flags & ATTACKS != 0);
            }
        }
        counts
    }

    /// How many records there are in each hour of the week, Monday first, UTC.
    pub fn hours(&self, question: &Question) -> [[u64; 24]; 7] {
        let mut hours = [[0; 24]; 7];
        for (day, marks) in self.marked(question) {
            for (mark, time) in marks.iter().zip(&day.times) {
                let hour = time.div_euclid(HOUR);
                // 1970-01-01 was a Thursday.
                let weekday = usize::try_from((hour.div_euclid(24) + 3).rem_euclid(7));
                let hour = usize::try_from(hour.rem_euclid(24));
                let (Ok(weekday), Ok(hour)) = (weekday, hour) else { continue };
                let count = hours.get_mut(weekday).and_then(|day| day.get_mut(hour));
                if let Some(count) = count {
                    *count += u64::from(*mark);
                }
            }
        }
        hours
    }

    /// The days, oldest first, with a mark for each row that the question leaves.
    pub(super) fn marked<'c>(
        &'c self,
        question: &'c Question,
    ) -> impl DoubleEndedIterator<Item = (&'c Day, Vec<bool>)> {
        let current = self.days.values().filter(|day| day.used == self.turn);
        current.map(|day| (day, marks(day, question, &self.words)))
    }
}

fn marks(day: &Day, question: &Question, words: &Words) -> Vec<bool> {
    let mut marks: Vec<bool> = day.flags.iter().map(|flags| flags & GONE == 0).collect();
    if let Some(tenant) = &question.tenant {
        let number = words.known(tenant).unwrap_or(u32::MAX);
        for (mark, value) in marks.iter_mut().zip(day.column(Column::Tenant)) {
            *mark &= *value == number;
        }
    }
    let named = [
        (Column::Kind, &question.kind),
        (Column::User, &question.user),
        (Column::Agent, &question.agent),
        (Column::Model, &question.model),
        (Column::Service, &question.service),
    ];
    let numbers = |wanted: &[String]| -> Vec<u32> {
        wanted.iter().map(|word| words.known(word).unwrap_or(u32::MAX)).collect()
    };
    for (column, wanted) in named {
        match *numbers(wanted) {
            [] => {}
            [number] => {
                for (mark, value) in marks.iter_mut().zip(day.column(column)) {
                    *mark &= *value == number;
                }
            }
            ref any => {
                for (mark, value) in marks.iter_mut().zip(day.column(column)) {
                    *mark &= any.contains(value);
                }
            }
        }
    }
    for (pairs, wanted) in [(&day.tools, &question.tool), (&day.findings, &question.finding)] {
        if !wanted.is_empty() {
            keep(&mut marks, pairs, &numbers(wanted));
        }
    }
    if !question.not_kind.is_empty() {
        let unwanted = numbers(&question.not_kind);
        for (mark, value) in marks.iter_mut().zip(day.column(Column::Kind)) {
            *mark &= !unwanted.contains(value);
        }
    }
    if question.score_from.is_some() || question.score_below.is_some() {
        let scores = question.score_from.unwrap_or(0)..question.score_below.unwrap_or(u8::MAX);
        for (mark, measured) in marks.iter_mut().zip(&day.measured) {
            *mark &= measured.score().is_some_and(|score| scores.contains(&score));
        }
    }
    let flags = flags_of(question);
    if flags != 0 {
        for (mark, value) in marks.iter_mut().zip(&day.flags) {
            *mark &= value & flags == flags;
        }
    }
    if question.from.is_some() || question.to.is_some() {
        let span = question.from.unwrap_or(i64::MIN)..=question.to.unwrap_or(i64::MAX);
        for (mark, time) in marks.iter_mut().zip(&day.times) {
            *mark &= span.contains(time);
        }
    }
    if let Some(among) = &question.among {
        let mut among = among.iter().peekable();
        for (mark, id) in marks.iter_mut().zip(&day.ids) {
            while among.next_if(|other| *other < id).is_some() {}
            *mark &= among.peek() == Some(&id);
        }
    }
    marks
}

fn flags_of(question: &Question) -> u8 {
    let status = match question.has_failed {
        Some(true) => ERROR,
        Some(false) => OK,
        None => 0,
    };
    let attack = if question.is_attack { ATTACKS } else { 0 };
    let refused = if question.is_refused { REFUSED } else { 0 };
    status | attack | refused
}

/// Leaves the marks of rows that have one of `numbers` among their pairs.
fn keep(marks: &mut [bool], pairs: &[(u32, u32)], numbers: &[u32]) {
    let mut rows =
        pairs.iter().filter(|(_, value)| numbers.contains(value)).map(|(row, _)| *row).peekable();
    for (row, mark) in (0..).zip(marks.iter_mut()) {
        while rows.next_if(|other| *other < row).is_some() {}
        *mark &= rows.peek() == Some(&row);
    }
}

/// A facet that can narrow a question.
struct Narrowing {
    /// Takes what is chosen of it out of a question; tells whether anything was.
    widen: fn(&mut Question) -> bool,
    values: fn(&mut Facets) -> &mut Vec<Counted>,
}

macro_rules! narrowing {
    ($name:ident) => {
        Narrowing {
            widen: |question| !std::mem::take(&mut question.$name).is_empty(),
            values: |facets| &mut facets.$name,
        }
    };
}

const NARROWINGS: [Narrowing; 8] = [
    narrowing!(kind),
    narrowing!(user),
    narrowing!(agent),
    narrowing!(model),
    narrowing!(tool),
    narrowing!(service),
    narrowing!(finding),
    Narrowing {
        widen: |question| question.has_failed.take().is_some(),
        values: |facets| &mut facets.status,
    },
];

/// Counts of words by column.
struct Counts {
    columns: [Vec<u64>; 8],
    status: [u64; 2],
    all: u64,
}

const COLUMNS: [Column; 6] =
    [Column::Kind, Column::Tenant, Column::User, Column::Agent, Column::Model, Column::Service];

impl Counts {
    fn new(words: &Words) -> Self {
        Self { columns: std::array::from_fn(|_| vec![0; words.len()]), status: [0; 2], all: 0 }
    }

    fn add(&mut self, day: &Day, marks: &[bool]) {
        let [kind, tenant, user, agent, model, service, tools, findings] = &mut self.columns;
        let counted = [kind, tenant, user, agent, model, service];
        for (column, counts) in COLUMNS.into_iter().zip(counted) {
            for (mark, word) in marks.iter().zip(day.column(column)) {
                count(counts, *word, *mark);
            }
        }
        for (pairs, counts) in [(&day.tools, tools), (&day.findings, findings)] {
            for (row, word) in pairs {
                let mark = usize::try_from(*row).ok().and_then(|row| marks.get(row));
                count(counts, *word, mark.is_some_and(|mark| *mark));
            }
        }
        let [ok, error] = &mut self.status;
        for (mark, flags) in marks.iter().zip(&day.flags) {
            self.all += u64::from(*mark);
            *ok += u64::from(*mark && flags & OK != 0);
            *error += u64::from(*mark && flags & ERROR != 0);
        }
    }

    fn told(self, words: &Words) -> (Facets, u64) {
        let [kind, tenant, user, agent, model, service, tool, finding] =
            self.columns.map(|counts| most(&counts, words));
        let [ok, error] = self.status;
        let status = [("ok", ok), ("error", error)].into_iter().filter(|(_, count)| *count > 0);
        let status = status.map(|(value, count)| Counted { value: value.to_owned(), count });
        let mut status: Vec<Counted> = status.collect();
        status.sort_by_key(|counted| std::cmp::Reverse(counted.count));
        let facets = Facets { kind, user, agent, model, tool, tenant, service, status, finding };
        (facets, self.all)
    }
}

fn count(counts: &mut [u64], word: u32, mark: bool) {
    let place = usize::try_from(word).unwrap_or(usize::MAX);
    if let Some(count) = counts.get_mut(place) {
        *count += u64::from(mark);
    }
}

/// The most frequent words; those that are equally frequent in their order.
fn most(counts: &[u64], words: &Words) -> Vec<Counted> {
    let counted = (0_u32..).zip(counts).skip(1).filter(|(_, count)| **count > 0);
    let mut counted: Vec<(u64, &str)> =
        counted.map(|(number, count)| (*count, words.text(number))).collect();
    let order = |one: &(u64, &str), other: &(u64, &str)| {
        other.0.cmp(&one.0).then_with(|| one.1.cmp(other.1))
    };
    if counted.len() > VALUES {
        counted.select_nth_unstable_by(VALUES, order);
        counted.truncate(VALUES);
    }
    counted.sort_unstable_by(order);
    counted.into_iter().map(|(count, value)| Counted { value: value.to_owned(), count }).collect()
}
