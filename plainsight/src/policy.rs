//! The inspector of a command that inspects without a server: of the configuration that is named or
//! found, and of the defaults where there is none. Likewise the classifiers of attacks, for one that
//! detects without a server.

use std::path::Path;

use anyhow::{Result, anyhow};
use inspect::{Inspector, Judges, Policy};
use server::config::{Config, Source};

use crate::output;

/// Builds it from `file`, or `plainsight.toml` where there is one, and the environment; with the
/// policy that it follows. Every problem of the configuration is told.
pub(crate) fn inspector(file: Option<&Path>) -> Result<(Inspector, Policy)> {
    let policy = config(file)?.inspect;
    let inspector = Inspector::with_files(&policy, &|file| std::fs::read_to_string(file))?;
    Ok((inspector, policy))
}

/// The same as [`inspector`], with the classifiers of attacks of the configuration.
pub(crate) fn inspector_with_judges(file: Option<&Path>) -> Result<Inspector> {
    let config = config(file)?;
    let judges = Judges::new(config.detect.classifier.as_ref())?;
    let read = |file: &Path| std::fs::read_to_string(file);
    Ok(Inspector::with_files(&config.inspect, &read)?.with_judges(judges))
}

/// Those of `file`; the built-in one alone where none is named. Every problem of the configuration
/// is told.
pub(crate) fn judges(file: Option<&Path>) -> Result<Judges> {
    let Some(file) = file else { return Ok(Judges::default()) };
    Ok(Judges::new(config(Some(file))?.detect.classifier.as_ref())?)
}

fn config(file: Option<&Path>) -> Result<Config> {
    Config::load(&Source::from_process(file)).map_err(|problems| {
        for problem in &problems {
            output::complain(&problem.to_string());
        }
        anyhow!("the configuration has {} problems", problems.len())
    })
}
