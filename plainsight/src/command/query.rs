//! `plainsight query`: read-only SQL over the documented views.

use anyhow::Result;
use clap::Args;
use serde_json::Value;
use store::{Limits, Span};

use crate::cli::{Data, Verdict};
use crate::output::{self, Format};
use crate::read;

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
    let reader = read::Data::open(&options.data.data)?.store(Span::default())?;
    let limits = Limits { rows: options.limit, ..Limits::default() };
    let table = reader.query(&options.sql, &limits)?;
    let rows: Vec<Vec<Value>> = serde_json::from_value(serde_json::to_value(&table.rows)?)?;
    output::rows(&table.columns, &rows, options.format)?;
    Ok(Verdict::Fine)
}
