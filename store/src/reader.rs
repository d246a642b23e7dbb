//! Reads the store beside a running writer: SQL over the documented views, pages of records, days.
//!
//! Day files are attached read-only. It never writes, and does not search text: `search` does.

use std::path::{Path, PathBuf};

use model::{Sealed, Timestamp};
use rusqlite::{Connection, OpenFlags};

use crate::cipher::{self, Mode};
use crate::day::{Day, days_in};
use crate::functions::{self, Functions};
use crate::guard::Guard;
use crate::query::{Cell, Limits, Table};
use crate::views::{RECORDS, Scope, VIEWS, literal};
use crate::{QueryError, StoreError, schema};

/// The event times that are wanted. Files without any are not opened.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    /// The earliest.
    pub since: Option<Timestamp>,
    /// The latest, inclusive.
    pub until: Option<Timestamp>,
}

/// Records that belong together.
#[derive(Clone, Copy, Debug)]
pub enum Of<'a> {
    /// Those of a trace.
    Trace(&'a str),
    /// Those of a session.
    Session(&'a str),
    /// Those at these ledger indexes.
    Indexes(&'a [i64]),
}

impl Of<'_> {
    fn condition(&self) -> String {
        match self {
            Self::Trace(trace) => format!("r.trace_id = {}", literal(trace)),
            Self::Session(session) => format!("r.session_id = {}", literal(session)),
            Self::Indexes(indexes) => {
                let indexes: Vec<String> = indexes.iter().map(i64::to_string).collect();
                format!("r.id IN ({})", indexes.join(", "))
            }
        }
    }
}

/// The store, open for reading.
pub struct Reader {
    pub(crate) connection: Connection,
    pub(crate) guard: Guard,
    /// Schema names of the attached files, oldest first.
    pub(crate) schemas: Vec<String>,
    /// What is seen through it.
    pub(crate) scope: Scope,
    days: Vec<DayStatistics>,
    days_left_out: usize,
}

/// What a day file holds.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct DayStatistics {
    /// The log day, such as `2026-11-24`.
    pub day: String,
    /// The next ledger index that the file wanted when it was read.
    pub cursor: u64,
    /// The earliest event time, nanoseconds since the epoch.
    pub first: Option<i64>,
    /// The latest event time.
    pub last: Option<i64>,
    /// The file's size in bytes, without the write-ahead log.
    pub bytes: u64,
}

/// SQLite attaches at most 125 files; a few are left for SQLite's own.
const FILES: usize = 120;

impl Reader {
    /// Opens those files of the store in `folder` that have event times within `span`. A file is
    /// seen as its writer last committed it, anew in each statement.
    ///
    /// # Errors
    /// When a file cannot be read; the message names it.
    pub fn open(
        folder: &Path,
        key: &Sealed<[u8; 32]>,
        span: Span,
        functions: &Functions,
    ) -> Result<Self, StoreError> {
        Self::open_scoped(folder, key, span, &Scope::default(), functions)
    }

    /// The same, through which only what `scope` says is seen.
    ///
    /// # Errors
    /// When a file cannot be read; the message names it.
    pub fn open_scoped(
        folder: &Path,
        key: &Sealed<[u8; 32]>,
        span: Span,
        scope: &Scope,
        functions: &Functions,
    ) -> Result<Self, StoreError> {
        let mut connection = Connection::open_in_memory_with_flags(
            OpenFlags::SQLITE_OPEN_READ_WRITE
                | OpenFlags::SQLITE_OPEN_URI
                | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        // Before there are temporary views: changing it drops them.
        connection.execute_batch("PRAGMA temp_store = MEMORY")?;
        cipher::set_defaults(&connection)?;
        functions::register(&connection, functions)?;
        let mut days = find_days(folder, key, span)?;
        let days_left_out = days.len().saturating_sub(FILES);
        days.drain(..days_left_out);
        let mut schemas = Vec::new();
        for (day, _) in &days {
            attach(&connection, &day.path(folder), &day.schema(), key)?;
            schemas.push(day.schema());
        }
        if schemas.is_empty() {
            // The views exist over nothing, too.
            schema::create(&connection, 0)?;
            schemas.push("main".to_owned());
        }
        for view in VIEWS {
            connection.execute_batch(&view.definition(&schemas, scope))?;
        }
        connection.execute_batch("PRAGMA query_only = ON")?;
        connection.set_prepared_statement_cache_capacity(64);
        let guard = Guard::new(&mut connection)?;
        let days = days.into_iter().map(|(_, statistics)| statistics).collect();
        let scope = scope.clone();
        Ok(Self { connection, guard, schemas, scope, days, days_left_out })
    }

    /// Runs one SELECT from anybody over the documented views.
    ///
    /// # Errors
    /// When it is not one, has a mistake, or passes a limit; the message says which.
    pub fn query(&self, sql: &str, limits: &Limits) -> Result<Table, QueryError> {
        let mut statement = self
            .guard
            .compile(|| self.connection.prepare(sql))
            .map_err(|error| sql_error(&error, limits))?;
        if !statement.readonly() {
            return Err(QueryError::NotReadOnly);
        }
        collect(&self.guard, &mut statement, [], limits)
    }

    /// Up to `limit` rows of `records` from the index `from` on, oldest first: what `tail` follows.
    /// Asked tool calls are left out, as the record that asked is among them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn records_from(&self, from: u64, limit: usize) -> Result<Table, QueryError> {
        self.page("r.id >= ?1", "r.id", from, limit, self.schemas.iter())
    }

