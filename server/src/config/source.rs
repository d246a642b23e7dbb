//! Where settings come from, as values: a file's text, variables, options.

use std::path::{Path, PathBuf};

use toml::Table;

use super::environment;
use super::problem::Problem;
use super::{Config, rules};

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
    /// The process's environment and a file: the named one, or `plainsight.toml` if there is one.
    pub fn from_process(file: Option<&Path>) -> Self {
        let variables = std::env::vars().filter(|(name, _)| name.starts_with(environment::PREFIX));
        let mut source = Self {
            variables: variables.collect(),
            ..Self::default()
        };
        let path = file.unwrap_or(Path::new(FILE));
        match std::fs::read_to_string(path) {
            Ok(text) => source.file = Some((path.display().to_string(), text)),
            Err(error) if file.is_none() && error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                source.unreadable =
                    Some(Problem::new(path.display().to_string(), error.to_string()));
            }
        }
        source
    }

    /// The same, with options of the command line.
    #[must_use]
    pub fn with_overrides(self, overrides: Overrides) -> Self {
        Self { overrides, ..self }
    }

    /// The configuration, as far as it can be read, and every problem.
    pub(super) fn read(&self) -> (Config, Vec<Problem>) {
        let mut problems: Vec<Problem> = self.unreadable.clone().into_iter().collect();
        let mut table = Table::new();
        if let Some((name, text)) = &self.file {
            table = read_file(name, text, &mut problems);
        }
        for (name, value) in &self.variables {
            match environment::path(name) {
                Ok(Some(path)) => environment::set(&mut table, &path, value),
                Ok(None) => {}
                Err(what) => problems.push(Problem::new(name, what)),
            }
        }
        let mut config = match Config::try_from_table(table) {
            Ok(config) => config,
            Err(what) => {
                problems.push(Problem::new("environment", what));
                Config::default()
            }
        };
        self.overrides.apply(&mut config);
        problems.extend(rules::check(&config));
        (config, problems)
    }
}

impl Config {
    fn try_from_table(table: Table) -> Result<Self, String> {
        table
            .try_into()
            .map_err(|error: toml::de::Error| error.message().replace('\n', "; "))
    }
}

/// The file's settings. A line that cannot be read is reported and passed over, so that the next
/// problem is found too.
fn read_file(name: &str, text: &str, problems: &mut Vec<Problem>) -> Table {
    let mut readable = text.to_owned();
    for _ in 0..MAX_PROBLEMS {
        let Err(error) = toml::from_str::<Config>(&readable) else {
            break;
        };
        let problem = Problem::of_toml(name, &readable, &error);
        let line = problem.line();
        problems.push(problem);
        let Some(without) = line.and_then(|line| without_line(&readable, line)) else {
            return Table::new();
        };
        readable = without;
    }
    readable.parse().unwrap_or_default()
}

/// The text with a line made empty; `None` when it was empty already.
fn without_line(text: &str, line: usize) -> Option<String> {
    let lines = text.split('\n').enumerate();
    let is_empty = |content: &str| content.trim().is_empty();
    if text.split('\n').nth(line - 1).is_none_or(is_empty) {
        return None;
    }
    let kept = lines.map(|(number, content)| if number + 1 == line { "" } else { content });
    Some(kept.collect::<Vec<_>>().join("\n"))
}

impl Overrides {
    fn apply(&self, config: &mut Config) {
        let Self {
            data,
            listen,
            otlp_grpc,
            otlp_http,
            upstreams,
        } = self.clone();
        config.data = data.unwrap_or(std::mem::take(&mut config.data));
        config.listen = listen.unwrap_or(std::mem::take(&mut config.listen));
        config.otlp.grpc = otlp_grpc.unwrap_or(std::mem::take(&mut config.otlp.grpc));
        config.otlp.http = otlp_http.unwrap_or(std::mem::take(&mut config.otlp.http));
        for (name, url) in upstreams {
            set_upstream(config, name, url);
        }
    }
}

/// Sets an upstream's URL and keeps what else is set of it.
fn set_upstream(config: &mut Config, name: String, url: String) {
    use crate::proxy::{Dialect, UpstreamConfig};
    let new = UpstreamConfig::new(String::new(), Dialect::default());
    config.proxy.upstreams.entry(name).or_insert(new).url = url;
}
