//! Takes records out of the day files for good: rows, texts, words, findings, tool calls.
//!
//! SQLite overwrites what is deleted (`secure_delete`, and the text index's own); pages that
//! earlier merges of the text index set free are overwritten, too; and the write-ahead log is cut
//! off, so that no page of before remains. Counts stay: they say how much happened, not what.

use model::Sealed;
use rusqlite::{Connection, TransactionBehavior};

use crate::StoreError;
use crate::cipher::{self, Mode, PAGE_SIZE};
use crate::day::days_in;
use crate::message::words;
use crate::writer::Writer;

impl Writer {
    /// Erases the rows whose first parts have these ledger indexes. Returns how many there were.
    ///
    /// # Errors
    /// When a file cannot be read or written. What was erased before stays erased.
    pub fn erase(&mut self, indexes: &[u64]) -> Result<u64, StoreError> {
        let mut erased = 0;
        for day in days_in(self.folder())? {
            let path = day.path(self.folder());
            erased += erase_in(&path, self.key(), indexes).map_err(StoreError::in_file(&path))?;
        }
        Ok(erased)
    }
}

fn erase_in(
    path: &std::path::Path,
    key: &Sealed<[u8; 32]>,
    indexes: &[u64],
) -> rusqlite::Result<u64> {
    let mut connection = cipher::open(path, key, Mode::Write)?;
    connection.query_row("PRAGMA secure_delete = ON", [], |_| Ok(()))?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut erased = 0;
    for index in indexes {
        erased += erase_record(&transaction, index.cast_signed())?;
    }
    if erased > 0 {
        overwrite_free_pages(&transaction)?;
    }
    transaction.commit()?;
    if erased > 0 {
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    }
    Ok(erased)
}

/// Fills all free pages with zeros and sets them free again.
fn overwrite_free_pages(connection: &Connection) -> rusqlite::Result<()> {
    let free: i64 = connection.query_row("PRAGMA freelist_count", [], |row| row.get(0))?;
    connection.execute_batch("CREATE TABLE zeros (zeros BLOB)")?;
    let mut insert = connection.prepare("INSERT INTO zeros VALUES (zeroblob(?1))")?;
    let page = i64::try_from(PAGE_SIZE).unwrap_or_default();
    for _ in 0..free {
        // A page of zeros and its row's overhead: at least as many pages as are free.
        insert.execute([page])?;
    }
    connection.execute_batch("DROP TABLE zeros")
}

fn erase_record(connection: &Connection, id: i64) -> rusqlite::Result<u64> {
    let range = (id << 16, id << 16 | 0xffff);
    erase_words(connection, range)?;
    for table in ["message", "tool_call"] {
        let sql = format!("DELETE FROM {table} WHERE id BETWEEN ?1 AND ?2");
        connection.prepare_cached(&sql)?.execute(range)?;
    }
    connection.prepare_cached("DELETE FROM part WHERE record = ?1")?.execute([id])?;
    connection.prepare_cached("DELETE FROM finding WHERE record = ?1")?.execute([id])?;
    connection.prepare_cached("INSERT INTO touched (record) VALUES (?1)")?.execute([id])?;
    let rows = connection.prepare_cached("DELETE FROM record WHERE id = ?1")?.execute([id])?;
    Ok(rows as u64)
}

/// The index has no content of its own: it has to be told which words to forget.
fn erase_words(connection: &Connection, range: (i64, i64)) -> rusqlite::Result<()> {
    let mut select = connection
        .prepare_cached("SELECT id, tool_name, text FROM message WHERE id BETWEEN ?1 AND ?2")?;
    let mut forget = connection.prepare_cached(
        "INSERT INTO message_text (message_text, rowid, text) VALUES ('delete', ?1, ?2)",
    )?;
    let mut rows = select.query(range)?;
    while let Some(row) = rows.next()? {
        let tool: Option<String> = row.get(1)?;
        let text: Option<String> = row.get(2)?;
        if let Some(words) = words(tool.as_deref(), text.as_deref()) {
            forget.execute((row.get::<_, i64>(0)?, words))?;
        }
    }
    Ok(())
}
