//! Results of tools that arrive before the answer that asked for the call.
//!
//! An agent is often faster than the recording of the answer it acts on: its next prompt, with the
//! result, is logged first. Such a result waits in `tool_call` as a row that is folded into its own
//! record, so that no view and no count has it, until the call comes. The row lies in the file and
//! thus outlives the program. Results of calls that are known are not kept here.

use crate::StoreError;
use crate::message::Message;
use crate::row::Row;
use crate::tool_call::{ToolCall, message_id};
use crate::tools::{Sheets, Side};

impl Sheets<'_, '_> {
    /// Keeps a result whose call nobody has asked for yet. A prompt that repeats it as history
    /// adds nothing.
    pub(crate) fn keep_early(
        &mut self,
        side: Side,
        row: &Row,
        message: &Message<'_>,
    ) -> Result<(), StoreError> {
        let call_id = message.call_id.as_deref();
        if call_id.is_none() || self.matching(call_id, row, |call| !call.is_early())?.is_some() {
            return Ok(());
        }
        if let Some((other, early)) = self.matching(call_id, row, ToolCall::is_early)? {
            let text = early.result_at.map(|at| self.side(other).text(at)).transpose()?.flatten();
            if text.as_deref() == message.text.as_deref() {
                return Ok(());
            }
        }
        let mut early = ToolCall::of(row, message.slot);
        early.call_id = call_id.map(str::to_owned);
        early.asked_by = None;
        early.folded_into = Some(row.id);
        early.result_at = Some(message_id(row.id, message.slot));
        early.failed = Some(message.failed);
        self.side(side).set_call(early)
    }

    /// Gives `call`, of the record in `row`, the latest result that came before it. A result in a
    /// prompt from before `row` is not one of this call: some servers use the same ids again.
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
        let early = self.matching(call.call_id.as_deref(), row, |early| {
            let is_later = early.record() != row.id && early.time >= row.time;
            is_later && (early.is_early() || early.is_early_of(row.id))
        })?;
        let Some((other, mut early)) = early else {
            return Ok(());
        };
        self.join(side, call, other, &early)?;
        if early.failed == Some(true) {
            call.failed = early.failed;
        }
        early.folded_into = Some(row.id);
        self.change(other, early, index)
    }
}
