//! The columns of one day, and how they follow its file.

use hashbrown::HashSet;
use rusqlite::{Connection, Row};

use super::words::Words;
use crate::row::ATTACK;

/// The columns that hold words.
pub(super) const WORDS: usize = 6;

/// A column of words.
#[derive(Clone, Copy)]
pub(super) enum Column {
    Kind,
    Tenant,
    User,
    Agent,
    Model,
    Service,
}

/// What is counted of a row.
#[derive(Clone, Copy, Default)]
pub(super) struct Measured {
    pub(super) input_tokens: u32,
    pub(super) output_tokens: u32,
    pub(super) findings: u16,
    /// Hundredths of its attack score, and one more; 0 where it has none.
    score: u8,
}

impl Measured {
    /// Hundredths of its attack score.
    pub(super) const fn score(self) -> Option<u8> {
        self.score.checked_sub(1)
    }
}

/// Bits of `flags`.
pub(super) const OK: u8 = 1;
pub(super) const ERROR: u8 = 2;
pub(super) const ATTACKS: u8 = 4;
pub(super) const REFUSED: u8 = 8;
/// The row is no longer there.
pub(super) const GONE: u8 = 16;

/// One day. Row `n` of every column is the same record.
#[derive(Default)]
pub(super) struct Day {
    /// When it was last asked for.
    pub(super) used: u64,
    /// Ledger indexes, rising.
    pub(super) ids: Vec<i64>,
    pub(super) times: Vec<i64>,
    pub(super) words: [Vec<u32>; WORDS],
    pub(super) flags: Vec<u8>,
    pub(super) measured: Vec<Measured>,
    /// Rows and types of findings, by row.
    pub(super) findings: Vec<(u32, u32)>,
    /// Rows and tools that they asked for or executed, by row.
    pub(super) tools: Vec<(u32, u32)>,
    /// The last change that is in here.
    touched: i64,
}

/// What every statement selects.
const SELECT: &str = "SELECT r.id, r.time, r.kind, r.tenant, r.user_id, r.agent,
    coalesce(r.response_model, r.request_model), r.service, r.status, r.refused, r.attack_score,
    r.input_tokens, r.output_tokens, r.finding_count";

