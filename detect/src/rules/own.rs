//! Our own keys of a rule, under `plainsight`: read strictly.

use model::{Record, Timestamp};
use serde::Deserialize;
use yaml_serde::Value;

use super::document::Document;
use super::template::Template;
use crate::field::{self, field};
use crate::problem::{Problem, Weight};

/// The dedup window of a rule that names none, seconds.
const WINDOW: u64 = 3600;
/// The most examples of one rule.
const MOST_EXAMPLES: usize = 256;
/// The most records of one example.
const MOST_RECORDS: usize = 10_000;
/// The most often that one record of an example is there.
const MOST_REPEATS: u32 = 10_000;

/// An example of what a rule matches or does not.
#[derive(Clone, Debug)]
pub struct Example {
    /// What it shows.
    pub name: String,
    /// Whether the rule is to raise an alert.
    pub matches: bool,
    /// The records, before inspection.
    pub records: Vec<Record>,
}

/// What repeats an alert instead of raising another.
#[derive(Clone, Debug)]
pub struct Dedup {
    /// The fields that are the same; none are named where the default holds.
    pub by: Option<Vec<String>>,
    /// How long after the first, nanoseconds.
    pub window: u64,
}

/// The keys.
#[derive(Debug)]
pub(super) struct Own {
    pub(super) reason: Option<Template>,
    pub(super) action: String,
    pub(super) dedup: Dedup,
    pub(super) examples: Vec<Example>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Keys {
    reason: Option<String>,
    action: String,
    dedup: DedupKeys,
    examples: Vec<ExampleKeys>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DedupKeys {
    by: Option<Vec<String>>,
    window: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExampleKeys {
    name: String,
    r#match: bool,
    records: Vec<serde_json::Value>,
}

impl Own {
    /// Reads the keys of a document. What is wrong is told; `None` where the rule cannot be used.
    pub(super) fn read(document: &Document<'_>, problems: &mut Vec<Problem>) -> Option<Self> {
        let keys = match document.get("plainsight") {
            Some(value) => keys(document, value, problems)?,
            None => Keys::default(),
        };
        let reason = match keys.reason {
            Some(text) => Some(template(document, &text, problems)?),
            None => None,
        };
        let window = match keys.dedup.window.as_deref().map(nanos) {
            None => WINDOW * 1_000_000_000,
            Some(Some(window)) => window,
            Some(None) => {
                problems.push(at(
                    document,
                    "window",
                    "the window is no time, such as 30m, 1h or 7d",
                ));
                return None;
            }
        };
        for name in keys.dedup.by.iter().flatten().filter(|name| !field::is_known(name)) {
            let is = |path: &[String], key: &str| {
                path.last().is_some_and(|last| last == "dedup") && key == "by"
            };
            let what = format!("no field is called `{name}`");
            let suggestion = field::nearest(name).map(str::to_owned);
            problems.push(document.at(&is, Weight::Warning, what, suggestion));
        }
        let examples = examples(document, keys.examples, problems)?;
        let dedup = Dedup { by: keys.dedup.by, window };
        Some(Self { reason, action: keys.action, dedup, examples })
    }
}

fn keys(document: &Document<'_>, value: &Value, problems: &mut Vec<Problem>) -> Option<Keys> {
    match yaml_serde::from_value(value.clone()) {
        Ok(keys) => Some(keys),
        Err(error) => {
            let what = error.to_string();
            let named = what.split('`').nth(1).unwrap_or_default().to_owned();
            problems.push(at(document, &named, format!("under `plainsight`: {what}")));
            None
        }
    }
}

/// A problem at the key `name` under `plainsight`, or at `plainsight` itself.
fn at(document: &Document<'_>, name: &str, what: impl Into<String>) -> Problem {
    let under = |path: &[String], key: &str| {
        path.first().is_some_and(|first| first == "plainsight") && key == name
    };
    let what = what.into();
    let found = document.at(&under, Weight::Error, what.clone(), None);
    if found.line == document.line() { document.at_key("plainsight", what) } else { found }
}

fn template(document: &Document<'_>, text: &str, problems: &mut Vec<Problem>) -> Option<Template> {
    let template = Template::parse(text);
    for name in template.fields() {
        if field(name).is_some_and(|field| field.content) {
            problems.push(at(
                document,
                "reason",
                format!("a reason must not repeat what was said: `{name}`"),
            ));
            return None;
        }
        if !field::is_known(name) && !Template::is_own(name) {
            let is = |path: &[String], key: &str| !path.is_empty() && key == "reason";
            let what = format!("no field is called `{name}`");
            let suggestion = field::nearest(name).map(str::to_owned);
            problems.push(document.at(&is, Weight::Warning, what, suggestion));
        }
    }
    Some(template)
}

fn examples(
    document: &Document<'_>,
    keys: Vec<ExampleKeys>,
    problems: &mut Vec<Problem>,
) -> Option<Vec<Example>> {
    if keys.len() > MOST_EXAMPLES {
        problems.push(at(document, "examples", format!("more than {MOST_EXAMPLES} examples")));
        return None;
    }
    let mut examples = Vec::with_capacity(keys.len());
    for example in keys {
        let mut records = Vec::with_capacity(example.records.len());
        for json in example.records {
            match repeated(json) {
                Ok(repeated) if records.len() + repeated.len() <= MOST_RECORDS => {
                    records.extend(repeated);
                }
                Ok(_) => {
                    let what =
                        format!("example `{}`: more than {MOST_RECORDS} records", example.name);
                    problems.push(at(document, "examples", what));
                    return None;
                }
                Err(what) => {
                    let what = format!("example `{}`: {what}", example.name);
                    problems.push(at(document, "examples", what));
                    return None;
                }
            }
        }
        examples.push(Example { name: example.name, matches: example.r#match, records });
    }
    Some(examples)
}

/// `repeat` of a record: how often it is there, and how far apart.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Repeat {
    times: u32,
    #[serde(default)]
    every: Option<String>,
}

/// A record, as often as it says. `{n}` in its texts is the ordinal, from 0.
fn repeated(mut json: serde_json::Value) -> Result<Vec<Record>, String> {
    let repeat = json.as_object_mut().and_then(|record| record.remove("repeat"));
    let Some(repeat) = repeat else { return Ok(vec![record(json)?]) };
    let repeat: Repeat =
        serde_json::from_value(repeat).map_err(|error| format!("`repeat`: {error}"))?;
    if !(1..=MOST_REPEATS).contains(&repeat.times) {
        return Err(format!("`repeat`: 1 to {MOST_REPEATS} times, not {}", repeat.times));
    }
    let every = match repeat.every.as_deref() {
        Some(text) => nanos(text).ok_or("`repeat`: `every` is no time, such as 30s or 5m")?,
        None => 0,
    };
    let text = json.to_string();
    (0..repeat.times)
        .map(|n| {
            let one = serde_json::from_str(&text.replace("{n}", &n.to_string()));
            let mut record = record(one.map_err(|error| error.to_string())?)?;
            let later = i64::try_from(every.saturating_mul(u64::from(n))).unwrap_or(i64::MAX);
            record.time = Timestamp::from_nanos(record.time.nanos().saturating_add(later));
            Ok(record)
        })
        .collect()
}

fn record(json: serde_json::Value) -> Result<Record, String> {
    let mut unknown = None;
    let read = serde_ignored::deserialize(json, |path| {
        unknown.get_or_insert_with(|| path.to_string());
    });
    let record: Record = read.map_err(|error| format!("is no record: {error}"))?;
    match unknown {
        Some(path) => Err(format!("a record has no field `{path}`")),
        None => Ok(record),
    }
}

/// A time such as `500ms`, `90s`, `30m`, `1h` or `7d`, in nanoseconds.
fn nanos(text: &str) -> Option<u64> {
    if let Some(millis) = text.strip_suffix("ms") {
        return millis.parse::<u32>().ok().map(|millis| u64::from(millis) * 1_000_000);
    }
    let span = rsigma_parser::Timespan::parse(text).ok()?;
    span.seconds.checked_mul(1_000_000_000).filter(|nanos| i64::try_from(*nanos).is_ok())
}
