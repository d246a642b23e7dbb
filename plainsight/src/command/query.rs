//! `plainsight query`: read-only SQL over the documented views.

use std::path::Path;

use anyhow::Result;
use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Limits, Span};

use crate::cli::{Data, Verdict};
use crate::output::{self, Format};
use crate::read::Source;

/// Options of `query`.
#[derive(Args)]
pub(crate) struct Options {
    /// A SELECT over records, messages, tool_calls, findings, alerts, entities, access, events,
    /// metrics, rollup_minute or rollup_hour (see `plainsight reference views`)
    sql: String,
    /// How to print the rows
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// The most rows to print
    #[arg(long, default_value_t = 10_000)]
    limit: usize,
    #[command(flatten)]
    data: Data,
}

/// Runs one query.
pub(crate) fn run(options: &Options) -> Result<Verdict> {
    let (columns, rows) = ask(&options.data.data, &options.sql, options.limit)?;
    output::rows(&columns, &rows, options.format)?;
    Ok(Verdict::Fine)
}

/// The columns and rows of a query.
pub(crate) fn ask(data: &Path, sql: &str, limit: usize) -> Result<(Vec<String>, Vec<Vec<Value>>)> {
    let answer = match Source::open(data)? {
        Source::Server(server) => {
            server.post("/api/v1/query", &json!({"sql": sql, "limit": limit}))?
        }
        Source::Files(files) => {
            let limits = Limits { rows: limit, ..Limits::default() };
            let reader = files.store(Span::default())?;
            let table = reader.query(sql, &limits)?;
            files.note_access("records.query", &["sql"], table.rows.len());
            serde_json::to_value(table)?
        }
    };
    let Answer { columns, rows } = serde_json::from_value(answer)?;
    Ok((columns, rows))
}

/// The rows of an answer.
#[derive(Deserialize)]
struct Answer {
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}
