//! `GET /api/v1/facets` and `GET /api/v1/histogram`: how many records there are of each value, and
//! over time; and the list of records as items.
//!
//! A facet that is narrowed itself is counted as if it were not: one who chose a model sees what other
//! models there are.

use axum::Json;
use axum::extract::State;
use model::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use store::{Bin, Cell, Facets, Of, Table};

use super::caller::Caller;
use super::filters::{Filters, Resolved, Window};
use super::items::{self, Item, index_of};
use super::parameters::Parameters;
use super::reading::Shared;
use super::time::Iso;
use crate::refusal::Refusal;

/// Bins of a time line, where it is not said.
const BINS: usize = 60;
/// The most bins.
const MOST_BINS: u64 = 1_000;
/// Items of a page, where it is not said.
const PAGE: usize = 100;
/// Items of the largest page.
const MOST: usize = 1_000;

/// How many records there are of each value.
#[derive(Serialize, JsonSchema)]
pub(super) struct Counts {
    #[schemars(with = "std::collections::BTreeMap<String, Vec<Value>>")]
    facets: Facets,
    count: u64,
    /// Whether every record was counted: of very frequent words the newest are.
    is_exact: bool,
}

/// A value, and how often it occurs.
#[derive(Serialize, JsonSchema)]
struct Value {
    value: String,
    count: u64,
}

/// How many records there are over time.
#[derive(Serialize, JsonSchema)]
pub(super) struct TimeLine {
    from: Iso,
    to: Iso,
    bin_s: f64,
    bins: Vec<TimeBin>,
    is_exact: bool,
}

/// A stretch of time.
#[derive(Serialize, JsonSchema)]
pub(super) struct TimeBin {
    /// When it begins.
    time: Iso,
    count: u64,
    errors: u64,
    attacks: u64,
}

/// A page of records.
#[derive(Serialize, JsonSchema)]
pub(super) struct ItemPage {
    items: Vec<Item>,
    /// The `cursor` of the next page; null on the last.
    next: Option<String>,
    total: Total,
}

/// How many records there are in all.
#[derive(Serialize, JsonSchema)]
pub(super) struct Total {
    count: u64,
    /// Whether every record was counted: of very frequent words the newest are.
    is_exact: bool,
}

pub(super) async fn facets(
    caller: Caller,
    State(shared): State<Shared>,
    mut parameters: Parameters,
) -> Result<Json<Counts>, Refusal> {
    let window = Window::of(&mut parameters, &shared)?;
    let filters = Filters::of(&mut parameters, &caller)?.within(window);
    let names = parameters.finish()?;
    let counts = shared
        .blocking(move |shared| {
            let resolved = filters.resolve(shared)?;
            let counted =
                shared.columns(window.span(), |columns| columns.choices(&resolved.question))?;
            let (facets, count) = counted;
            Ok(Counts { facets, count, is_exact: resolved.is_exact })
        })
        .await?;
    shared.note_access(&caller, "records.facets", &names, 0).await;
    Ok(Json(counts))
}

pub(super) async fn histogram(
    caller: Caller,
    State(shared): State<Shared>,
    mut parameters: Parameters,
) -> Result<Json<TimeLine>, Refusal> {
    let window = Window::of(&mut parameters, &shared)?;
    let filters = Filters::of(&mut parameters, &caller)?.within(window);
    let bins = parameters.number("bins")?.map_or(BINS as u64, |bins| bins.clamp(1, MOST_BINS));
    let names = parameters.finish()?;
    let bins = usize::try_from(bins).unwrap_or(BINS);
    let width = (window.length() / i64::try_from(bins).unwrap_or(1)).max(1);
    let (counted, is_exact) = shared
        .blocking(move |shared| {
            let resolved = filters.resolve(shared)?;
            let from = window.from.nanos();
            let counted = shared.columns(window.span(), |columns| {
                columns.histogram(&resolved.question, from, width, bins)
            })?;
            Ok((counted, resolved.is_exact))
        })
        .await?;
    shared.note_access(&caller, "records.histogram", &names, 0).await;
    let begins = (0_i64..).map(|bin| window.from.nanos().saturating_add(width.saturating_mul(bin)));
    let bins = begins.zip(counted).map(|(time, Bin { count, errors, attacks })| TimeBin {
        time: Iso(Timestamp(time)),
        count,
        errors,
        attacks,
    });
    let bins = bins.collect();
    let (from, to, bin_s) = (Iso(window.from), Iso(window.to), width as f64 / 1e9);
    Ok(Json(TimeLine { from, to, bin_s, bins, is_exact }))
}

