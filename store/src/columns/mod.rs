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

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::day::{Measured, OK};
    use super::*;

    /// A day of a million records of 5,000 users, as `bench console` makes them.
    fn million() -> Columns {
        let mut columns = Columns { turn: 1, ..Columns::default() };
        let mut day = Day::default();
        day.used = 1;
        let spread = |index: u64| index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let kinds = ["retrieval", "interaction"].map(|kind| columns.words.number(Some(kind)));
        let users: Vec<u32> =
            (0..5_000).map(|user| columns.words.number(Some(&format!("user-{user}")))).collect();
        for index in 0..1_000_000_u64 {
            let number = usize::try_from(spread(index)).unwrap();
            day.ids.push(index.cast_signed());
            day.times.push(index.cast_signed() * 86_000_000);
            let words = [kinds[usize::from(number % 7 != 0)], 0, users[number % 5_000], 0, 0, 0];
            for (column, word) in day.words.iter_mut().zip(words) {
                column.push(word);
            }
            day.flags.push(OK);
            let mut measured = Measured::default();
            measured.input_tokens = 7;
            measured.output_tokens = 3;
            day.measured.push(measured);
        }
        columns.days.insert("day".to_owned(), day);
        columns
    }

    /// `cargo test -p store --lib a_page_of_users --config profile.test.package.store.opt-level=3
    /// -- --ignored --nocapture`
    #[test]
    #[ignore = "measures: of use only with optimisation"]
    fn a_page_of_users_of_a_million_records_takes_a_moment() {
        let columns = million();
        let others = ["access", "system", "alert", "configuration"].map(str::to_owned).into();
        let question = Question { not_kind: others, from: Some(0), ..Question::default() };
        for skipped in [0, 4_950, 0, 4_950] {
            let begun = Instant::now();
            let users = columns.users(&question, skipped, 51);
            println!("{:?}: users from {skipped} on: {}", begun.elapsed(), users.len());
        }
        let begun = Instant::now();
        let scores = columns.scores(&question);
        println!("{:?}: attack scores, {} without", begun.elapsed(), scores.without);
        let begun = Instant::now();
        println!("{} records, {:?}: facets", columns.facets(&question).1, begun.elapsed());
    }
}
