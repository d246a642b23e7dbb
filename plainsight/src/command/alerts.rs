//! `plainsight alerts`: what was raised, and what people say of it.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use model::SystemClock;
use serde_json::{Value, json};
use server::judgement::{self, Opinion, Speaker, Suppression};

use crate::cli::{Data, Verdict};
use crate::command::{query, serve, unseal};
use crate::files::reader;
use crate::output::{self, Format};
use crate::read::Server;

/// What to do with alerts.
#[derive(Subcommand)]
pub(crate) enum Action {
    /// List them, newest first
    List(ListOptions),
    /// Say whether one was right; it is recorded
    Verdict(VerdictOptions),
    /// Pass over alerts of a rule, or about somebody, until a moment; it is recorded
    Suppress(SuppressOptions),
}

/// Options of `alerts list`.
#[derive(Args)]
pub(crate) struct ListOptions {
    /// Only this severity and worse
    #[arg(long, value_enum, default_value_t = Severity::Informational)]
    severity: Severity,
    /// The most alerts
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    data: Data,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum Severity {
    Informational,
    Low,
    Medium,
    High,
    Critical,
}

/// Options of `alerts verdict`.
#[derive(Args)]
pub(crate) struct VerdictOptions {
    /// The alert's id
    id: String,
    /// What it was
    #[arg(value_enum)]
    verdict: Said,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    #[command(flatten)]
    data: Data,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Said {
    TruePositive,
    FalsePositive,
}

/// Options of `alerts suppress`.
#[derive(Args)]
pub(crate) struct SuppressOptions {
    /// The rule, by its id; every rule where it is left out
    #[arg(long, value_name = "ID")]
    rule: Option<String>,
    /// What the alert must be about, as `user.id=…`; may be given several times
    #[arg(long = "entity", value_name = "NAME=VALUE")]
    entities: Vec<String>,
    /// Until when (RFC 3339)
    #[arg(long, value_name = "TIME")]
    until: jiff::Timestamp,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    data: Data,
}

pub(crate) fn run(action: &Action) -> Result<Verdict> {
    match action {
        Action::List(options) => list(options),
        Action::Verdict(options) => verdict(options),
        Action::Suppress(options) => suppress(options),
    }
}

/// The newest count of each alert.
fn list(options: &ListOptions) -> Result<Verdict> {
    let severities: Vec<String> = Severity::value_variants()
        .iter()
        .filter(|severity| **severity >= options.severity)
        .filter_map(|severity| Some(format!("'{}'", severity.to_possible_value()?.get_name())))
        .collect();
    let sql = format!(
        "SELECT time, severity, name, reason, count, user_id, session_id, evidence, id FROM (\
         SELECT *, row_number() OVER (PARTITION BY coalesce(id, \"index\") ORDER BY \"index\" DESC) \
         AS newest FROM alerts) WHERE newest = 1 AND coalesce(severity, 'informational') IN ({}) \
         ORDER BY \"index\" DESC",
        severities.join(", ")
    );
    let (columns, rows) = query::ask(&options.data.data, &sql, options.limit)?;
    output::rows(&columns, &rows, options.format)?;
    Ok(Verdict::Fine)
}

fn verdict(options: &VerdictOptions) -> Result<Verdict> {
    let verdict = match options.verdict {
        Said::TruePositive => Opinion::TruePositive,
        Said::FalsePositive => Opinion::FalsePositive,
    };
    let verdict = judgement::Verdict { verdict, reason: options.reason.clone() };
    let path = format!("/api/v1/alerts/{}/verdict", options.id);
    let index = match Server::of(&options.data.data)? {
        Some(server) => index(&server.post(&path, &json!(verdict))?)?,
        None => serve::runtime()?.block_on(async {
            let engine = unseal::open(&options.data.data)?;
            let recorder = &*engine.recorder;
            let said = judgement::judge(
                recorder,
                &Speaker::new(&reader()),
                &options.id,
                &verdict,
                &SystemClock,
            )
            .await;
            engine.close().await;
            anyhow::Ok(said?)
        })?,
    };
    output::say(&format!("recorded as {index}"));
    Ok(Verdict::Fine)
}

fn suppress(options: &SuppressOptions) -> Result<Verdict> {
    let suppression = Suppression {
        rule: options.rule.clone(),
        entities: entities(&options.entities)?,
        until: options.until,
        reason: options.reason.clone(),
    };
    let index = match Server::of(&options.data.data)? {
        Some(server) => index(&server.post("/api/v1/suppressions", &json!(suppression))?)?,
        None => serve::runtime()?.block_on(async {
            let engine = unseal::open(&options.data.data)?;
            let recorder = &*engine.recorder;
            let said =
                judgement::suppress(recorder, &Speaker::new(&reader()), &suppression, &SystemClock)
                    .await;
            engine.close().await;
            anyhow::Ok(said?)
        })?,
    };
    output::say(&format!("recorded as {index}"));
    Ok(Verdict::Fine)
}

fn entities(given: &[String]) -> Result<BTreeMap<String, String>> {
    let pair = |entity: &String| {
        let Some((name, value)) = entity.split_once('=') else {
            bail!("--entity {entity}: is not NAME=VALUE")
        };
        Ok((name.to_owned(), value.to_owned()))
    };
    given.iter().map(pair).collect()
}

fn index(answer: &Value) -> Result<u64> {
    answer.get("index").and_then(Value::as_u64).context("the server's answer has no index")
}
