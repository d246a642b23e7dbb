//! Tool calls: asked for by a model, executed by an application, answered in a later prompt.
//!
//! Three things that arrive apart, in any order and any trace, are one call when they have its id
//! and belong to the same trace, session or user. It does not search files: `tools` does.

use crate::row::Row;
use crate::table::table;

table! {
    /// One row of `tool_call`.
    ToolCall
    id: i64 = "INTEGER PRIMARY KEY",
    tenant: String = "TEXT NOT NULL",
    log_time: i64 = "INTEGER NOT NULL",
    time: i64 = "INTEGER NOT NULL",
    call_id: Option<String> = "TEXT",
    name: Option<String> = "TEXT",
    executed: bool = "INTEGER NOT NULL",
    asked_by: Option<i64> = "INTEGER",
    folded_into: Option<i64> = "INTEGER",
    arguments: Option<String> = "TEXT",
    arguments_at: Option<i64> = "INTEGER",
    result: Option<String> = "TEXT",
    result_at: Option<i64> = "INTEGER",
    failed: Option<bool> = "INTEGER",
    duration: Option<i64> = "INTEGER",
    user_id: Option<String> = "TEXT",
    session_id: Option<String> = "TEXT",
    agent: Option<String> = "TEXT",
    model: Option<String> = "TEXT",
    service: Option<String> = "TEXT",
    trace_id: Option<String> = "TEXT",
}

/// The slot of an executed call: its row id is its record's, shifted, with this below.
pub(crate) const EXECUTED_SLOT: u16 = u16::MAX;

impl ToolCall {
    /// A call in the record `row`, with nothing known of the call itself.
    pub(crate) fn of(row: &Row, slot: u16) -> Self {
        let mut call = Self {
            id: message_id(row.id, slot),
            tenant: row.tenant.clone(),
            log_time: row.log_time,
            executed: slot == EXECUTED_SLOT,
            asked_by: (slot != EXECUTED_SLOT).then_some(row.id),
            ..Self::default()
        };
        call.follow(row);
        call
    }

    /// Takes over what its record says of who, when and where.
    pub(crate) fn follow(&mut self, row: &Row) {
        self.time = row.time;
        self.user_id.clone_from(&row.user_id);
        self.session_id.clone_from(&row.session_id);
        self.agent.clone_from(&row.agent);
        self.service.clone_from(&row.service);
        self.trace_id.clone_from(&row.trace_id);
        if self.executed {
            self.duration = row.duration;
            self.failed = row.failed().or(self.failed);
        } else {
            self.model = row.model().map(str::to_owned);
        }
    }

    /// The record that it is in.
    pub(crate) const fn record(&self) -> i64 {
        self.id >> 16
    }

    /// Whether it counts as a record of its own: asked for, and not (yet) seen executed.
    pub(crate) const fn stands_alone(&self) -> bool {
        !self.executed && self.folded_into.is_none()
    }

    /// Whether its result is still unknown.
    pub(crate) const fn lacks_result(&self) -> bool {
        self.result.is_none() && self.result_at.is_none()
    }

    /// Whether it is only a result that waits for its call: nobody asked, and nobody has taken it.
    pub(crate) fn is_early(&self) -> bool {
        self.is_early_of(self.record())
    }

    /// Whether it is only a result, which the record `id` has (its own: it waits).
    pub(crate) fn is_early_of(&self, id: i64) -> bool {
        !self.executed && self.asked_by.is_none() && self.folded_into == Some(id)
    }

    /// Whether a call or result with the same id in the record `row` can be about this call.
    pub(crate) fn concerns(&self, row: &Row) -> bool {
        let same =
            |mine: &Option<String>, theirs: &Option<String>| mine.is_some() && mine == theirs;
        let nobody = [&self.user_id, &self.session_id, &row.user_id, &row.session_id]
            .iter()
            .all(|who| who.is_none());
        self.tenant == row.tenant
            && (same(&self.trace_id, &row.trace_id)
                || same(&self.session_id, &row.session_id)
                || same(&self.user_id, &row.user_id)
                || nobody)
    }
}

/// The row id of a message or call within a record.
pub(crate) const fn message_id(record: i64, slot: u16) -> i64 {
    record << 16 | slot as i64
}
