//! The tables of a day file.
//!
//! What users see are the views of `views`; these tables may change with [`VERSION`], since every
//! file can be made anew from the ledger.

use crate::cipher::PAGE_SIZE;
use crate::row::Row;
use crate::table::definition;
use crate::tool_call::ToolCall;

/// The version of this schema (`PRAGMA user_version`).
pub(crate) const VERSION: i64 = 3;

/// The roll-ups: by minute and by quarter of an hour, by hour and user, of tools, of the reasons for
/// which answers ended, and of what was found. All have the same columns.
pub(crate) const ROLLUPS: [&str; 6] = [
    "rollup_minute",
    "rollup_quarter",
    "rollup_hour",
    "rollup_tool",
    "rollup_finish",
    "rollup_finding",
];

/// Makes the tables. `cursor` is the next ledger index that the file wants.
///
/// Row ids are addresses. `record.id` is the ledger index of its first part; a message's or tool
/// call's id is that index shifted left by 16 bits, with a number within the record below. So
/// rows are appended in order, and a record's messages are found without an index of their own.
pub(crate) fn create(connection: &rusqlite::Connection, cursor: i64) -> rusqlite::Result<()> {
    connection.execute_batch(&definition("record", Row::COLUMNS))?;
    connection.execute_batch(&definition("tool_call", ToolCall::COLUMNS))?;
    connection.execute_batch(TABLES)?;
    for name in ROLLUPS {
        connection.execute_batch(&ROLLUP.replace("{name}", name))?;
    }
    connection.execute_batch(INDEXES)?;
    connection.execute_batch(STATISTICS)?;
    connection.execute_batch(&text_index())?;
    connection.execute(
        "INSERT INTO meta (id, cursor, min_time, max_time) VALUES (1, ?1, NULL, NULL)",
        [cursor],
    )?;
    connection.pragma_update(None, "user_version", VERSION)
}

const TABLES: &str = "
CREATE TABLE meta (id INTEGER PRIMARY KEY, cursor INTEGER NOT NULL, min_time INTEGER, max_time INTEGER);
CREATE TABLE message (
    id INTEGER PRIMARY KEY, direction TEXT NOT NULL, position INTEGER NOT NULL, role TEXT NOT NULL,
    origin TEXT NOT NULL, name TEXT, type TEXT NOT NULL, text TEXT, tool_call_id TEXT,
    tool_name TEXT, mime_type TEXT, size INTEGER NOT NULL);
CREATE TABLE finding (
    record INTEGER NOT NULL, number INTEGER NOT NULL, type TEXT NOT NULL, subtype TEXT,
    place TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, confidence REAL NOT NULL,
    fingerprint BLOB NOT NULL, action TEXT NOT NULL, PRIMARY KEY (record, number)) WITHOUT ROWID;
CREATE TABLE attribute_set (id INTEGER PRIMARY KEY, fragment TEXT NOT NULL);
CREATE TABLE entity (
    type TEXT NOT NULL, value TEXT NOT NULL, tenant TEXT NOT NULL, first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (type, value, tenant)
    ) WITHOUT ROWID;
CREATE TABLE part (record INTEGER NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (record, place))
    WITHOUT ROWID;
CREATE TABLE touched (seq INTEGER PRIMARY KEY, record INTEGER NOT NULL);
";

/// Of `{name}`. In `rollup_tool` the model is the tool, in `rollup_finish` the user is the reason, in
/// `rollup_finding` the user is the type.
const ROLLUP: &str = "
CREATE TABLE {name} (
    bucket INTEGER NOT NULL, tenant TEXT NOT NULL, kind TEXT NOT NULL, model TEXT NOT NULL,
    service TEXT NOT NULL, user_id TEXT NOT NULL, count INTEGER NOT NULL, errors INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, duration INTEGER NOT NULL,
    sketch BLOB NOT NULL, refusals INTEGER NOT NULL, findings INTEGER NOT NULL,
    attacks INTEGER NOT NULL, first_chunk BLOB NOT NULL, output BLOB NOT NULL,
    PRIMARY KEY (bucket, tenant, kind, model, service, user_id)) WITHOUT ROWID;
