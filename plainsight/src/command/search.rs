//! `plainsight search`: words in what was said.

use anyhow::{Context, Result};
use clap::Args;
use model::{Kind, Timestamp};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Filters, Span};

use crate::cli::{Data, Verdict};
use crate::output::{self, Format};
use crate::read::Source;

/// Options of `search`.
#[derive(Args)]
pub(crate) struct Options {
    /// Words; "a phrase" in quotes; a prefix with *
    text: String,
    /// Only records of this kind
    #[arg(long)]
    kind: Option<String>,
    /// Only this user, by name or pseudonym
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
    let kind = options.kind.as_deref().map(kind).transpose()?;
    let hits: Vec<Found> = match Source::open(&options.data.data)? {
        Source::Server(server) => {
            let mut answer = server.get(&path(options))?;
            serde_json::from_value(answer["hits"].take())?
        }
        Source::Files(files) => {
            let user = options.user.clone().map(|user| files.pseudonym(user)).transpose()?;
            let session = options.session.clone();
            let filters = Filters { kind, user, session, ..Filters::default() };
            let reader = files.store(Span::default())?;
            let hits = reader.search(&options.text, &filters, options.limit)?;
            let names: Vec<&str> = parameters(options).map(|(name, _)| name).collect();
            files.note_access("records.search", &names, hits.len());
            serde_json::from_value(serde_json::to_value(hits)?)?
        }
    };
    let columns = ["index", "time", "kind", "user_id", "role", "text"].map(str::to_owned);
    let rows: Vec<_> = hits.into_iter().map(Found::cells).collect();
    output::rows(&columns, &rows, options.format)?;
    Ok(Verdict::Fine)
}

/// What is printed of a hit.
#[derive(Deserialize)]
struct Found {
    index: u64,
    time: Timestamp,
    kind: String,
    user_id: Option<String>,
    role: String,
    snippet: String,
}

impl Found {
    fn cells(self) -> Vec<Value> {
        vec![
            json!(self.index),
            json!(time(self.time)),
            json!(self.kind),
            json!(self.user_id),
            json!(self.role),
            json!(self.snippet),
        ]
    }
}

/// The parameters of the API's search that are given.
fn parameters(options: &Options) -> impl Iterator<Item = (&'static str, String)> {
    let Options { text, kind, user, session, limit, .. } = options;
    let given = [
        ("q", Some(text.clone())),
        ("limit", Some(limit.to_string())),
        ("kind", kind.clone()),
        ("user", user.clone()),
        ("session", session.clone()),
    ];
    given.into_iter().filter_map(|(name, value)| Some((name, value?)))
}

fn path(options: &Options) -> String {
    let pairs = parameters(options)
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC)));
    format!("/api/v1/search?{}", pairs.collect::<Vec<_>>().join("&"))
}

fn kind(name: &str) -> Result<Kind> {
    Kind::named(name).with_context(|| format!("there is no kind {name}"))
}

fn time(time: Timestamp) -> String {
    let moment = jiff::Timestamp::from_nanosecond(i128::from(time.nanos()));
    moment.map(|moment| format!("{moment:.3}")).unwrap_or_default()
}