/// The list of records as items.
pub(super) async fn list(
    caller: Caller,
    shared: Shared,
    parameters: Parameters,
) -> Result<Json<ItemPage>, Refusal> {
    let (wanted, names) = Wanted::of(parameters, &caller)?;
    let (limit, words) = (wanted.limit, wanted.filters.words.clone());
    let (scope, span) = (wanted.filters.scope.clone(), wanted.filters.span);
    let page = shared
        .blocking(move |shared| {
            let (ids, total) = wanted.find(shared)?;
            let items = shared.ask(&scope, span, |reader| {
                let mut items = items::items_at(reader, &ids)?;
                if let Some(words) = words {
                    add_snippets(reader, &words, &ids, &mut items)?;
                }
                Ok(items)
            })?;
            let next = ids.last().filter(|_| ids.len() == limit).map(ToString::to_string);
            Ok(ItemPage { items, next, total })
        })
        .await?;
    shared.note_access(&caller, "records.list", &names, page.items.len()).await;
    Ok(Json(page))
}

/// The same records as columns and rows, and the value of `before` for the next page.
pub(super) async fn table(
    caller: Caller,
    shared: Shared,
    parameters: Parameters,
) -> Result<(Table, Option<i64>), Refusal> {
    let (wanted, names) = Wanted::of(parameters, &caller)?;
    let (scope, span, limit) = (wanted.filters.scope.clone(), wanted.filters.span, wanted.limit);
    let (table, next) = shared
        .blocking(move |shared| {
            let (ids, _) = wanted.find(shared)?;
            let mut table = shared.ask(&scope, span, |reader| {
                Ok(reader.records_of(&Of::Indexes(&ids), ids.len())?)
            })?;
            let place = |row: &Vec<Cell>| match row.first() {
                Some(Cell::Integer(index)) => ids.iter().position(|id| id == index),
                _ => None,
            };
            table.rows.sort_by_key(place);
            let next = ids.last().filter(|_| ids.len() == limit).copied();
            Ok((table, next))
        })
        .await?;
    shared.note_access(&caller, "records.list", &names, table.rows.len()).await;
    Ok((table, next))
}

/// Which page of which records.
struct Wanted {
    filters: Filters,
    past: Option<i64>,
    is_rising: bool,
    limit: usize,
}

impl Wanted {
    /// Takes them out of the parameters, and gives the names of those.
    fn of(
        mut parameters: Parameters,
        caller: &Caller,
    ) -> Result<(Self, Vec<&'static str>), Refusal> {
        let limit = parameters.limit(PAGE, MOST)?;
        let past = parameters.number("cursor")?.or(parameters.number("before")?);
        let past = past.map(|past| i64::try_from(past).unwrap_or(i64::MAX));
        let is_rising = parameters.text("order").as_deref() == Some("asc");
        let filters = Filters::of(&mut parameters, caller)?;
        Ok((Self { filters, past, is_rising, limit }, parameters.finish()?))
    }

    /// Their ledger indexes, and how many records there are in all. Blocks.
    fn find(self, shared: &Shared) -> Result<(Vec<i64>, Total), Refusal> {
        let Self { filters, past, is_rising, limit } = self;
        let span = filters.span;
        let Resolved { question, is_exact } = filters.resolve(shared)?;
        let page =
            shared.columns(span, |columns| columns.page(&question, past, is_rising, limit))?;
        Ok((page.ids, Total { count: page.count, is_exact }))
    }
}

fn add_snippets(
    reader: &store::Reader,
    words: &str,
    indexes: &[i64],
    items: &mut [Item],
) -> Result<(), Refusal> {
    let snippets = reader.snippets(words, indexes)?;
    for item in items {
        let index = index_of(item);
        let snippet = snippets.iter().find(|(of, _)| *of == index).map(|(_, snippet)| snippet);
        item.insert("snippet".to_owned(), json!(snippet));
    }
    Ok(())
}
