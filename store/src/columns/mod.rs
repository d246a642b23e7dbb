//! What people filter by, in memory: a few columns of each day, as numbers, so that facets, time
//! lines and pages over a million records take milliseconds whatever is asked together.
//!
//! Read from the day files when first asked for, and then kept up with what the writer adds and
//! changes. Some 60 bytes a record; days that were not asked for lately are let go of. It holds no
//! content.

mod acting;
mod day;
mod question;
mod scores;
mod words;

use std::collections::BTreeMap;

pub use acting::Acting;
pub use question::{Bin, Counted, Facets, Page, Question};
pub use scores::Scores;

use crate::QueryError;
use crate::query::Limits;
use crate::reader::{Reader, sql_error};
use day::Day;
use words::Words;

/// Records that are held at most, in days that are not asked for.
const MOST: usize = 4_000_000;

/// The columns of days.
#[derive(Default)]
pub struct Columns {
    /// By the names of the files' schemas, so by day.
    days: BTreeMap<String, Day>,
    words: Words,
    /// Counts refreshes: when a day was last asked for.
    turn: u64,
}

impl Columns {
    /// Reads what is new and what was changed in the days of `reader`, which sees everything.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn refresh(&mut self, reader: &Reader) -> Result<(), QueryError> {
        self.turn += 1;
        let failed = |error: &rusqlite::Error| sql_error(error, &Limits::default());
        // One moment for all files: a row is not read between its parts.
        let moment = reader.connection.unchecked_transaction().map_err(|error| failed(&error))?;
        for schema in &reader.schemas {
            let day = self.days.entry(schema.clone()).or_default();
            day.used = self.turn;
            day.refresh(&moment, schema, &mut self.words).map_err(|error| failed(&error))?;
        }
        moment.finish().map_err(|error| failed(&error))?;
        self.let_go();
        Ok(())
    }

    /// How many records are held.
    pub fn len(&self) -> usize {
        self.days.values().map(Day::len).sum()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Days that were not asked for just now make room.
    fn let_go(&mut self) {
        while self.len() > MOST {
            let idle = self.days.iter().filter(|(_, day)| day.used < self.turn);
            let Some(oldest) = idle.min_by_key(|(_, day)| day.used).map(|(name, _)| name.clone())
            else {
                return;
            };
            self.days.remove(&oldest);
        }
        if self.days.is_empty() {
            self.words = Words::default();
        }
    }
}
