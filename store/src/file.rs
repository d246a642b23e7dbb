//! One day file as the writer sees it: opening, and looking rows up.
//!
//! Writing a batch is in `commit`; what users read is in `views`.

use std::path::{Path, PathBuf};

use hashbrown::HashMap;
use model::{Logged, Record, Sealed, SpanId, TraceId};
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};

use crate::StoreError;
use crate::cipher::{self, Mode};
use crate::day::Day;
use crate::identity::{Identity, Known};
use crate::message::Message;
use crate::row::Row;
use crate::schema;
use crate::sheet::FindingKey;
use crate::tool_call::ToolCall;

/// A day file that is open for writing.
pub(crate) struct DayFile {
    pub(crate) day: Day,
    pub(crate) connection: Connection,
    path: PathBuf,
    cursor: u64,
    known: Known,
    shared: HashMap<i64, String>,
}

/// How many attribute sets are remembered; beyond that they are looked up again.
const SHARED_SETS: usize = 1_024;

impl DayFile {
    /// Opens the file of a day, or makes it with `cursor` as the next index it wants.
    pub(crate) fn open(
        folder: &Path,
        day: Day,
        key: &Sealed<[u8; 32]>,
        cursor: u64,
    ) -> Result<Self, StoreError> {
        let path = day.path(folder);
        let damaged = StoreError::in_file(&path);
        let mut connection = cipher::open(&path, key, Mode::Write).map_err(&damaged)?;
        prepare(&mut connection, cursor).map_err(&damaged)?;
        check_version(&connection, &path)?;
        let cursor = read_cursor(&connection).map_err(&damaged)?;
        let known = read_known(&connection).map_err(&damaged)?;
        Ok(Self { day, connection, path, cursor, known, shared: HashMap::new() })
    }

    /// The next ledger index that this file wants.
    pub(crate) const fn cursor(&self) -> u64 {
        self.cursor
    }

    /// Takes note of what a commit wrote.
    pub(crate) fn committed(
        &mut self,
        cursor: u64,
        identities: impl Iterator<Item = Identity>,
        shared: HashMap<i64, String>,
    ) {
        self.cursor = cursor;
        for identity in identities {
            let hash = identity.hash(&self.known);
            self.known.insert(hash);
        }
        if self.shared.len() + shared.len() > SHARED_SETS {
            self.shared.clear();
        }
        self.shared.extend(shared);
    }

    /// The row that a record is a part or a repeat of. Indexes are by hour of arrival, and parts
    /// that belong together seldom arrive far apart, so the latest hours are looked at first.
    pub(crate) fn find(
        &self,
        identity: &Identity,
        logged: &Logged,
    ) -> Result<Option<i64>, StoreError> {
        if !self.known.contains(identity.hash(&self.known)) {
            return Ok(None);
        }
        for hour in self.day.hours_back(logged.log_time) {
            let found = self.find_in(hour, identity, &logged.record).optional();
            if let Some(id) = found.map_err(self.error())? {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    fn find_in(&self, hour: i64, identity: &Identity, record: &Record) -> rusqlite::Result<i64> {
        let tenant = record.tenant.as_str();
        match identity {
            Identity::Span(trace, span) => self
                .connection
                .prepare_cached(
                    "SELECT id FROM record WHERE log_hour = ?1 AND trace_id = ?2 AND span_id = ?3
                     AND kind = ?4 AND tenant = ?5",
                )?
                .query_row(
                    (hour, trace.to_string(), span.to_string(), record.kind.as_str(), tenant),
                    |row| row.get(0),
                ),
            Identity::Print(print) => self
                .connection
                .prepare_cached(
                    "SELECT id FROM record WHERE log_hour = ?1 AND fingerprint = ?2 AND tenant = ?3",
                )?
                .query_row((hour, print.0.as_slice(), tenant), |row| row.get(0)),
        }
    }

    /// The row with this id, which must be there.
    pub(crate) fn row(&self, id: i64) -> Result<Row, StoreError> {
        self.connection
            .prepare_cached("SELECT * FROM record WHERE id = ?1")?
            .query_row([id], Row::load)
            .map_err(self.error())
    }

    /// The messages of a row that went into the model, or out of it.
    pub(crate) fn messages(
        &self,
        id: i64,
        direction: &str,
    ) -> Result<Vec<Message<'static>>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT * FROM message WHERE id BETWEEN ?1 AND ?2 AND direction = ?3",
        )?;
        let rows = statement.query_map((id << 16, id << 16 | 0xffff, direction), Message::load)?;
        rows.collect::<Result<_, _>>().map_err(self.error())
    }

    /// The first slot of a row that no message has.
    pub(crate) fn next_slot(&self, id: i64) -> Result<usize, StoreError> {
        let last: Option<i64> = self
            .connection
            .prepare_cached("SELECT max(id) FROM message WHERE id BETWEEN ?1 AND ?2")?
            .query_row([id << 16, id << 16 | 0xffff], |row| row.get(0))
            .map_err(self.error())?;
        Ok(last.and_then(|last| usize::try_from((last & 0xffff) + 1).ok()).unwrap_or(0))
    }

    /// The findings of a row: what `finding_key` gives of each.
    pub(crate) fn findings(&self, id: i64) -> Result<Vec<FindingKey>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT type, place, fingerprint, start FROM finding WHERE record = ?1",
        )?;
        let rows = statement
            .query_map([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        rows.collect::<Result<_, _>>().map_err(self.error())
    }

    /// The latest tool calls with this call id.
    pub(crate) fn calls(&self, call_id: &str, limit: usize) -> Result<Vec<ToolCall>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT * FROM tool_call WHERE call_id = ?1 ORDER BY id DESC LIMIT ?2",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = statement.query_map((call_id, limit), ToolCall::load)?;
        rows.collect::<Result<_, _>>().map_err(self.error())
    }

