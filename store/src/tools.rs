//! Folds the three sides of a tool call: asked for, executed, answered.
//!
//! Counted is a call that a model asked for in its answer, and an execution; the two are one when
//! they have the same id and belong together. Calls that a prompt repeats as history are not
//! counted. Where they lie in different files, texts are copied, so that no file needs another.

use model::Logged;

use crate::StoreError;
use crate::message::Message;
use crate::row::Row;
use crate::sheet::Sheet;
use crate::tool_call::{EXECUTED_SLOT, ToolCall, message_id};

/// Which file something is in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The file of the batch's own day.
    Today,
    /// The file of the day before.
    Yesterday,
}

/// The files that a batch may change.
pub(crate) struct Sheets<'f, 'a> {
    pub(crate) today: Sheet<'f, 'a>,
    pub(crate) yesterday: Option<Sheet<'f, 'a>>,
}

impl<'f, 'a> Sheets<'f, 'a> {
    pub(crate) fn side(&mut self, side: Side) -> &mut Sheet<'f, 'a> {
        match (side, &mut self.yesterday) {
            (Side::Yesterday, Some(yesterday)) => yesterday,
            _ => &mut self.today,
        }
    }

    /// Does what the messages that were just kept of the record in row `id` mean for tool calls.
    pub(crate) fn follow_tools(
        &mut self,
        side: Side,
        id: i64,
        kept: &[(usize, u16)],
        logged: &Logged,
    ) -> Result<(), StoreError> {
        let sheet = self.side(side);
        let pending = sheet.pending(id)?;
        let is_execution = pending.row.kind == "tool_call";
        let slots = kept.iter().map(|(_, slot)| *slot);
        let messages: Vec<Message<'a>> = slots
            .filter_map(|slot| pending.messages.iter().find(|message| message.slot == slot))
            .filter(|message| matches!(&*message.kind, "tool_call" | "tool_result"))
            .cloned()
            .collect();
        if !is_execution && messages.is_empty() {
            return Ok(());
        }
        let row = pending.row.clone();
        if is_execution {
            return self.execute(side, &row, &messages, logged);
        }
        for (position, message) in messages.iter().enumerate() {
            if message.is_asked_call() {
                self.ask(side, &row, message, logged.index)?;
            } else if message.is_given_result() {
                let before = messages.iter().take(position);
                let same = before.filter(|other| other.is_same_result(message)).count();
                self.answer(side, &row, message, same, logged.index)?;
            }
        }
        Ok(())
    }

    /// A model asked for a call.
    fn ask(
        &mut self,
        side: Side,
        row: &Row,
        message: &Message<'_>,
        index: u64,
    ) -> Result<(), StoreError> {
        let mut asked = ToolCall::of(row, message.slot);
        asked.call_id = message.call_id.as_deref().map(str::to_owned);
        asked.name = message.tool_name.as_deref().map(str::to_owned);
        asked.arguments_at = Some(asked.id);
        let executed = self.matching(asked.call_id.as_deref(), row, |call| {
            call.executed && call.asked_by.is_none_or(|by| by == row.id)
        })?;
        let Some((other, mut call)) = executed else {
            self.take_early(side, row, &mut asked, index)?;
            return self.side(side).set_call(asked);
        };
        call.asked_by = Some(row.id);
        call.model.clone_from(&asked.model);
        self.join(other, &mut call, side, &asked)?;
        self.take_early(other, row, &mut call, index)?;
        self.change(other, call, index)
    }

