//! `plainsight reference`: the reference texts, generated from the program itself.

use std::io::Write;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::cli::Verdict;
use crate::drill;

/// Options of `reference`.
#[derive(Args)]
pub(crate) struct Options {
    /// What to print
    topic: Topic,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Topic {
    /// Every key of plainsight.toml
    Configuration,
    /// What the shipped rules see of peers' alerts and of the requirements
    Coverage,
    /// The attacks of `plainsight drill`
    Drills,
    /// The JSON schema of the events API
    EventsSchema,
    /// The description of the API
    Openapi,
    /// Who may do what
    Roles,
    /// Events, fields and keys of detection rules
    Rules,
    /// The views of `plainsight query`
    Views,
}

/// Prints the text.
pub(crate) fn run(options: &Options) -> Result<Verdict> {
    let text = match options.topic {
        Topic::Configuration => server::config::reference(),
        Topic::Coverage => super::rules::coverage_of_shipped()?.markdown(),
        Topic::Drills => drill::reference(&drill::shipped()?),
        Topic::EventsSchema => server::events::schema(),
        Topic::Openapi => server::api::openapi(),
        Topic::Roles => server::api::roles_reference(),
        Topic::Rules => detect::reference(),
        Topic::Views => {
            store::views_reference().map_err(|error| anyhow::anyhow!("views: {error}"))?
        }
    };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(Verdict::Fine)
}
