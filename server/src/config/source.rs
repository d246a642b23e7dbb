//! Where settings come from, as values: a file's text, variables, options.

use std::path::{Path, PathBuf};

use model::Sealed;
use toml::{Table, Value};

use super::machine::Machine;
use super::problem::{Place, Problem};
use super::{Config, environment, place, rules};

/// The file that is read when none is named.
const FILE: &str = "plainsight.toml";
/// Problems that are reported of one file.
const MAX_PROBLEMS: usize = 50;

/// What the configuration is made of.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The file's name and text.
    pub file: Option<(String, String)>,
    /// `PLAINSIGHT_…` variables.
    pub variables: Vec<(String, String)>,
    /// The root key in the environment, which is no setting. An empty one is told like any that is
    /// none: a vault that made its own instead would be a surprise.
    pub(super) root_key: Option<Sealed<String>>,
    /// Options of the command line.
    pub overrides: Overrides,
    /// Why a named file could not be read.
    unreadable: Option<Problem>,
}

/// Options of the command line.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--data`
    pub data: Option<PathBuf>,
    /// `--listen`
    pub listen: Option<String>,
    /// `--otlp-grpc`
    pub otlp_grpc: Option<String>,
    /// `--otlp-http`
    pub otlp_http: Option<String>,
    /// `--upstream NAME=URL`
    pub upstreams: Vec<(String, String)>,
}

impl Source {
    /// A file's name and text, and nothing else.
    pub fn of_file(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { file: Some((name.into(), text.into())), ..Self::default() }
    }

    /// The process's environment.
    pub(super) fn from_environment() -> Self {
        let variables = std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            let value = value.to_string_lossy().into_owned();
            name.starts_with(environment::PREFIX).then_some((name, value))
        });
        let is_key = |(name, _): &(String, String)| environment::ROOT_KEYS.contains(&name.as_str());
        let (keys, variables) = variables.partition::<Vec<_>, _>(is_key);
        let root_key = keys.into_iter().find(|(name, _)| name == environment::ROOT_KEY);
        let root_key = root_key.map(|(_, key)| Sealed::new(key));
        Self { variables, root_key, ..Self::default() }
    }

    /// The process's environment and a file: the named one, or `plainsight.toml` if there is one.
    pub fn from_process(file: Option<&Path>) -> Self {
        let mut source = Self::from_environment();
        let path = file.unwrap_or(Path::new(FILE));
        let name = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => source.file = Some((name, text)),
            Err(error) if file.is_none() && error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                source.unreadable = Some(Problem::at(Place::new(name), error.to_string()));
            }
        }
        source
    }

    /// The same, with variables of the environment.
    #[must_use]
    pub fn with_variables(self, variables: Vec<(String, String)>) -> Self {
        Self { variables, ..self }
    }

    /// The same, with options of the command line.
    #[must_use]
    pub fn with_overrides(self, overrides: Overrides) -> Self {
        Self { overrides, ..self }
    }

    /// The configuration, as far as it can be read, and every problem.
    pub(super) fn read(&self, machine: &Machine) -> (Config, Vec<Problem>) {
        let mut problems: Vec<Problem> = self.unreadable.clone().into_iter().collect();
        let mut table = Table::try_from(Config::default()).unwrap_or_default();
        if let Some((name, text)) = &self.file {
            merge(&mut table, read_file(name, text, &mut problems));
        }
        for (name, value) in &self.variables {
            if let Err(problem) = set_variable(&mut table, name, value) {
                problems.push(problem);
            }
        }
        let mut config: Config = table.try_into().unwrap_or_default();
        config.root_key.clone_from(&self.root_key);
        self.overrides.apply(&mut config);
        let broken = rules::check(&config, machine).into_iter();
        problems.extend(broken.map(|problem| problem.placed(|key| place::of(self, key))));
        (config, problems)
    }
}

/// Puts what is set over what was set before, key by key, so that a section that is set in part
/// keeps the rest of its defaults: an upstream with a new URL speaks the dialect it spoke.
fn merge(under: &mut Table, over: Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(Value::Table(under)), Value::Table(over)) => merge(under, over),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

