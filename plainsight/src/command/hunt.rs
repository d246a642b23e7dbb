//! `plainsight hunt`: a rule over what was recorded.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use detect::Weight;
use indicatif::ProgressBar;
use server::detector::{RuleFiles, Told, hunt};

use crate::cli::{Data, Verdict};
use crate::files::Files;
use crate::output;
use crate::policy;

/// Options of `hunt`.
#[derive(Args)]
pub(crate) struct Options {
    /// Rule files, and folders of them
    #[arg(value_name = "RULE", required = true)]
    rules: Vec<PathBuf>,
    /// The first record to look at, by its ledger index
    #[arg(long, value_name = "INDEX", default_value_t = 0)]
    from: u64,
    /// The record to stop before, by its ledger index
    #[arg(long, value_name = "INDEX")]
    to: Option<u64>,
    /// How to print what is found
    #[arg(long, value_enum, default_value_t = Answer::Text)]
    format: Answer,
    /// The configuration whose detect.classifier is asked beside the built-in one
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    data: Data,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Answer {
    Text,
    /// One JSON object a line
    Jsonl,
}

/// Prints each alert that the rules would have raised, as it is found. Exit code 1 when there is one.
pub(crate) fn run(options: &Options) -> Result<Verdict> {
    let mut rules = RuleFiles::default();
    rules.read(&options.rules)?;
    let (rules, problems) = rules.load();
    for problem in &problems {
        output::complain(&problem.to_string());
    }
    if rules.rules().is_empty() || problems.iter().any(|problem| problem.weight == Weight::Error) {
        bail!("no hunt with broken rules");
    }
    let judges = policy::judges(options.config.as_deref())?;
    let files = Files::open(&options.data.data, None)?;
    let archive = files.archive()?;
    let end = options.to.unwrap_or(u64::MAX).min(archive.ledger().size()?);
    let bar = ProgressBar::new_spinner();
    let (begin, mut found) = (Instant::now(), 0_usize);
    let seen = hunt(&archive, options.from..end, rules, &judges, |told| {
        found += 1;
        bar.suspend(|| tell(&told, options.format));
    })?;
    bar.finish_and_clear();
    files.note_access("records.hunt", &["rule"], found);
    if options.format == Answer::Text {
        let seconds = begin.elapsed().as_secs_f64();
        output::say(&format!("{seen} records in {seconds:.1} s, {found} alerts"));
    }
    Ok(if found == 0 { Verdict::Fine } else { Verdict::FoundWrong })
}

fn tell(told: &Told, format: Answer) {
    let alert = &told.alert;
    if format == Answer::Jsonl {
        output::say(&serde_json::to_string(told).unwrap_or_default());
        return;
    }
    let evidence: Vec<String> = alert.evidence.iter().take(5).map(u64::to_string).collect();
    output::say(&format!(
        "{} {}: {} (records {})",
        alert.severity.as_str(),
        alert.rule.title,
        alert.reason,
        evidence.join(", ")
    ));
}
