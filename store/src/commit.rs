//! Writes the changes of a batch to its day file, in one transaction with the cursor.
//!
//! Everything is written in the order of its row ids, which is what both SQLite's tables and the
//! text index like best. It decides nothing: what is written was decided in `sheet` and `tools`.

use std::collections::BTreeSet;

use model::Finding;
use rusqlite::{Connection, TransactionBehavior, params};

use crate::StoreError;
use crate::row::{KEYS, Row};
use crate::schema::ROLLUPS;
use crate::sheet::{Changes, Pending, PendingCall, Sheet};
use crate::table;
use crate::tally::{Bucket, Buckets, Tally};
use crate::tool_call::{ToolCall, message_id};

impl Sheet<'_, '_> {
    /// Writes everything. `cursor` is the next ledger index that the file wants afterwards.
    pub(crate) fn commit(mut self, cursor: u64) -> Result<(), StoreError> {
        self.update_calls()?;
        let Self { file, changes } = self;
        let error = file.error();
        write(&mut file.connection, &changes, cursor).map_err(error)?;
        let Changes { identities, shared, .. } = changes;
        file.committed(cursor, identities.into_keys(), shared);
        Ok(())
    }

    /// Tool calls say who, when and where of their record, which a further part may have changed.
    fn update_calls(&mut self) -> Result<(), StoreError> {
        let changed: Vec<Row> = self
            .changes
            .rows
            .values()
            .filter(|pending| pending.before.as_ref().is_some_and(|old| differs(old, &pending.row)))
            .map(|pending| pending.row.clone())
            .collect();
        for row in &changed {
            for call in self.file.calls_of(row.id)? {
                if !self.changes.calls.contains_key(&call.id) {
                    self.set_call(call)?;
                }
            }
        }
        for pending in self.changes.calls.values_mut() {
            if let Some(record) = self.changes.rows.get(&pending.call.record()) {
                let mut call = pending.call.clone();
                call.follow(&record.row);
                pending.replace(call);
            }
        }
        Ok(())
    }
}

fn differs(old: &Row, new: &Row) -> bool {
    let facts = |row: &Row| {
        let who = (row.user_id.clone(), row.session_id.clone(), row.agent.clone());
        (
            who,
            row.model().map(str::to_owned),
            row.time,
            row.duration,
            row.failed(),
            row.service.clone(),
        )
    };
    facts(old) != facts(new)
}

fn write(connection: &mut Connection, changes: &Changes<'_>, cursor: u64) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    write_rows(&transaction, changes)?;
    write_parts(&transaction, changes)?;
    write_messages(&transaction, changes)?;
    write_findings(&transaction, changes)?;
    write_calls(&transaction, changes)?;
    let tally = Tally::of(changes);
    for (table, buckets) in ROLLUPS.into_iter().zip(tally.rollups) {
        write_rollups(&transaction, table, buckets)?;
    }
    touch(&transaction, changes)?;
    write_entities(&transaction, tally.entities)?;
    let (first, last) = tally.times.unzip();
    transaction
        .prepare_cached(
            "UPDATE meta SET cursor = ?1,
                 min_time = min(coalesce(min_time, ?2), coalesce(?2, min_time)),
                 max_time = max(coalesce(max_time, ?3), coalesce(?3, max_time))",
        )?
        .execute((cursor.cast_signed(), first, last))?;
    transaction.commit()
}

fn write_rows(connection: &Connection, changes: &Changes<'_>) -> rusqlite::Result<()> {
    let mut set =
        connection.prepare_cached("INSERT INTO attribute_set (id, fragment) VALUES (?1, ?2)")?;
    for (id, fragment) in &changes.shared {
        set.execute((id, fragment))?;
    }
    let mut insert = connection.prepare_cached(&table::insert("record", Row::COLUMNS))?;
    let mut update = connection.prepare_cached(&table::update("record", Row::COLUMNS, &["id"]))?;
    let mut amend = connection.prepare_cached(&table::update("record", Row::COLUMNS, KEYS))?;
    for Pending { row, before, .. } in changes.rows.values() {
        let statement = match before {
            None => &mut insert,
            // An answer that comes after its request seldom changes what indexes are built on.
            Some(before) if row.has_keys_of(before) => &mut amend,
            Some(_) => &mut update,
        };
        row.bind(statement)?;
        statement.raw_execute()?;
    }
    Ok(())
}

fn write_parts(connection: &Connection, changes: &Changes<'_>) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO part VALUES (?1, ?2)")?;
    for (record, pending) in &changes.rows {
        for part in &pending.parts {
            insert.execute([record, part])?;
        }
    }
    Ok(())
}

