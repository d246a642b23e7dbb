//! `plainsight search`: words in what was said.

use anyhow::{Context, Result};
use clap::Args;
use model::{Kind, Timestamp};
use serde_json::json;
use store::{Filters, Span};

use crate::cli::{Data, Verdict};
use crate::output::{self, Format};
use crate::read;

/// Options of `search`.
#[derive(Args)]
pub(crate) struct Options {
    /// Words; "a phrase" in quotes; a prefix with *
    text: String,
    /// Only records of this kind
    #[arg(long)]
    kind: Option<String>,
    /// Only this user (pseudonym)
    #[arg(long)]
    user: Option<String>,
    /// Only this session
    #[arg(long)]
    session: Option<String>,
    /// The most hits
    #[arg(long, default_value_t = 20)]
    limit: usize,
    /// How to print the hits
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    data: Data,
}

/// Prints the hits, newest first.
pub(crate) fn run(options: &Options) -> Result<Verdict> {
    let reader = read::Data::open(&options.data.data)?.store(Span::default())?;
    let filters = Filters {
        kind: options.kind.as_deref().map(kind).transpose()?,
        user: options.user.clone(),
        session: options.session.clone(),
        ..Filters::default()
    };
    let hits = reader.search(&options.text, &filters, options.limit)?;
    let columns = ["index", "time", "kind", "user_id", "role", "text"].map(str::to_owned);
    let rows: Vec<_> = hits
        .into_iter()
        .map(|hit| {
            vec![
                json!(hit.index),
                json!(time(hit.time)),
                json!(hit.kind),
                json!(hit.user_id),
                json!(hit.role),
                json!(hit.snippet),
            ]
        })
        .collect();
    output::rows(&columns, &rows, options.format)?;
    Ok(Verdict::Fine)
}

fn kind(name: &str) -> Result<Kind> {
    Kind::named(name).with_context(|| format!("there is no kind {name}"))
}

fn time(time: Timestamp) -> String {
    let moment = jiff::Timestamp::from_nanosecond(i128::from(time.nanos()));
    moment.map(|moment| format!("{moment:.3}")).unwrap_or_default()
}