    /// An application executed a call: the row `row` is the execution.
    fn execute(
        &mut self,
        side: Side,
        row: &Row,
        messages: &[Message<'_>],
        logged: &Logged,
    ) -> Result<(), StoreError> {
        let id = message_id(row.id, EXECUTED_SLOT);
        let mut call =
            self.side(side).call(id)?.unwrap_or_else(|| ToolCall::of(row, EXECUTED_SLOT));
        call.follow(row);
        for message in messages {
            let at = message_id(row.id, message.slot);
            call.call_id = call.call_id.or_else(|| message.call_id.as_deref().map(str::to_owned));
            call.name = call.name.or_else(|| message.tool_name.as_deref().map(str::to_owned));
            if message.kind == "tool_call" {
                call.arguments_at = Some(at);
            } else {
                call.result_at = Some(at);
                call.failed = Some(message.failed || call.failed == Some(true));
            }
        }
        call.call_id = call.call_id.or_else(|| attribute(logged, "gen_ai.tool.call.id"));
        call.name = call.name.or_else(|| attribute(logged, "gen_ai.tool.name"));
        if call.asked_by.is_none() {
            self.find_asked(side, row, &mut call, logged.index)?;
        }
        self.take_early(side, row, &mut call, logged.index)?;
        self.side(side).set_call(call)
    }

    /// Folds the call that a model asked for into its execution.
    fn find_asked(
        &mut self,
        side: Side,
        row: &Row,
        call: &mut ToolCall,
        index: u64,
    ) -> Result<(), StoreError> {
        let asked = self.matching(call.call_id.as_deref(), row, |asked| {
            !asked.executed && asked.folded_into.is_none_or(|into| into == row.id)
        })?;
        let Some((other, mut asked)) = asked else {
            return Ok(());
        };
        call.asked_by = asked.asked_by;
        call.model.clone_from(&asked.model);
        self.join(side, call, other, &asked)?;
        asked.folded_into = Some(row.id);
        self.change(other, asked, index)
    }

    /// A later prompt holds the result of a call, after `same` results of the same id and text.
    ///
    /// Where ids are used again, a prompt holds results of calls that were answered before, too:
    /// as many of a text as are known already are history.
    fn answer(
        &mut self,
        side: Side,
        row: &Row,
        message: &Message<'_>,
        same: usize,
        index: u64,
    ) -> Result<(), StoreError> {
        let mut calls = self.all_matching(message.call_id.as_deref(), row)?;
        calls.retain(|(_, call)| call.folded_into.is_none() || call.is_early());
        let mut known = 0;
        for (other, call) in &calls {
            let is_same = self.result_of(*other, call)?.as_deref() == message.text.as_deref();
            known += usize::from(is_same && !call.lacks_result());
        }
        if known > same {
            return Ok(());
        }
        let open = calls.into_iter().find(|(_, call)| call.lacks_result());
        let Some((other, mut call)) = open else {
            return self.keep_early(side, row, message);
        };
        if other == side {
            call.result_at = Some(message_id(row.id, message.slot));
        } else {
            call.result = message.text.as_deref().map(str::to_owned);
        }
        if message.failed || call.failed.is_none() {
            call.failed = Some(message.failed);
        }
        self.change(other, call, index)
    }

    /// The latest call with this id that `row` can be about and that is as wanted.
    pub(crate) fn matching(
        &self,
        call_id: Option<&str>,
        row: &Row,
        wanted: impl Fn(&ToolCall) -> bool,
    ) -> Result<Option<(Side, ToolCall)>, StoreError> {
        Ok(self.all_matching(call_id, row)?.into_iter().find(|(_, call)| wanted(call)))
    }

    /// The calls with this id that `row` can be about, the latest first.
    pub(crate) fn all_matching(
        &self,
        call_id: Option<&str>,
        row: &Row,
    ) -> Result<Vec<(Side, ToolCall)>, StoreError> {
        let Some(call_id) = call_id else {
            return Ok(Vec::new());
        };
        let on = |side: Side| move |call: ToolCall| (side, call);
        let today = self.today.calls(call_id)?.into_iter().map(on(Side::Today));
        let yesterday = match &self.yesterday {
            Some(yesterday) => yesterday.calls(call_id)?,
            None => Vec::new(),
        };
        let yesterday = yesterday.into_iter().map(on(Side::Yesterday));
        Ok(today.chain(yesterday).filter(|(_, call)| call.concerns(row)).collect())
    }

    /// The text of a call's result, as far as it is known.
    pub(crate) fn result_of(
        &mut self,
        side: Side,
        call: &ToolCall,
    ) -> Result<Option<String>, StoreError> {
        match (&call.result, call.result_at) {
            (None, Some(at)) => self.side(side).text(at),
            (result, _) => Ok(result.clone()),
        }
    }

    /// Gives `call` what only `from` knows.
    pub(crate) fn join(
        &mut self,
        side: Side,
        call: &mut ToolCall,
        from_side: Side,
        from: &ToolCall,
    ) -> Result<(), StoreError> {
        let is_same_file = side == from_side;
        if call.arguments.is_none() && call.arguments_at.is_none() {
            call.arguments.clone_from(&from.arguments);
            match from.arguments_at {
                Some(at) if is_same_file => call.arguments_at = Some(at),
                Some(at) => call.arguments = self.side(from_side).text(at)?,
                None => {}
            }
        }
        if call.lacks_result() {
            call.result.clone_from(&from.result);
            match from.result_at {
                Some(at) if is_same_file => call.result_at = Some(at),
                Some(at) => call.result = self.side(from_side).text(at)?,
                None => {}
            }
        }
        call.name = call.name.take().or_else(|| from.name.clone());
        call.failed = call.failed.or(from.failed);
        Ok(())
    }

    /// Changes a call, unless its file already has what the record at `index` changes.
    pub(crate) fn change(
        &mut self,
        side: Side,
        call: ToolCall,
        index: u64,
    ) -> Result<(), StoreError> {
        let sheet = self.side(side);
        if sheet.has_applied(index) { Ok(()) } else { sheet.set_call(call) }
    }
}

fn attribute(logged: &Logged, name: &str) -> Option<String> {
    logged.record.attributes.get(name)?.as_str().map(str::to_owned)
}