impl Day {
    pub(super) const fn len(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn column(&self, column: Column) -> &[u32] {
        let [kind, tenant, user, agent, model, service] = &self.words;
        match column {
            Column::Kind => kind,
            Column::Tenant => tenant,
            Column::User => user,
            Column::Agent => agent,
            Column::Model => model,
            Column::Service => service,
        }
    }

    /// Reads what is new, and again what was changed.
    pub(super) fn refresh(
        &mut self,
        connection: &Connection,
        schema: &str,
        words: &mut Words,
    ) -> rusqlite::Result<()> {
        let sql =
            format!("SELECT coalesce(min(seq), 0), coalesce(max(seq), 0) FROM {schema}.touched");
        let (first, last): (i64, i64) =
            connection.prepare_cached(&sql)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if first > self.touched + 1 || last < self.touched {
            // Changes were forgotten, or it is another file of this day.
            *self = Self { used: self.used, ..Self::default() };
        }
        let known = self.ids.last().copied().unwrap_or(-1);
        if known >= 0 && last > self.touched {
            self.read_changed(connection, schema, known, words)?;
        }
        self.read_new(connection, schema, known, words)?;
        self.touched = last;
        Ok(())
    }

    fn read_new(
        &mut self,
        connection: &Connection,
        schema: &str,
        known: i64,
        words: &mut Words,
    ) -> rusqlite::Result<()> {
        let sql = format!("{SELECT} FROM {schema}.record r WHERE r.id > ?1 ORDER BY r.id");
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query([known])?;
        while let Some(row) = rows.next()? {
            let read = Read::of(row, words)?;
            self.ids.push(read.id);
            self.times.push(read.time);
            self.flags.push(read.flags);
            self.measured.push(read.measured);
            for (column, word) in self.words.iter_mut().zip(read.words) {
                column.push(word);
            }
        }
        let condition = "> ?1";
        self.read_findings(connection, schema, condition, known, words)?;
        self.read_tools(connection, schema, condition, known, words)
    }

    /// Reads changed rows again, in place.
    fn read_changed(
        &mut self,
        connection: &Connection,
        schema: &str,
        known: i64,
        words: &mut Words,
    ) -> rusqlite::Result<()> {
        let sql =
            format!("SELECT DISTINCT record FROM {schema}.touched WHERE seq > ?1 AND record <= ?2");
        let mut statement = connection.prepare_cached(&sql)?;
        let changed = statement.query_map((self.touched, known), |row| row.get(0))?;
        let changed: Vec<i64> = changed.collect::<Result<_, _>>()?;
        let places: HashSet<u32> = changed.iter().filter_map(|id| self.place(*id)).collect();
        self.findings.retain(|(place, _)| !places.contains(place));
        self.tools.retain(|(place, _)| !places.contains(place));
        let sql = format!("{SELECT} FROM {schema}.record r WHERE r.id = ?1");
        let mut statement = connection.prepare_cached(&sql)?;
        for id in changed {
            let mut rows = statement.query([id])?;
            let read = rows.next()?.map(|row| Read::of(row, words)).transpose()?;
            self.replace(id, read.as_ref());
            self.read_findings(connection, schema, "= ?1", id, words)?;
            self.read_tools(connection, schema, "= ?1", id, words)?;
        }
        self.findings.sort_unstable();
        self.tools.sort_unstable();
        Ok(())
    }

    fn replace(&mut self, id: i64, read: Option<&Read>) {
        let Ok(place) = self.ids.binary_search(&id) else { return };
        let Some(flags) = self.flags.get_mut(place) else { return };
        let Some(read) = read else {
            *flags |= GONE;
            return;
        };
        *flags = read.flags;
        if let Some(time) = self.times.get_mut(place) {
            *time = read.time;
        }
        if let Some(measured) = self.measured.get_mut(place) {
            *measured = read.measured;
        }
        for (column, word) in self.words.iter_mut().zip(read.words) {
            if let Some(kept) = column.get_mut(place) {
                *kept = word;
            }
        }
    }

    /// Reads types of findings of rows whose id is as `condition` says.
    fn read_findings(
        &mut self,
        connection: &Connection,
        schema: &str,
        condition: &str,
        id: i64,
        words: &mut Words,
    ) -> rusqlite::Result<()> {
        let sql = format!(
            "SELECT record, type FROM {schema}.finding WHERE record {condition} ORDER BY record"
        );
        let mut found = self.read_pairs(connection, &sql, id, words)?;
        found.sort_unstable();
        found.dedup();
        self.findings.append(&mut found);
        Ok(())
    }

    /// Reads the tools of rows, likewise.
    fn read_tools(
        &mut self,
        connection: &Connection,
        schema: &str,
        condition: &str,
        id: i64,
        words: &mut Words,
    ) -> rusqlite::Result<()> {
        let sql = format!(
            "SELECT CAST(id >> 16 AS INTEGER), name FROM {schema}.tool_call
             WHERE CAST(id >> 16 AS INTEGER) {condition} AND folded_into IS NULL"
        );
        let mut named = self.read_pairs(connection, &sql, id, words)?;
        named.sort_unstable();
        named.dedup();
        self.tools.append(&mut named);
        Ok(())
    }

    fn read_pairs(
        &self,
        connection: &Connection,
        sql: &str,
        id: i64,
        words: &mut Words,
    ) -> rusqlite::Result<Vec<(u32, u32)>> {
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([id])?;
        let mut pairs = Vec::new();
        while let Some(row) = rows.next()? {
            let word = words.number(row.get_ref(1)?.as_str_or_null()?);
            pairs.extend(self.place(row.get(0)?).filter(|_| word != 0).map(|place| (place, word)));
        }
        Ok(pairs)
    }

    /// The place of a record in the columns.
    fn place(&self, id: i64) -> Option<u32> {
        self.ids.binary_search(&id).ok().and_then(|place| u32::try_from(place).ok())
    }
}

/// A row as it was read.
struct Read {
    id: i64,
    time: i64,
    words: [u32; WORDS],
    flags: u8,
    measured: Measured,
}

impl Read {
    fn of(row: &Row<'_>, words: &mut Words) -> rusqlite::Result<Self> {
        let mut numbers = [0; WORDS];
        for (place, number) in (2..).zip(&mut numbers) {
            *number = words.number(row.get_ref(place)?.as_str_or_null()?);
        }
        let status = match row.get_ref(8)?.as_str_or_null()? {
            Some("ok") => OK,
            Some(_) => ERROR,
            None => 0,
        };
        let is_refused: bool = row.get(9)?;
        let score: Option<f64> = row.get(10)?;
        let flags = status
            | if is_refused { REFUSED } else { 0 }
            | if score.is_some_and(|score| score >= ATTACK) { ATTACKS } else { 0 };
        let measured = Measured {
            input_tokens: number(row.get(11)?),
            output_tokens: number(row.get(12)?),
            findings: u16::try_from(row.get::<_, i64>(13)?.max(0)).unwrap_or(u16::MAX),
            score: score.map_or(0, |score| hundredths(score) + 1),
        };
        Ok(Self { id: row.get(0)?, time: row.get(1)?, words: numbers, flags, measured })
    }
}

fn number(count: Option<i64>) -> u32 {
    u32::try_from(count.unwrap_or(0).max(0)).unwrap_or(u32::MAX)
}

/// Whole hundredths of a score between 0 and 1. Scores are told in seven digits: 0.7 is a little less
/// in binary, and belongs to the seventieth all the same.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
fn hundredths(score: f64) -> u8 {
    (score * 100.0 + 1e-4).clamp(0.0, 100.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_lies_in_the_hundredth_that_it_is_written_with() {
        for hundredth in 0..=100_u8 {
            let score = f64::from(f32::from(hundredth) / 100.0);
            assert_eq!(hundredths(score), hundredth);
            assert_eq!(score >= ATTACK, hundredths(score) >= 50, "{score}");
        }
        assert_eq!((hundredths(0.499_9), hundredths(-1.0), hundredths(7.0)), (49, 0, 100));
        assert_eq!(hundredths(f64::NAN), 0);
    }
}
