//! Rules over what was recorded: a hunt, and the replay of what was in force.
//!
//! Entries are opened and looked at on all cores; what needs memory is done in the order of the log.
//! The classifiers of attacks are asked about a record only where a rule looks at signs, or matches.

use std::borrow::Cow;
use std::ops::Range;

use detect::{Asked, Engine, Glance, Known, RuleSet};
use inspect::Judges;
use model::{Alert, Door, Kind, Logged, Record, TenantId};
use rayon::iter::{IntoParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _};
use serde_json::Value;
use store::{Archive, ArchiveError, Entry};

use super::cursor::Cursor;
use super::{RuleFiles, judged};
use crate::engine::Layout;

/// Entries that are opened at a time.
const CHUNK: usize = 512;

/// Why history could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The log could not be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The log could not be read.
    #[error("ledger: {0}")]
    Ledger(#[from] ledger::ReadError),
    /// The rules that were in force are not there as they were.
    #[error("rules: {0}")]
    Rules(#[from] std::io::Error),
    /// The operator's classifier that was in force is another one, or none is given.
    #[error(
        "the classifier of attacks that was in force from record {0} on is not the one of \
         detect.classifier: give the configuration of then"
    )]
    Classifier(u64),
}

/// An alert, and whose it is.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Told {
    /// The tenant.
    pub tenant: TenantId,
    /// The alert.
    pub alert: Alert,
}

/// What a replay says of the alerts that were recorded.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Replayed {
    /// Records that were looked at.
    pub records: u64,
    /// Alerts that were recorded.
    pub alerts: u64,
    /// Recorded, and not told again.
    pub missing: Vec<Told>,
    /// Told now, and not recorded.
    pub further: Vec<Told>,
}

/// Which rules were in force from where on.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Start {
    digest: String,
    /// The digest of the operator's classifier.
    classifier: Option<String>,
    /// From here on they were shown records.
    shown: u64,
    /// From here on they raised alerts.
    raising: u64,
}

/// Shows the records of `range` to `rules`, with what `judges` say of them, and gives each alert as
/// it is raised; returns how many records were looked at.
///
/// # Errors
/// When the log cannot be read.
pub fn hunt(
    archive: &Archive,
    range: Range<u64>,
    rules: RuleSet,
    judges: &Judges,
    mut give: impl FnMut(Told) + Send,
) -> Result<u64, HistoryError> {
    let mut engine = Engine::new(rules);
    let mut seen = 0;
    show(archive, range, &mut engine, judges, |_, logged, alerts| {
        seen += 1;
        told(logged, alerts).for_each(&mut give);
    })?;
    Ok(seen)
}

/// Tells every alert again, with the rules of then, and compares them with those that were
/// recorded, byte for byte. Records behind those that detection was done with are left out. Where an
/// operator's classifier was in force, it is that of `judges`.
///
/// # Errors
/// When the log cannot be read, or rules or a classifier that were in force are not there.
pub fn replay(
    archive: &Archive,
    layout: &Layout,
    judges: &Judges,
) -> Result<Replayed, HistoryError> {
    let size = archive.ledger().size()?;
    let mut replayed = Replayed { records: size, ..Replayed::default() };
    let mut starts: Vec<Start> = Vec::new();
    each(archive, 0..size, |logged| {
        starts.extend(Start::from_record(&logged.record));
        if let Some(alert) = recorded(logged.record) {
            replayed.missing.push(alert);
        }
    })?;
    replayed.alerts = replayed.missing.len() as u64;
    let rested = replayed.missing.iter().flat_map(|told| &told.alert.evidence).max();
    // Alerts are recorded before the cursor is kept.
    let done = Cursor::open(layout.cursor(), size).next().max(rested.map_or(0, |last| last + 1));
    let built_in = Judges::default();
    for (number, start) in starts.iter().enumerate() {
        let end = starts.get(number + 1).map_or(done, |next| next.raising);
        let (rules, _) = RuleFiles::kept(&layout.rules(), &start.digest)?.load();
        let mut engine = Engine::new(rules);
        let before = start.shown..start.raising;
        show(archive, before, &mut engine, &built_in, |engine, logged, _| {
            engine.remember(logged);
        })?;
        engine.begin();
        let judges = match &start.classifier {
            None => &built_in,
            known if known.as_deref() == judges.digest() => judges,
            Some(_) => return Err(HistoryError::Classifier(start.raising)),
        };
        show(archive, start.raising..end, &mut engine, judges, |_, logged, alerts| {
            told(logged, alerts).for_each(|alert| replayed.settle(alert));
        })?;
    }
    Ok(replayed)
}

