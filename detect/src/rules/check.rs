//! What makes a rule one that works: its keys, its category, its fields, its condition.

use model::Severity;
use rsigma_parser::{LogSource, SigmaRule};

use super::document::Document;
use crate::category::Category;
use crate::field;
use crate::problem::{Problem, Weight};
use crate::sigma::{self, Level, SelectorPattern};

/// The product of every rule of ours.
const PRODUCT: &str = "genai";

/// Says every key that a rule must have and this one has not. A level is only needed by rules that
/// raise alerts, which is not known yet.
pub(super) fn missing(document: &Document<'_>, keys: &[&str], problems: &mut Vec<Problem>) -> bool {
    let before = problems.len();
    for key in keys {
        let empty = match document.get(key) {
            None | Some(yaml_serde::Value::Null) => true,
            Some(yaml_serde::Value::String(text)) => text.trim().is_empty(),
            Some(_) => false,
        };
        if empty {
            problems.push(document.at_key(key, format!("the rule has no `{key}`")));
        }
    }
    problems.len() > before
}

pub(super) const fn severity(level: Level) -> Severity {
    match level {
        Level::Informational => Severity::Informational,
        Level::Low => Severity::Low,
        Level::Medium => Severity::Medium,
        Level::High => Severity::High,
        Level::Critical => Severity::Critical,
    }
}

/// The category that a rule names: `Err` where it names one that does not exist, or asks for events
/// of something else.
pub(super) fn category(
    document: &Document<'_>,
    source: &LogSource,
    problems: &mut Vec<Problem>,
) -> Result<Option<Category>, ()> {
    let under = |name: &'static str| {
        move |path: &[String], key: &str| {
            path.first().is_some_and(|first| first == "logsource") && key == name
        }
    };
    if let Some(product) = source.product.as_deref().filter(|product| *product != PRODUCT) {
        let what = format!("no event is of the product `{product}`");
        problems.push(document.at(
            &under("product"),
            Weight::Error,
            what,
            Some(PRODUCT.to_owned()),
        ));
        return Err(());
    }
    let Some(name) = source.category.as_deref() else { return Ok(None) };
    Category::named(name).map(Some).ok_or_else(|| {
        let suggestion = field::nearest_of(name, Category::all().map(Category::as_str));
        let what = format!("no category is called `{name}`");
        problems.push(document.at(
            &under("category"),
            Weight::Error,
            what,
            suggestion.map(str::to_owned),
        ));
    })
}

/// Warns of fields that no event has.
pub(super) fn fields(document: &Document<'_>, rule: &SigmaRule, problems: &mut Vec<Problem>) {
    let mut named: Vec<&str> = rule.detection.named.values().flat_map(sigma::fields).collect();
    named.sort_unstable();
    named.dedup();
    for name in named {
        known_field(document, name, problems);
    }
}

/// Warns of a field that no event has.
pub(super) fn known_field(document: &Document<'_>, name: &str, problems: &mut Vec<Problem>) {
    if !field::is_known(name) {
        let is = |_: &[String], key: &str| {
            key.split('|').next() == Some(name) || key == "group-by" || key == "aliases"
        };
        let what = format!("no field is called `{name}`; an attribute may be");
        problems.push(document.at(
            &is,
            Weight::Warning,
            what,
            field::nearest(name).map(str::to_owned),
        ));
    }
}

/// Whether every selection that the conditions name is there.
pub(super) fn selections(
    document: &Document<'_>,
    detections: &rsigma_parser::ast::Detections,
    problems: &mut Vec<Problem>,
) -> bool {
    let before = problems.len();
    let known = || detections.named.keys().map(String::as_str);
    let is = |_: &[String], key: &str| key == "condition";
    for name in detections.conditions.iter().flat_map(sigma::names) {
        let (what, suggestion) = match name {
            Ok(name) if known().any(|known| known == name) => continue,
            Ok(name) => {
                (format!("no selection is called `{name}`"), field::nearest_of(name, known()))
            }
            Err(SelectorPattern::Them) => continue,
            Err(pattern) if known().any(|known| pattern.matches_detection_name(known)) => continue,
            Err(pattern) => (format!("no selection is called like `{pattern}`"), None),
        };
        problems.push(document.at(&is, Weight::Error, what, suggestion.map(str::to_owned)));
    }
    problems.len() > before
}

/// A problem that `rsigma` tells, at the key that it is likely about.
pub(super) fn told(document: &Document<'_>, error: &str) -> Problem {
    let about = |words: &[&str]| words.iter().any(|word| error.to_lowercase().contains(word));
    let key = if about(&["condition"]) {
        "condition"
    } else if about(&["timeframe", "timespan"]) {
        "timespan"
    } else if about(&["correlation type"]) {
        "type"
    } else if about(&["level"]) {
        "level"
    } else if about(&["status"]) {
        "status"
    } else if about(&["filter"]) {
        "filter"
    } else if about(&["correlation"]) {
        "correlation"
    } else {
        "detection"
    };
    document.at(&|_, known| known == key, Weight::Error, error, None)
}