/// Sets a variable's setting when the whole can be read with it.
fn set_variable(table: &mut Table, name: &str, value: &str) -> Result<(), Problem> {
    let path = environment::path(name).map_err(|what| Problem::at(Place::new(name), what))?;
    let Some(path) = path else { return Ok(()) };
    let mut first = None;
    for reading in environment::readings(value) {
        let mut with = table.clone();
        environment::set(&mut with, &path, reading);
        match with.clone().try_into::<Config>() {
            Ok(_) => {
                *table = with;
                return Ok(());
            }
            Err(error) => first = first.or(Some(error)),
        }
    }
    first.map_or(Ok(()), |error| Err(Problem::of_toml(Place::new(name), &error)))
}

/// The file's settings. A line that cannot be read is reported and passed over, so that the next
/// problem is found too.
fn read_file(name: &str, text: &str, problems: &mut Vec<Problem>) -> Table {
    let mut readable = text.to_owned();
    for _ in 0..MAX_PROBLEMS {
        let Err(error) = toml::from_str::<Config>(&readable) else {
            break;
        };
        let place = match error.span() {
            Some(span) => Place::within(name, &readable, span.start),
            None => Place::new(name),
        };
        let problem = Problem::of_toml(place, &error);
        let line = problem.line();
        problems.push(problem);
        let Some(without) = line.and_then(|line| without(&readable, line)) else {
            return Table::new();
        };
        readable = without;
    }
    readable.parse().unwrap_or_default()
}

/// The text with a line made empty; `None` when it was empty already. With a section's header go
/// its settings, which would otherwise be taken for those of the section before, and the sections
/// within it.
fn without(text: &str, line: usize) -> Option<String> {
    let wrong = text.split('\n').nth(line - 1).filter(|content| !content.trim().is_empty())?;
    let wrong = header(wrong);
    let mut is_gone = false;
    let kept = text.split('\n').enumerate().map(|(number, content)| {
        is_gone = match (wrong, header(content)) {
            _ if number + 1 == line => true,
            (Some(wrong), Some(name)) => number + 1 > line && is_within(name, wrong),
            (Some(_), None) => is_gone,
            (None, _) => false,
        };
        if is_gone { "" } else { content }
    });
    Some(kept.collect::<Vec<_>>().join("\n"))
}

/// The section that a line begins, as it is written.
fn header(line: &str) -> Option<&str> {
    let name = line.trim_start().strip_prefix('[')?.trim_start_matches('[');
    Some(name.split(']').next().unwrap_or(name).trim())
}

fn is_within(name: &str, section: &str) -> bool {
    name.strip_prefix(section).is_some_and(|rest| rest.trim_start().starts_with('.'))
}

impl Overrides {
    fn apply(&self, config: &mut Config) {
        let replace = |setting: &mut String, option: &Option<String>| {
            if let Some(value) = option {
                setting.clone_from(value);
            }
        };
        if let Some(data) = &self.data {
            config.data.clone_from(data);
        }
        replace(&mut config.listen, &self.listen);
        replace(&mut config.otlp.grpc, &self.otlp_grpc);
        replace(&mut config.otlp.http, &self.otlp_http);
        for (name, url) in &self.upstreams {
            set_upstream(config, name, url);
        }
    }

    /// The option that sets the setting `key`, if it was given.
    pub(super) fn option(&self, key: &str) -> Option<String> {
        let given = match key {
            "data" => self.data.is_some(),
            "listen" => self.listen.is_some(),
            "otlp.grpc" => self.otlp_grpc.is_some(),
            "otlp.http" => self.otlp_http.is_some(),
            _ => {
                let name = key.strip_prefix("proxy.upstreams.")?.trim_end_matches(".url");
                let given = self.upstreams.iter().any(|(given, _)| given == name);
                return given.then(|| format!("--upstream {name}"));
            }
        };
        given.then(|| format!("--{}", key.replace('.', "-")))
    }
}

/// Sets an upstream's URL and keeps what else is set of it.
fn set_upstream(config: &mut Config, name: &str, url: &str) {
    use crate::proxy::{Dialect, UpstreamConfig};
    let new = UpstreamConfig::new(String::new(), Dialect::default());
    let upstreams = &mut config.proxy.upstreams;
    let upstream = upstreams.entry(name.to_owned()).or_insert(new);
    url.clone_into(&mut upstream.url);
}
