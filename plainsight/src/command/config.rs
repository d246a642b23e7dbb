//! `plainsight config check`.

use std::path::PathBuf;

use clap::Args;
use server::config::{Config, Source};

use crate::cli::Verdict;
use crate::output;

/// Options of `config check`.
#[derive(Args)]
pub(crate) struct Options {
    /// The file to check
    #[arg(value_name = "FILE", default_value = "plainsight.toml")]
    file: PathBuf,
}

/// Prints every problem of the file and the environment.
pub(crate) fn run(options: &Options) -> Verdict {
    let problems = Config::check(&Source::from_process(Some(&options.file)));
    for problem in &problems {
        output::say(&problem.to_string());
    }
    if problems.is_empty() {
        output::say(&format!("{}: no problems", options.file.display()));
        return Verdict::Fine;
    }
    Verdict::FoundWrong
}
