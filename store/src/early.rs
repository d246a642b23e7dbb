//! Results of tools that arrive before the answer that asked for the call.
//!
//! An agent is often faster than the recording of the answer it acts on: its next prompt, with the
//! result, is logged first. Such a result waits in `tool_call` as a row that is folded into its own
//! record, so that no view and no count has it, until the call comes. The row lies in the file and
//! thus outlives the program.

use crate::StoreError;
use crate::message::Message;
use crate::row::Row;
use crate::sheet::Sheet;
use crate::tool_call::{ToolCall, message_id};
use crate::tools::{Sheets, Side};

impl Sheets<'_, '_> {
    /// Keeps a result that is new, while no call is known that lacks one.
    pub(crate) fn keep_early(
        &mut self,
        side: Side,
        row: &Row,
        message: &Message<'_>,
    ) -> Result<(), StoreError> {
        let Some(call_id) = message.call_id.as_deref() else {
            return Ok(());
        };
        let mut early = ToolCall::of(row, message.slot);
        early.call_id = Some(call_id.to_owned());
        early.asked_by = None;
        early.folded_into = Some(row.id);
        early.result_at = Some(message_id(row.id, message.slot));
        early.failed = Some(message.failed);
        self.side(side).set_call(early)
    }

    /// Gives `call`, of the record in `row`, a result that came before it. Some servers use the same
    /// ids again: a result in a prompt from before `row`, or in its own, is not one of this call,
    /// and of those in later prompts the first is.
    pub(crate) fn take_early(
        &mut self,
        side: Side,
        row: &Row,
        call: &mut ToolCall,
        index: u64,
    ) -> Result<(), StoreError> {
        if !call.lacks_result() {
            return Ok(());
        }
        let calls = self.all_matching(call.call_id.as_deref(), row)?;
        let Some((other, mut early)) = self.first_new(calls, row)? else {
            return Ok(());
        };
        self.join(side, call, other, &early)?;
        if early.failed == Some(true) {
            call.failed = early.failed;
        }
        early.folded_into = Some(row.id);
        self.change(other, early, index)
    }

    /// Of calls with one id, the first result that came early, is not from before `row`, and is
    /// not one that the prompt of `row` holds itself.
    fn first_new(
        &mut self,
        mut calls: Vec<(Side, ToolCall)>,
        row: &Row,
    ) -> Result<Option<(Side, ToolCall)>, StoreError> {
        let is_candidate = |early: &ToolCall| {
            let is_later = early.record() != row.id && early.time >= row.time;
            is_later && (early.is_early() || early.is_early_of(row.id))
        };
        let Some((_, one)) = calls.iter().find(|(_, call)| is_candidate(call)) else {
            return Ok(None);
        };
        let mut own = self.given_results(row.id, one.call_id.as_deref().unwrap_or_default())?;
        // What earlier calls got or will get is theirs, and tells nothing of the candidates.
        for (side, call) in &calls {
            let counts = call.folded_into.is_none() || call.is_early();
            if counts && call.time < row.time && !call.lacks_result() {
                let text = self.result_of(*side, call)?;
                own.iter().position(|own| *own == text).map(|position| own.swap_remove(position));
            }
        }
        calls.retain(|(_, call)| is_candidate(call));
        calls.sort_unstable_by_key(|(_, early)| (early.time, early.id));
        for (side, early) in calls {
            let text = self.result_of(side, &early)?;
            match own.iter().position(|own| *own == text) {
                Some(position) => drop(own.swap_remove(position)),
                None => return Ok(Some((side, early))),
            }
        }
        Ok(None)
    }

    /// The texts of the results with this call id that the prompt of the record `id` holds.
    fn given_results(&self, id: i64, call_id: &str) -> Result<Vec<Option<String>>, StoreError> {
        let sheets = [Some(&self.today), self.yesterday.as_ref()];
        let has = |sheet: &&Sheet<'_, '_>| sheet.changes.rows.contains_key(&id);
        match sheets.into_iter().flatten().find(has) {
            Some(sheet) => sheet.given_results(id, call_id),
            None => Ok(Vec::new()),
        }
    }
}