    /// Up to `limit` rows of `records` before the index `before`, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn records_before(&self, before: u64, limit: usize) -> Result<Table, QueryError> {
        self.page("r.id < ?1", "r.id DESC", before, limit, self.schemas.iter().rev())
    }

    /// The first `limit` rows of `records` that belong together, oldest first. Asked tool calls are
    /// left out, as the record that asked is among them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn records_of(&self, what: &Of<'_>, limit: usize) -> Result<Table, QueryError> {
        self.page(&what.condition(), "r.id", 0, limit, self.schemas.iter())
    }

    /// The ledger indexes of the records that belong together, rising.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn indexes_of(&self, what: &Of<'_>) -> Result<Vec<i64>, QueryError> {
        let failed = |error: rusqlite::Error| sql_error(&error, &Limits::default());
        let mut indexes = Vec::new();
        for schema in &self.schemas {
            let condition = what.condition();
            let sql = format!("SELECT r.id FROM {schema}.record r WHERE {condition} ORDER BY r.id");
            let mut statement = self.connection.prepare(&sql).map_err(failed)?;
            let rows = statement.query_map([], |row| row.get(0)).map_err(failed)?;
            for index in rows {
                indexes.push(index.map_err(failed)?);
            }
        }
        Ok(indexes)
    }

    /// The ledger indexes of all parts of these records, rising, the first parts included.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn parts_of(&self, records: &[i64]) -> Result<Vec<i64>, QueryError> {
        let failed = |error: rusqlite::Error| sql_error(&error, &Limits::default());
        let mut parts = records.to_vec();
        for schema in &self.schemas {
            let sql = format!("SELECT place FROM {schema}.part WHERE record = ?1");
            let mut statement = self.connection.prepare_cached(&sql).map_err(failed)?;
            for record in records {
                let rows = statement.query_map([record], |row| row.get(0)).map_err(failed)?;
                for part in rows {
                    parts.push(part.map_err(failed)?);
                }
            }
        }
        parts.sort_unstable();
        parts.dedup();
        Ok(parts)
    }

    /// The files that are open, oldest first.
    pub fn days(&self) -> &[DayStatistics] {
        &self.days
    }

    /// How many older files had to be left out, since SQLite attaches only so many.
    pub const fn days_left_out(&self) -> usize {
        self.days_left_out
    }

    fn page<'s>(
        &self,
        condition: &str,
        order: &str,
        index: u64,
        limit: usize,
        schemas: impl Iterator<Item = &'s String>,
    ) -> Result<Table, QueryError> {
        let mut page = Table { columns: Vec::new(), rows: Vec::new() };
        for schema in schemas {
            let left = limit - page.rows.len();
            let select = RECORDS.first_select(schema, &self.scope, condition);
            let sql = format!("{select} ORDER BY {order} LIMIT {left}");
            let mut statement = self.connection.prepare_cached(&sql).map_err(StoreError::from)?;
            let index = condition.contains("?1").then(|| i64::try_from(index).unwrap_or(i64::MAX));
            let limits = Limits { rows: left, ..Limits::default() };
            let index = rusqlite::params_from_iter(index);
            let part = collect(&self.guard, &mut statement, index, &limits)?;
            page.columns = part.columns;
            page.rows.extend(part.rows);
        }
        Ok(page)
    }
}

