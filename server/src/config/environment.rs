//! Settings in the environment: `PLAINSIGHT_LISTEN`, `PLAINSIGHT_UPSTREAM_OPENAI`, and any other as
//! `PLAINSIGHT__SECTION__KEY`.
//!
//! Does not read the environment: it is given names and values.

use toml::{Table, Value};

use super::problem::nearest;

pub(super) const PREFIX: &str = "PLAINSIGHT_";

/// Short names, and where they go.
const SHORT: [(&str, &[&str]); 4] = [
    ("PLAINSIGHT_DATA", &["data"]),
    ("PLAINSIGHT_LISTEN", &["listen"]),
    ("PLAINSIGHT_OTLP_GRPC", &["otlp", "grpc"]),
    ("PLAINSIGHT_OTLP_HTTP", &["otlp", "http"]),
];
const UPSTREAM: &str = "PLAINSIGHT_UPSTREAM_";
/// The most sections on the way to a setting.
const DEEPEST: usize = 8;
/// The root key, where it is not kept in the data directory.
pub(super) const ROOT_KEY: &str = "PLAINSIGHT_ROOT_KEY";
/// The variables whose values are keys.
pub(super) const ROOT_KEYS: [&str; 2] = [ROOT_KEY, "PLAINSIGHT_NEW_ROOT_KEY"];
/// Variables that others read.
const OTHERS: [&str; 7] = [
    "PLAINSIGHT_LOG",
    "PLAINSIGHT_BIN",
    "PLAINSIGHT_EVAL_DATA",
    "PLAINSIGHT_OTEL_PYTHON",
    "PLAINSIGHT_KILLS",
    ROOT_KEYS[0],
    ROOT_KEYS[1],
];

/// The path of the setting that a variable sets; `None` for one that is not a setting.
///
/// # Errors
/// Says what is wrong with the name.
pub(super) fn path(variable: &str) -> Result<Option<Vec<String>>, String> {
    let owned = |path: &[&str]| path.iter().map(ToString::to_string).collect();
    if OTHERS.contains(&variable) {
        return Ok(None);
    }
    if let Some((_, path)) = SHORT.iter().find(|(name, _)| *name == variable) {
        return Ok(Some(owned(path)));
    }
    if let Some(name) = variable.strip_prefix(UPSTREAM) {
        let path = ["proxy", "upstreams", &name.to_lowercase(), "url"];
        return Ok(Some(owned(&path)));
    }
    if let Some(rest) = variable.strip_prefix("PLAINSIGHT__") {
        return generic(rest).map(Some);
    }
    let names = SHORT.iter().map(|(name, _)| *name).chain(OTHERS);
    Err(match nearest(variable, names) {
        Some(name) => format!("is no setting; perhaps {name} is meant"),
        None => "is no setting".to_owned(),
    })
}

/// The path that `SECTION__KEY` names. Types of sensitive values are upper case there, too.
fn generic(rest: &str) -> Result<Vec<String>, String> {
    if rest.split("__").count() > DEEPEST {
        return Err(format!("names more than {DEEPEST} sections"));
    }
    Ok(match rest.strip_prefix("INSPECT__") {
        Some(rest) => inspected(rest),
        None => rest.split("__").map(str::to_lowercase).collect(),
    })
}

/// The path of a setting of `[inspect]`: the name of a type stands alone, or behind one of the
/// settings that are set by type.
fn inspected(rest: &str) -> Vec<String> {
    const BY_TYPE: [&str; 4] = ["ACTIONS", "CONFIDENCE", "FORMAT", "ALLOW"];
    let mut path = vec!["inspect".to_owned()];
    let mut before = None;
    for step in rest.split("__") {
        let is_type = before.map_or(rest == step, |before| BY_TYPE.contains(&before));
        path.push(if is_type { step.to_owned() } else { step.to_lowercase() });
        before = Some(step);
    }
    path
}

/// What a variable's value may stand for: a number, a truth value or a list where it reads as one,
/// and a text in any case.
pub(super) fn readings(value: &str) -> impl Iterator<Item = Value> {
    literal(value).into_iter().chain([Value::String(value.to_owned())])
}

fn literal(value: &str) -> Option<Value> {
    let begins = value.starts_with(|first: char| first.is_ascii_digit() || "[{-".contains(first));
    if !begins && !matches!(value, "true" | "false") {
        return None;
    }
    let mut table: Table = format!("value = {value}").parse().ok()?;
    let only = table.len() == 1;
    table.remove("value").filter(|value| only && !value.is_datetime())
}

/// Sets a value, and makes sections on the way to it: also of what is none, which then does not
/// read, and is told.
pub(super) fn set(table: &mut Table, path: &[String], value: Value) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    if rest.is_empty() {
        table.insert(first.clone(), value);
        return;
    }
    let mut inner = match table.remove(first) {
        Some(Value::Table(inner)) => inner,
        _ => Table::new(),
    };
    set(&mut inner, rest, value);
    table.insert(first.clone(), inner.into());
}
