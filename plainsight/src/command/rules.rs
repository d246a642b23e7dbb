//! `plainsight rules`: detection rules checked, tried on their own examples, listed, compared
//! and imported.

mod coverage;
mod events;
mod import;

use std::net::IpAddr;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use detect::testing::{self, Outcome};
use detect::{Problem, Rule, RuleSet, Weight};
use inspect::{Inspector, Judges};
use model::{Inspection, Keyed, Record};
use serde_json::{Value, json};
use server::detector::RuleFiles;
use vault::EphemeralKeys;

use crate::cli::Verdict;
use crate::output::{self, Answer, Format};
use crate::policy;

pub(crate) use coverage::coverage_of_shipped;

/// What to do with the rules.
#[derive(Subcommand)]
pub(crate) enum Action {
    /// Report every problem, with its place and what was likely meant
    Lint(Options),
    /// Run every rule on its own examples
    Test(TestOptions),
    /// List the rules that work
    List(Options),
    /// Compare the rules with peers' alerts and with the requirements
    Coverage(Options),
    /// Print the events of records, each with the rules that match it
    Events(events::Options),
    /// Write rules of other projects as rules on our events
    Import(import::Options),
}

/// Which rules, and how to answer.
#[derive(Args)]
pub(crate) struct Options {
    /// Files and folders; the shipped rules where none is named
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// How to answer
    #[arg(long, default_value = "text")]
    format: Answer,
}

/// Options of `rules test`.
#[derive(Args)]
pub(crate) struct TestOptions {
    #[command(flatten)]
    rules: Options,

    /// The configuration that examples are inspected by, instead of plainsight.toml where there is
    /// one
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Does it.
pub(crate) fn run(action: &Action) -> Result<Verdict> {
    match action {
        Action::Lint(options) => lint(options),
        Action::Test(options) => test(options),
        Action::List(options) => list(options),
        Action::Coverage(options) => coverage::run(options),
        Action::Events(options) => events::run(options),
        Action::Import(options) => import::run(options),
    }
}

fn lint(options: &Options) -> Result<Verdict> {
    let (rules, problems) = load(&options.paths)?;
    if options.format == Answer::Json {
        let answer = json!({"rules": rules.rules().len(), "problems": problems});
        output::say(&serde_json::to_string_pretty(&answer)?);
    } else {
        tell(&problems);
        output::say(&format!("{} rules, {} problems", rules.rules().len(), problems.len()));
    }
    Ok(verdict(&problems))
}

fn test(options: &TestOptions) -> Result<Verdict> {
    let (rules, problems) = load(&options.rules.paths)?;
    let (inspector, _) = policy::inspector(options.config.as_deref())?;
    let keys = EphemeralKeys::generate()?;
    let outcomes = testing::run(&rules, &|record| prepare(record, &inspector, &keys));
    let wrong: Vec<&Outcome> = outcomes.iter().filter(|outcome| !outcome.is_right()).collect();
    if options.rules.format == Answer::Json {
        let answer = json!({"outcomes": outcomes, "wrong": wrong.len(), "problems": problems});
        output::say(&serde_json::to_string_pretty(&answer)?);
    } else {
        tell(&problems);
        for outcome in &wrong {
            let what = if outcome.expected { "raises nothing" } else { "raises an alert" };
            output::say(&format!("{}: example `{}` {what}", outcome.file, outcome.example));
        }
        output::say(&format!(
            "{} rules, {} examples, {} wrong",
            rules.rules().len(),
            outcomes.len(),
            wrong.len()
        ));
    }
    Ok(if wrong.is_empty() { verdict(&problems) } else { Verdict::FoundWrong })
}

fn list(options: &Options) -> Result<Verdict> {
    let (rules, problems) = load(&options.paths)?;
    let columns = ["severity", "events", "title", "id", "tags", "file"].map(str::to_owned);
    let rows: Vec<Vec<Value>> = rules.rules().iter().map(row).collect();
    let format = if options.format == Answer::Json { Format::Json } else { Format::Table };
    output::rows(&columns, &rows, format)?;
    for problem in &problems {
        output::complain(&problem.to_string());
    }
    Ok(verdict(&problems))
}

fn row(rule: &Rule) -> Vec<Value> {
    let events = match (rule.is_correlation(), rule.category) {
        (true, _) => "correlation",
        (false, Some(category)) => category.as_str(),
        (false, None) => "any",
    };
    let severity = if rule.is_silent { "base" } else { rule.severity.as_str() };
    vec![
        json!(severity),
        json!(events),
        json!(rule.title),
        json!(rule.id),
        json!(rule.tags.join(" ")),
        json!(rule.file),
    ]
}

fn tell(problems: &[Problem]) {
    for problem in problems {
        output::say(&problem.to_string());
    }
}

/// A warning alone is not wrong.
fn verdict(problems: &[Problem]) -> Verdict {
    let wrong = problems.iter().any(|problem| problem.weight == Weight::Error);
    if wrong { Verdict::FoundWrong } else { Verdict::Fine }
}

/// Loads the rules of files and folders, or the shipped ones.
fn load(paths: &[PathBuf]) -> Result<(RuleSet, Vec<Problem>)> {
    if paths.is_empty() {
        return Ok(RuleSet::load(detect::shipped()));
    }
    for path in paths {
        let mut files = RuleFiles::default();
        files.read(std::slice::from_ref(path))?;
        if files.is_empty() {
            bail!("{}: has no rule files (.yml or .yaml)", path.display());
        }
    }
    let mut files = RuleFiles::default();
    files.read(paths)?;
    Ok(files.load())
}

/// A raw record as the recorder would have made it: pseudonyms, then inspection. One that an example
/// says was inspected in part stays so.
fn prepare(mut record: Record, inspector: &Inspector, keys: &EphemeralKeys) -> Record {
    record.version = 1;
    let name = |start: &str, clear: &str| {
        let fingerprint = keys.fingerprint(&record.tenant, start, clear.as_bytes());
        format!("{start}_{fingerprint}")
    };
    let user = record.actor.user.as_deref().map(|clear| name("u", clear));
    let api_key = record.actor.api_key.as_deref().map(|clear| name("key", clear));
    let address = record.actor.client_address.as_deref().map(|clear| {
        let loopback = clear.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        if loopback { clear.to_owned() } else { name("ip", clear) }
    });
    record.actor.user = user;
    record.actor.api_key = api_key;
    record.actor.client_address = address;
    let was = record.inspection;
    // What was sealed or failed is the recorder's to keep; a rule sees the record alone.
    let _ = inspector.inspect(&mut record, keys);
    record.signals.extend(Judges::default().judge(&record).signals);
    if was == Inspection::Partial {
        record.inspection = was;
    }
    record
}
