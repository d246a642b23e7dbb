//! `plainsight drill`: harmless attacks through the real doors, and the alerts they raise.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use detect::RuleSet;
use indicatif::ProgressBar;
use serde_json::{Value, json};
use server::Endpoint;
use server::detector::RuleFiles;

use super::serve;
use crate::cli::{Data, Verdict};
use crate::drill::{self, Drill, Ending, Expected, Outcome, Proxy, Report, Run};
use crate::output::{self, Answer, Format};
use crate::remote::Client;

/// Options of `drill`.
#[derive(Args)]
pub(crate) struct Options {
    /// Only this class; may be said several times
    #[arg(long, value_name = "CLASS")]
    only: Vec<String>,
    /// How long to wait for an alert, and for each sink
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    timeout: u64,
    /// Call upstreams that are not on the server's machine, too
    #[arg(long)]
    through_proxy: bool,
    /// List the classes, and send nothing
    #[arg(long)]
    list: bool,
    /// How to answer
    #[arg(long, default_value = "text")]
    format: Answer,
    #[command(flatten)]
    data: Data,
}

/// Does it, and tells whether every class alarmed.
pub(crate) fn run(options: &Options) -> Result<Verdict> {
    let drills: Vec<(usize, Drill)> = drill::shipped()?.into_iter().enumerate().collect();
    let drills = chosen(drills, &options.only)?;
    let (rules, _) = RuleFiles::shipped().load();
    if options.list {
        return list(&drills, &rules, options.format);
    }
    let report = serve::runtime()?.block_on(fire(options, &drills, &rules))?;
    tell(&report, options.format)?;
    Ok(if report.is_fine() { Verdict::Fine } else { Verdict::FoundWrong })
}

fn chosen(mut drills: Vec<(usize, Drill)>, only: &[String]) -> Result<Vec<(usize, Drill)>> {
    if let Some(unknown) = only.iter().find(|id| drills.iter().all(|(_, known)| known.id != **id)) {
        bail!("there is no drill `{unknown}`; `plainsight drill --list` shows all");
    }
    drills.retain(|(_, drill)| only.is_empty() || only.contains(&drill.id));
    Ok(drills)
}

fn list(drills: &[(usize, Drill)], rules: &RuleSet, format: Answer) -> Result<Verdict> {
    let columns = ["class", "what happens", "rule", "severity"].map(str::to_owned);
    let row = |(_, drill): &(usize, Drill)| -> Result<Vec<Value>> {
        let expected = Expected::of(&drill.expect, rules)?;
        let first = expected.first().context("a drill expects nothing")?;
        Ok(vec![json!(drill.id), json!(drill.title), json!(first.title), json!(first.severity)])
    };
    let rows: Vec<_> = drills.iter().map(row).collect::<Result<_>>()?;
    let format = if format == Answer::Json { Format::Json } else { Format::Table };
    output::rows(&columns, &rows, format)?;
    Ok(Verdict::Fine)
}

async fn fire(options: &Options, drills: &[(usize, Drill)], rules: &RuleSet) -> Result<Report> {
    let data = &options.data.data;
    let client = Client::of_running(data).await?;
    let client = client.with_context(|| format!("no server runs on {}", data.display()))?;
    let local = Endpoint::read(data).map(|endpoint| endpoint.local_upstreams).unwrap_or_default();
    let proxy = Proxy { local, anywhere: options.through_proxy };
    let mut run = Run::new(client, Duration::from_secs(options.timeout), proxy).await?;
    let bar = ProgressBar::new(drills.len() as u64);
    let mut outcomes = Vec::with_capacity(drills.len());
    for (number, drill) in drills {
        let expected = Expected::of(&drill.expect, rules)?;
        let outcome = run.drill(*number, drill, &expected).await;
        outcomes.push(outcome.unwrap_or_else(|error| {
            Outcome::new(drill, &expected, Ending::Refused(format!("{error:#}")))
        }));
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(Report { run: run.id, caught_up: run.caught_up, outcomes })
}

fn tell(report: &Report, format: Answer) -> Result<()> {
    if format == Answer::Json {
        output::say(&serde_json::to_string_pretty(&report.to_json())?);
        return Ok(());
    }
    output::rows(&Report::columns(), &report.rows(), Format::Table)?;
    output::say(&format!("\n{}", report.summary()));
    output::say(&format!("All of it is marked plainsight.drill = {}", report.run));
    Ok(())
}
