//! SQL functions of the store: times, quantiles, and hooks that the caller gives.
//!
//! None of them can reach a file or the network.

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::{Connection, Result};

use crate::day::iso_time;
use crate::sketch::Sketch;

/// A function from text to text, such as one that finds a pseudonym.
pub type TextFunction = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What the caller adds to SQL.
#[derive(Clone, Default)]
pub struct Functions {
    /// `pseudonym(clear)`: the pseudonym of a user's clear name, NULL where there is none.
    pub pseudonym: Option<TextFunction>,
    /// Further functions of one text argument, by name.
    pub others: Vec<(String, TextFunction)>,
}

const PURE: FunctionFlags = FunctionFlags::SQLITE_UTF8
    .union(FunctionFlags::SQLITE_DETERMINISTIC)
    .union(FunctionFlags::SQLITE_INNOCUOUS);

/// `iso_time(nanos)`, which an index of every day file is built on.
pub(crate) fn register_times(connection: &Connection) -> Result<()> {
    connection.create_scalar_function("iso_time", 1, PURE, |context| {
        Ok(context.get::<Option<i64>>(0)?.map(iso_time))
    })
}

/// What the writer needs: `add_sketches(one, other)` merges roll-ups inside one statement.
pub(crate) fn register_sums(connection: &Connection) -> Result<()> {
    connection.create_scalar_function("add_sketches", 2, PURE, |context| {
        let mut sketch = Sketch::decode(context.get_raw(0).as_blob().unwrap_or_default());
        sketch.merge(&Sketch::decode(context.get_raw(1).as_blob().unwrap_or_default()));
        Ok(sketch.encode())
    })
}

/// Everything that a reader offers.
pub(crate) fn register(connection: &Connection, functions: &Functions) -> Result<()> {
    register_times(connection)?;
    connection.create_scalar_function("quantile", 2, PURE, quantile)?;
    connection.create_aggregate_function("merge_sketches", 1, PURE, Merge)?;
    if let Some(pseudonym) = &functions.pseudonym {
        register_text(connection, "pseudonym", pseudonym)?;
    }
    for (name, function) in &functions.others {
        register_text(connection, name, function)?;
    }
    Ok(())
}

fn register_text(connection: &Connection, name: &str, function: &TextFunction) -> Result<()> {
    let function = Arc::clone(function);
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function(name, 1, flags, move |context| {
        Ok(context.get::<Option<String>>(0)?.and_then(|text| function(&text)))
    })
}

/// `quantile(sketch, q)`: milliseconds, NULL for an empty sketch or a `q` outside 0 to 1.
fn quantile(context: &mut Context<'_>) -> Result<Option<f64>> {
    let bytes = context.get::<Option<Vec<u8>>>(0)?.unwrap_or_default();
    let nanos = Sketch::decode(&bytes).quantile(context.get(1)?);
    Ok(nanos.map(|nanos| nanos / 1e6))
}

/// `merge_sketches(sketch)`: the sketch of all rows of a group.
struct Merge;

impl Aggregate<Sketch, Vec<u8>> for Merge
where
    Sketch: RefUnwindSafe + UnwindSafe,
{
    fn init(&self, _: &mut Context<'_>) -> Result<Sketch> {
        Ok(Sketch::default())
    }

    fn step(&self, context: &mut Context<'_>, sketch: &mut Sketch) -> Result<()> {
        if let Some(bytes) = context.get::<Option<Vec<u8>>>(0)? {
            sketch.merge(&Sketch::decode(&bytes));
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, sketch: Option<Sketch>) -> Result<Vec<u8>> {
        Ok(sketch.unwrap_or_default().encode())
    }
}