impl Replayed {
    /// Whether the record and the replay tell the same.
    pub const fn is_same(&self) -> bool {
        self.missing.is_empty() && self.further.is_empty()
    }

    fn settle(&mut self, alert: Told) {
        match self.missing.iter().position(|recorded| same(recorded, &alert)) {
            Some(place) => drop(self.missing.remove(place)),
            None => self.further.push(alert),
        }
    }
}

impl Start {
    fn from_record(record: &Record) -> Option<Self> {
        let event = record.event.as_ref().filter(|event| event.action == "detect.start")?;
        let own = record.kind == Kind::Configuration && record.source.door == Door::Plainsight;
        let place = |name: &str| record.attributes.get(name)?.as_u64();
        own.then_some(())?;
        Some(Self {
            digest: event.target.clone()?,
            classifier: record
                .attributes
                .get("classifier")
                .and_then(Value::as_str)
                .map(str::to_owned),
            shown: place("shown")?,
            raising: place("raising")?,
        })
    }
}

fn recorded(record: Record) -> Option<Told> {
    let own = record.kind == Kind::Alert && record.source.door == Door::Plainsight;
    let tenant = record.tenant;
    record.alert.filter(|_| own).map(|alert| Told { tenant, alert: *alert })
}

fn told(logged: &Logged, alerts: Vec<Alert>) -> impl Iterator<Item = Told> {
    let tenant = &logged.record.tenant;
    alerts.into_iter().map(|alert| Told { tenant: tenant.clone(), alert })
}

fn same(one: &Told, other: &Told) -> bool {
    let bytes = |told: &Told| serde_json::to_vec(told).unwrap_or_default();
    one.alert.id == other.alert.id && bytes(one) == bytes(other)
}

/// Shows every readable record of `range` to `engine`, and gives each with what it raises, in order.
fn show(
    archive: &Archive,
    range: Range<u64>,
    engine: &mut Engine,
    judges: &Judges,
    mut give: impl FnMut(&mut Engine, &Logged, Vec<Alert>) + Send,
) -> Result<(), HistoryError> {
    let judges_all = engine.rules().look_at_signals();
    let judge = |logged: Logged| match judged(&logged, judges).0 {
        Cow::Owned(judged) => judged,
        Cow::Borrowed(_) => logged,
    };
    chunks(archive, range, |opened| {
        let asked: Vec<(Logged, Asked)> = opened
            .into_par_iter()
            .map(|logged| if judges_all { judge(logged) } else { logged })
            .map(|logged| {
                let asked = engine.ask(&logged);
                (logged, asked)
            })
            .collect();
        let known: Vec<(Logged, Known)> = asked
            .into_iter()
            .map(|(logged, asked)| {
                let known = engine.know(&logged, &asked);
                (logged, known)
            })
            .collect();
        let glances: Vec<Glance> =
            known.par_iter().map(|(logged, known)| engine.glance(logged, known)).collect();
        for ((logged, known), glance) in known.into_iter().zip(glances) {
            let logged = if glance.has_matches() && !judges_all { judge(logged) } else { logged };
            let alerts = engine.raise(&logged, &known, &glance);
            give(engine, &logged, alerts);
        }
    })
}

/// Gives every readable record of `range`, in order.
fn each(
    archive: &Archive,
    range: Range<u64>,
    mut give: impl FnMut(Logged) + Send,
) -> Result<(), HistoryError> {
    chunks(archive, range, |opened| opened.into_iter().for_each(&mut give))
}

/// Gives every readable record of `range`, in order and many at a time. While some are given, the
/// next are read.
fn chunks(
    archive: &Archive,
    range: Range<u64>,
    mut give: impl FnMut(Vec<Logged>) + Send,
) -> Result<(), HistoryError> {
    let count = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX);
    let mut stored = archive.ledger().iter(range.start).take(count);
    let mut read = || stored.by_ref().take(CHUNK).collect::<Result<Vec<ledger::Stored>, _>>();
    let mut chunk = read()?;
    while !chunk.is_empty() {
        let open = || -> Result<(), HistoryError> {
            let opened: Vec<Entry> =
                chunk.par_iter().map(|one| archive.open_entry(one)).collect::<Result<_, _>>()?;
            give(opened.into_iter().filter_map(Entry::readable).collect());
            Ok(())
        };
        let (given, next) = rayon::join(open, &mut read);
        given?;
        chunk = next?;
    }
    Ok(())
}