fn write_messages(connection: &Connection, changes: &Changes<'_>) -> rusqlite::Result<()> {
    let mut text =
        connection.prepare_cached("INSERT INTO message_text (rowid, text) VALUES (?1, ?2)")?;
    let mut statement = connection
        .prepare_cached("INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
    for (record, pending) in &changes.rows {
        for message in &pending.messages {
            let id = message_id(*record, message.slot);
            message.bind(id, &mut statement)?;
            statement.raw_execute()?;
            if let Some(words) = message.words() {
                text.raw_bind_parameter(1, id)?;
                text.raw_bind_parameter(2, words)?;
                text.raw_execute()?;
            }
        }
    }
    Ok(())
}

fn write_findings(connection: &Connection, changes: &Changes<'_>) -> rusqlite::Result<()> {
    let mut statement = connection
        .prepare_cached("INSERT INTO finding VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?;
    for (record, pending) in &changes.rows {
        for (number, finding) in &pending.findings {
            let Finding { kind, subtype, place, start, end, confidence, fingerprint, action } =
                finding;
            statement.execute((
                record,
                number,
                kind,
                subtype,
                place,
                start,
                end,
                f64::from(*confidence),
                fingerprint.0.as_slice(),
                action_name(*action),
            ))?;
        }
    }
    Ok(())
}

const fn action_name(action: model::Action) -> &'static str {
    match action {
        model::Action::Drop => "drop",
        model::Action::Mask => "mask",
        model::Action::Pseudonymize => "pseudonymize",
        model::Action::Seal => "seal",
        model::Action::Keep => "keep",
    }
}

fn write_calls(connection: &Connection, changes: &Changes<'_>) -> rusqlite::Result<()> {
    let columns = ToolCall::COLUMNS;
    let mut insert = connection.prepare_cached(&table::insert("tool_call", columns))?;
    let mut update = connection.prepare_cached(&table::update("tool_call", columns, &["id"]))?;
    for PendingCall { call, before, .. } in changes.calls.values() {
        let statement = if before.is_none() { &mut insert } else { &mut update };
        call.bind(statement)?;
        statement.raw_execute()?;
    }
    Ok(())
}

fn write_rollups(
    connection: &Connection,
    table: &str,
    buckets: Buckets<'_>,
) -> rusqlite::Result<()> {
    let mut write = connection.prepare_cached(&format!(
        "INSERT INTO {table} VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,
             ?15, ?16, ?17)
         ON CONFLICT DO UPDATE SET count = count + excluded.count,
             errors = errors + excluded.errors,
             input_tokens = input_tokens + excluded.input_tokens,
             output_tokens = output_tokens + excluded.output_tokens,
             duration = duration + excluded.duration,
             sketch = add_sketches(sketch, excluded.sketch),
             refusals = refusals + excluded.refusals, findings = findings + excluded.findings,
             attacks = attacks + excluded.attacks,
             first_chunk = add_sketches(first_chunk, excluded.first_chunk),
             output = add_sketches(output, excluded.output)"
    ))?;
    let mut buckets: Vec<_> = buckets.into_iter().filter(|(_, sums)| !sums.is_nothing()).collect();
    buckets.sort_unstable_by_key(|(bucket, _)| *bucket);
    for (bucket, sums) in buckets {
        let Bucket { start, tenant, kind, model, service, user } = bucket;
        write.execute(params![
            start,
            tenant,
            kind,
            model,
            service,
            user,
            sums.count,
            sums.errors,
            sums.input_tokens,
            sums.output_tokens,
            sums.duration,
            sums.sketch.encode(),
            sums.refusals,
            sums.findings,
            sums.attacks,
            sums.first_chunk.encode(),
            sums.output.encode(),
        ])?;
    }
    Ok(())
}

/// Notes which rows were changed after they were written: who keeps a copy of columns in memory reads
/// these again. Those who are far behind read everything.
fn touch(connection: &Connection, changes: &Changes<'_>) -> rusqlite::Result<()> {
    let rows = changes.rows.iter().filter(|(_, pending)| pending.before.is_some());
    let calls = changes.calls.values().filter(|pending| pending.before.is_some());
    let records = rows.map(|(id, _)| *id).chain(calls.map(|pending| pending.call.record()));
    let records: BTreeSet<i64> = records.collect();
    let mut insert = connection.prepare_cached("INSERT INTO touched (record) VALUES (?1)")?;
    for record in records {
        insert.execute([record])?;
    }
    let prune = "DELETE FROM touched WHERE seq <= (SELECT max(seq) FROM touched) - ?1";
    connection.prepare_cached(prune)?.execute([TOUCHED])?;
    Ok(())
}

/// How many changed rows are remembered.
pub(crate) const TOUCHED: i64 = 200_000;

fn write_entities(
    connection: &Connection,
    entities: hashbrown::HashMap<(&str, &str, &str), crate::tally::Sighting>,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO entity VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT DO UPDATE SET count = count + excluded.count,
             first_seen = min(first_seen, excluded.first_seen),
             last_seen = max(last_seen, excluded.last_seen)",
    )?;
    let mut entities: Vec<_> = entities.into_iter().collect();
    entities.sort_unstable_by_key(|(key, _)| *key);
    for ((kind, value, tenant), seen) in entities {
        statement.execute((kind, value, tenant, seen.first, seen.last, seen.count))?;
    }
    Ok(())
}
