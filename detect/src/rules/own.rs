//! Our own keys of a rule, under `plainsight`: read strictly.

use serde::Deserialize;
use yaml_serde::Value;

use super::document::Document;
use super::example::{Example, ExampleKeys, MOST_EXAMPLES};
use super::template::Template;
use crate::field::{self, field};
use crate::problem::{Problem, Weight};

/// The dedup window of a rule that names none, seconds.
const WINDOW: u64 = 3600;
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
    let read = keys.into_iter().map(|keys| {
        Example::read(keys).map_err(|what| problems.push(at(document, "examples", what))).ok()
    });
    read.collect()
}

/// A time such as `500ms`, `90s`, `30m`, `1h` or `7d`, in nanoseconds.
pub(super) fn nanos(text: &str) -> Option<u64> {
    if let Some(millis) = text.strip_suffix("ms") {
        return millis.parse::<u32>().ok().map(|millis| u64::from(millis) * 1_000_000);
    }
    let span = rsigma_parser::Timespan::parse(text).ok()?;
    span.seconds.checked_mul(1_000_000_000).filter(|nanos| i64::try_from(*nanos).is_ok())
}