/// Runs a statement and gathers its rows within the limits.
pub(crate) fn collect(
    guard: &Guard,
    statement: &mut rusqlite::Statement<'_>,
    parameters: impl rusqlite::Params,
    limits: &Limits,
) -> Result<Table, QueryError> {
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let _watch = guard.within(limits.time);
    let mut table = Table { columns, rows: Vec::new() };
    let mut bytes = 0;
    let mut rows = statement.query(parameters).map_err(|error| sql_error(&error, limits))?;
    while let Some(row) = rows.next().map_err(|error| sql_error(&error, limits))? {
        if table.rows.len() == limits.rows {
            return Err(QueryError::Rows(limits.rows));
        }
        let mut cells = Vec::with_capacity(table.columns.len());
        for position in 0..table.columns.len() {
            let cell = Cell::from(row.get_ref(position).map_err(StoreError::from)?);
            bytes += cell.size();
            if bytes > limits.bytes {
                return Err(QueryError::Bytes(limits.bytes));
            }
            cells.push(cell);
        }
        table.rows.push(cells);
    }
    Ok(table)
}

/// What SQLite says of a user's SQL, in our words where it has to do with limits.
pub(crate) fn sql_error(error: &rusqlite::Error, limits: &Limits) -> QueryError {
    use rusqlite::ErrorCode::{AuthorizationForStatementDenied, OperationInterrupted, ReadOnly};
    match error.sqlite_error_code() {
        Some(OperationInterrupted) => QueryError::Time(limits.time),
        Some(AuthorizationForStatementDenied | ReadOnly) => QueryError::NotReadOnly,
        _ => match error {
            rusqlite::Error::MultipleStatement | rusqlite::Error::Empty => QueryError::NotReadOnly,
            other => QueryError::Sql(other.to_string()),
        },
    }
}

/// The days whose files have event times within the span, with their statistics.
fn find_days(
    folder: &Path,
    key: &Sealed<[u8; 32]>,
    span: Span,
) -> Result<Vec<(Day, DayStatistics)>, StoreError> {
    if !folder.try_exists().map_err(StoreError::io(folder))? {
        return Ok(Vec::new());
    }
    let mut days = Vec::new();
    for day in days_in(folder)? {
        let Some(statistics) = statistics(day, &day.path(folder), key)? else {
            continue;
        };
        let since = span.since.map_or(i64::MIN, Timestamp::nanos);
        let until = span.until.map_or(i64::MAX, Timestamp::nanos);
        let (first, last) = (statistics.first.unwrap_or(0), statistics.last.unwrap_or(i64::MAX));
        if first <= until && last >= since {
            days.push((day, statistics));
        }
    }
    Ok(days)
}

/// Reads what a file holds; `None` when its writer has not made its tables yet.
fn statistics(
    day: Day,
    path: &PathBuf,
    key: &Sealed<[u8; 32]>,
) -> Result<Option<DayStatistics>, StoreError> {
    let damaged = StoreError::in_file(path);
    let connection = cipher::open(path, key, Mode::Read).map_err(&damaged)?;
    let version: i64 =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(&damaged)?;
    if version == 0 {
        return Ok(None);
    }
    if version != schema::VERSION {
        let file = path.display().to_string();
        return Err(StoreError::Version { file, found: version, known: schema::VERSION });
    }
    let bytes = std::fs::metadata(path).map_err(StoreError::io(path))?.len();
    connection
        .query_row("SELECT cursor, min_time, max_time FROM meta", [], |row| {
            let cursor = row.get::<_, i64>(0)?.cast_unsigned();
            Ok(DayStatistics {
                day: day.to_string(),
                cursor,
                first: row.get(1)?,
                last: row.get(2)?,
                bytes,
            })
        })
        .map(Some)
        .map_err(damaged)
}

fn attach(
    connection: &Connection,
    path: &Path,
    schema: &str,
    key: &Sealed<[u8; 32]>,
) -> Result<(), StoreError> {
    let uri = format!("file:{}?mode=ro", percent_encode(&path.display().to_string()));
    let literal = cipher::key_literal(key);
    connection
        .prepare(&format!("ATTACH ?1 AS {schema} KEY ?2"))
        .and_then(|mut attach| attach.execute((uri, literal.expose())))
        .map_err(StoreError::in_file(path))?;
    // Memory is for the page cache of each file: 4 MiB, of which most stay unused.
    connection.execute_batch(&format!("PRAGMA {schema}.cache_size = -4096"))?;
    Ok(())
}

/// Escapes what means something in a URI's path.
fn percent_encode(path: &str) -> String {
    path.replace('%', "%25").replace('?', "%3f").replace('#', "%23")
}
