//! Examples of a rule: records that it matches, and records that it does not.

use model::{Record, Timestamp};
use serde::Deserialize;

use super::own::nanos;

/// The most examples of one rule.
pub(super) const MOST_EXAMPLES: usize = 256;
/// The most records of one example.
const MOST_RECORDS: usize = 10_000;

/// An example of what a rule matches or does not.
#[derive(Clone, Debug)]
pub struct Example {
    /// What it shows.
    pub name: String,
    /// Whether the rule is to raise an alert.
    pub matches: bool,
    told: Vec<Told>,
}

/// An example, as a rule file says it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExampleKeys {
    name: String,
    r#match: bool,
    records: Vec<serde_json::Value>,
}

/// `repeat` of a record: how often it is there, and how far apart.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Repeat {
    times: u32,
    #[serde(default)]
    every: Option<String>,
}

/// A record as it was told, with its repeats: as JSON, since records take many times the room.
#[derive(Clone, Debug)]
struct Told {
    json: Box<str>,
    times: u32,
    /// Nanoseconds.
    every: u64,
}

impl Example {
    /// Checks an example. An error says what is wrong with it.
    pub(super) fn read(keys: ExampleKeys) -> Result<Self, String> {
        let ExampleKeys { name, r#match: matches, records } = keys;
        let told = |json| {
            let told = Told::read(json).map_err(|what| format!("example `{name}`: {what}"))?;
            // The last as well as the first: what its number makes of a text is part of the record.
            told.record(0)
                .and(told.record(told.times - 1))
                .map_err(|what| format!("example `{name}`: {what}"))?;
            Ok(told)
        };
        let told = records.into_iter().map(told).collect::<Result<Vec<Told>, String>>()?;
        let count: usize = told.iter().map(|told| told.times as usize).sum();
        if count > MOST_RECORDS {
            return Err(format!("example `{name}`: more than {MOST_RECORDS} records"));
        }
        Ok(Self { name, matches, told })
    }

    /// The records, before inspection.
    pub fn records(&self) -> impl Iterator<Item = Record> {
        // Each was checked: none fails here.
        self.told.iter().flat_map(|told| (0..told.times).filter_map(|n| told.record(n).ok()))
    }
}

impl Told {
    fn read(mut json: serde_json::Value) -> Result<Self, String> {
        let repeat = json.as_object_mut().and_then(|record| record.remove("repeat"));
        let json = json.to_string().into_boxed_str();
        let Some(repeat) = repeat else { return Ok(Self { json, times: 1, every: 0 }) };
        let repeat: Repeat =
            serde_json::from_value(repeat).map_err(|error| format!("`repeat`: {error}"))?;
        if !(1..=MOST_RECORDS).contains(&(repeat.times as usize)) {
            return Err(format!("`repeat`: 1 to {MOST_RECORDS} times, not {}", repeat.times));
        }
        let every = match repeat.every.as_deref() {
            Some(text) => nanos(text).ok_or("`repeat`: `every` is no time, such as 30s or 5m")?,
            None => 0,
        };
        Ok(Self { json, times: repeat.times, every })
    }

    /// The record for the `n`th time, from 0: `{n}` in its texts is that number.
    fn record(&self, n: u32) -> Result<Record, String> {
        if self.times == 1 {
            return record(&self.json);
        }
        let mut record = record(&self.json.replace("{n}", &n.to_string()))?;
        let later = i64::try_from(self.every.saturating_mul(u64::from(n))).unwrap_or(i64::MAX);
        record.time = Timestamp::from_nanos(record.time.nanos().saturating_add(later));
        Ok(record)
    }
}

fn record(json: &str) -> Result<Record, String> {
    let mut unknown = None;
    let mut reader = serde_json::Deserializer::from_str(json);
    let read = serde_ignored::deserialize(&mut reader, |path| {
        unknown.get_or_insert_with(|| path.to_string());
    });
    let record: Record = read.map_err(|error| format!("is no record: {error}"))?;
    match unknown {
        Some(path) => Err(format!("a record has no field `{path}`")),
        None => Ok(record),
    }
}
