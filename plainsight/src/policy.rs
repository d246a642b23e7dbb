//! The inspector of a command that inspects without a server: of the configuration that is named or
//! found, and of the defaults where there is none.

use std::path::Path;

use anyhow::{Result, anyhow};
use inspect::{Inspector, Policy};
use server::config::{Config, Source};

use crate::output;

/// Builds it from `file`, or `plainsight.toml` where there is one, and the environment; with the
/// policy that it follows. Every problem of the configuration is told.
pub(crate) fn inspector(file: Option<&Path>) -> Result<(Inspector, Policy)> {
    let config = Config::load(&Source::from_process(file)).map_err(|problems| {
        for problem in &problems {
            output::complain(&problem.to_string());
        }
        anyhow!("the configuration has {} problems", problems.len())
    })?;
    let policy = config.inspect;
    let inspector = Inspector::with_files(&policy, &|file| std::fs::read_to_string(file))?;
    Ok((inspector, policy))
}
