//! Where a setting was set last: the option, the variable, or the line of the file.

use toml::de::{DeTable, DeValue};

use super::environment;
use super::problem::Place;
use super::source::Source;

/// The place of the setting at the dotted `key`; `None` where the default stands.
pub(super) fn of(source: &Source, key: &str) -> Option<Place> {
    if let Some(option) = source.overrides.option(key) {
        return Some(Place::new(option));
    }
    let path: Vec<&str> = key.split('.').collect();
    let short = short(&path);
    let is_set = |set: &[String]| [&path, &short].into_iter().any(|path| set == path.as_slice());
    let sets =
        |variable: &str| environment::path(variable).ok().flatten().is_some_and(|set| is_set(&set));
    if let Some((name, _)) = source.variables.iter().find(|(name, _)| sets(name)) {
        return Some(Place::new(name));
    }
    let (file, text) = source.file.as_ref()?;
    let found = [offset(text, &path), offset(text, &short)];
    let (_, offset) = found.into_iter().flatten().max_by_key(|(depth, _)| *depth)?;
    Some(Place::within(file, text, offset))
}

/// `inspect.EMAIL_ADDRESS` is short for `inspect.actions.EMAIL_ADDRESS`.
fn short<'a>(path: &[&'a str]) -> Vec<&'a str> {
    match path {
        ["inspect", "actions", name] => vec!["inspect", name],
        path => path.to_vec(),
    }
}

/// How much of `path` a file has, and where the value at it, or the section that would hold it,
/// begins. The tables of a list are counted from 0.
fn offset(text: &str, path: &[&str]) -> Option<(usize, usize)> {
    let root = DeTable::parse(text).ok()?;
    let mut value = DeValue::Table(root.into_inner());
    let mut found = None;
    for (depth, step) in path.iter().enumerate() {
        let inner = match value {
            DeValue::Table(mut table) => {
                let name = table.keys().find(|name| name.get_ref() == step).cloned();
                name.and_then(|name| table.remove(&name))
            }
            DeValue::Array(list) => {
                step.parse().ok().and_then(|position| list.into_iter().nth(position))
            }
            _ => None,
        };
        let Some(inner) = inner else { break };
        found = Some((depth, inner.span().start));
        value = inner.into_inner();
    }
    found
}