";

/// Few, since each costs a page write per record when its keys come in random order. Traces, users
/// and sessions do; so their indexes begin with the hour of arrival, which keeps the pages of one
/// hour hot instead of those of the whole day, and SQLite looks for a user in each of the 24 hours
/// ("skip-scan", see [`STATISTICS`]). Over a million calls the whole writer took 228 µs a call without
/// that, and over half a million 148 µs with it. Where a view computes a column, the index is built on the same expression,
/// letter for letter.
const INDEXES: &str = "
CREATE INDEX record_span ON record (log_hour, trace_id, span_id) WHERE trace_id IS NOT NULL;
CREATE INDEX record_fingerprint ON record (log_hour, fingerprint) WHERE fingerprint IS NOT NULL;
CREATE INDEX record_user ON record (log_hour, user_id, time) WHERE user_id IS NOT NULL;
CREATE INDEX record_session ON record (log_hour, session_id, time) WHERE session_id IS NOT NULL;
CREATE INDEX record_time ON record (time);
CREATE INDEX record_iso_time ON record (iso_time(time));
CREATE INDEX record_kind ON record (kind, time);
CREATE INDEX record_error ON record (iso_time(time)) WHERE status = 'error';
CREATE INDEX message_record ON message (id >> 16);
CREATE INDEX tool_call_record ON tool_call (CAST(id >> 16 AS INTEGER));
CREATE INDEX tool_call_call ON tool_call (call_id) WHERE call_id IS NOT NULL;
CREATE INDEX tool_call_asked ON tool_call (iso_time(time))
    WHERE executed = 0 AND folded_into IS NULL;
CREATE INDEX tool_call_user ON tool_call (user_id, time) WHERE user_id IS NOT NULL;
CREATE INDEX tool_call_session ON tool_call (session_id, time) WHERE session_id IS NOT NULL;
";

/// What the planner has to know: rows in all, and rows per value of the first, the first two, …
/// columns of an index (`sqlite_stat1`). Of a busy day, so that it is right where it matters.
const STATISTICS: &str = "
ANALYZE;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('record', 'record_span', '1000000 42000 5 1'),
    ('record', 'record_fingerprint', '1000000 42000 1'),
    ('record', 'record_user', '1000000 42000 20 1'),
    ('record', 'record_session', '1000000 42000 5 1'),
    ('record', 'record_time', '1000000 1'),
    ('record', 'record_iso_time', '1000000 1'),
    ('record', 'record_kind', '1000000 100000 1'),
    ('record', 'record_error', '10000 1'),
    ('message', 'message_record', '4000000 4'),
    ('tool_call', 'tool_call_record', '200000 1'),
    ('tool_call', 'tool_call_call', '200000 2'),
    ('tool_call', 'tool_call_asked', '100000 1'),
    ('tool_call', 'tool_call_user', '200000 40 1'),
    ('tool_call', 'tool_call_session', '200000 5 1');
";

/// The text index. Measured per record of 2 KB: `detail=none` 63 µs, `detail=full` 75 µs and 15 %
/// more space; a phrase is checked on the text of those messages that have all its words. Without
/// content of its own it holds no second copy of the text, and `secure-delete` takes the words of
/// an erased message out of the index at once, not at the next merge. A transaction's words are
/// gathered in memory (16 MB) and written as one sorted run; sixteen runs are merged into one.
fn text_index() -> String {
    format!(
        "CREATE VIRTUAL TABLE message_text USING fts5(
             text, content='', columnsize=0, detail=none,
             tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N* Co'\");
         INSERT INTO message_text (message_text, rank) VALUES ('secure-delete', 1);
         INSERT INTO message_text (message_text, rank) VALUES ('pgsz', {});
         INSERT INTO message_text (message_text, rank) VALUES ('hashsize', 16777216);
         INSERT INTO message_text (message_text, rank) VALUES ('automerge', 16);
         INSERT INTO message_text (message_text, rank) VALUES ('crisismerge', 64);",
        PAGE_SIZE - 100
    )
}
