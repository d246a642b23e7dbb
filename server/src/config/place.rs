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
    let sets = |variable: &str| {
        let set = environment::path(variable).ok().flatten();
        set.is_some_and(|set| set.iter().map(String::as_str).eq(path.iter().copied()))
    };
    if let Some((name, _)) = source.variables.iter().find(|(name, _)| sets(name)) {
        return Some(Place::new(name));
    }
    let (file, text) = source.file.as_ref()?;
    let offset = offset(text, &path)?;
    Some(Place::within(file, text, offset))
}

/// Where the value at `path`, or the section that would hold it, begins in a file.
fn offset(text: &str, path: &[&str]) -> Option<usize> {
    let root = DeTable::parse(text).ok()?;
    let mut table = root.into_inner();
    let mut found = None;
    for step in path {
        let name = table.keys().find(|name| name.get_ref() == step).cloned();
        let Some(value) = name.and_then(|name| table.remove(&name)) else {
            break;
        };
        found = Some(value.span().start);
        match value.into_inner() {
            DeValue::Table(inner) => table = inner,
            _ => break,
        }
    }
    found
}