    /// The tool call with this row id.
    pub(crate) fn call(&self, id: i64) -> Result<Option<ToolCall>, StoreError> {
        self.connection
            .prepare_cached("SELECT * FROM tool_call WHERE id = ?1")?
            .query_row([id], ToolCall::load)
            .optional()
            .map_err(self.error())
    }

    /// The tool calls of the record `id`.
    pub(crate) fn calls_of(&self, id: i64) -> Result<Vec<ToolCall>, StoreError> {
        let mut statement =
            self.connection.prepare_cached("SELECT * FROM tool_call WHERE id BETWEEN ?1 AND ?2")?;
        let rows = statement.query_map([id << 16, id << 16 | 0xffff], ToolCall::load)?;
        rows.collect::<Result<_, _>>().map_err(self.error())
    }

    /// The text of a message, by its row id.
    pub(crate) fn text(&self, id: i64) -> Result<Option<String>, StoreError> {
        let text = self
            .connection
            .prepare_cached("SELECT text FROM message WHERE id = ?1")?
            .query_row([id], |row| row.get::<_, Option<String>>(0))
            .optional()
            .map_err(self.error())?;
        Ok(text.flatten())
    }

    /// The shared attributes with this id.
    pub(crate) fn shared(&self, id: i64) -> Result<Option<String>, StoreError> {
        if let Some(fragment) = self.shared.get(&id) {
            return Ok(Some(fragment.clone()));
        }
        self.connection
            .prepare_cached("SELECT fragment FROM attribute_set WHERE id = ?1")?
            .query_row([id], |row| row.get(0))
            .optional()
            .map_err(self.error())
    }

    /// Names this file in errors that mean damage.
    pub(crate) fn error(&self) -> impl Fn(rusqlite::Error) -> StoreError + use<> {
        StoreError::in_file(&self.path)
    }
}

/// Makes the tables of a new file, in one transaction: a file either has them all or none.
fn prepare(connection: &mut Connection, cursor: u64) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let tables: i64 =
        transaction.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
    if tables == 0 {
        schema::create(&transaction, cursor.cast_signed())?;
    }
    transaction.commit()
}

fn check_version(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let found = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found == schema::VERSION {
        return Ok(());
    }
    Err(StoreError::Version { file: path.display().to_string(), found, known: schema::VERSION })
}

fn read_cursor(connection: &Connection) -> rusqlite::Result<u64> {
    let cursor: i64 = connection.query_row("SELECT cursor FROM meta", [], |row| row.get(0))?;
    Ok(cursor.cast_unsigned())
}

/// Reads all identities, from indexes alone: some 60 MB at a million records.
fn read_known(connection: &Connection) -> rusqlite::Result<Known> {
    let mut known = Known::new();
    let mut spans = connection.prepare(
        "SELECT trace_id, span_id FROM record WHERE trace_id IS NOT NULL AND span_id IS NOT NULL",
    )?;
    let mut rows = spans.query([])?;
    while let Some(row) = rows.next()? {
        let trace = row.get_ref(0)?.as_str()?.parse::<TraceId>();
        let span = row.get_ref(1)?.as_str()?.parse::<SpanId>();
        if let (Ok(trace), Ok(span)) = (trace, span) {
            let hash = Identity::Span(trace, span).hash(&known);
            known.insert(hash);
        }
    }
    let mut prints =
        connection.prepare("SELECT fingerprint FROM record WHERE fingerprint IS NOT NULL")?;
    let mut rows = prints.query([])?;
    while let Some(row) = rows.next()? {
        let hash = Identity::Print(model::Fingerprint(row.get(0)?)).hash(&known);
        known.insert(hash);
    }
    Ok(known)
}
