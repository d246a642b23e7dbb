//! `plainsight rules coverage`: what rules see of peers' alerts and of the requirements.

use anyhow::{Error, Result};
use detect::{Coverage, RuleSet};

use super::{Answer, Options, load, tell, verdict};
use crate::cli::Verdict;
use crate::output;

/// Prints it as JSON, or as the Markdown of docs/coverage.md.
pub(super) fn run(options: &Options) -> Result<Verdict> {
    let (rules, problems) = load(&options.paths)?;
    let coverage = Coverage::of(&rules).map_err(Error::msg)?;
    if options.format == Answer::Json {
        output::say(&serde_json::to_string_pretty(&coverage)?);
    } else {
        output::say(coverage.markdown().trim_end());
        tell(&problems);
    }
    Ok(verdict(&problems))
}

/// What the shipped rules cover.
pub(crate) fn coverage_of_shipped() -> Result<Coverage> {
    Coverage::of(&RuleSet::load(detect::shipped()).0).map_err(Error::msg)
}
