//! A day file together with the changes of one batch that are not yet written to it.
//!
//! Rows are looked for here first and in the file second, so that the parts of a call that arrive
//! in one batch are written once. It does not write: `commit` does.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use model::{Direction, Finding, Logged, Segment};

use crate::StoreError;
use crate::attributes::{Attributes, Shared};
use crate::contents::Contents;
use crate::file::DayFile;
use crate::identity::Identity;
use crate::message::{self, Message};
use crate::named::Named;
use crate::row::Row;
use crate::tool_call::{ToolCall, message_id};

/// The changes of one batch to one file.
#[derive(Default)]
pub(crate) struct Changes<'a> {
    /// Rows by id, so that they are written in order.
    pub(crate) rows: BTreeMap<i64, Pending<'a>>,
    /// Tool calls by id.
    pub(crate) calls: BTreeMap<i64, PendingCall>,
    /// Attribute sets that the file does not have yet.
    pub(crate) shared: HashMap<i64, String>,
    /// Identities of new rows.
    pub(crate) identities: HashMap<Identity, Vec<i64>>,
    calls_by_id: HashMap<String, Vec<i64>>,
}

/// A row that is new or changed.
pub(crate) struct Pending<'a> {
    /// As it will be.
    pub(crate) row: Row,
    /// As it is in the file; `None` when it is new.
    pub(crate) before: Option<Row>,
    /// Messages to add.
    pub(crate) messages: Vec<Message<'a>>,
    /// Findings to add, with their numbers.
    pub(crate) findings: Vec<(i64, &'a Finding)>,
    /// Ledger indexes of further parts.
    pub(crate) parts: Vec<i64>,
    /// Whom and what it named until a further part of the batch said otherwise.
    pub(crate) superseded: Vec<Named>,
    contents: Option<Contents>,
}

/// A tool call that is new or changed.
pub(crate) struct PendingCall {
    /// As it will be.
    pub(crate) call: ToolCall,
    /// As it is in the file; `None` when it is new.
    pub(crate) before: Option<ToolCall>,
    /// The tool and time that it had until the batch said otherwise.
    pub(crate) superseded: Vec<(Option<String>, i64)>,
}

/// A file and its changes.
pub(crate) struct Sheet<'f, 'a> {
    pub(crate) file: &'f mut DayFile,
    pub(crate) changes: Changes<'a>,
}

impl<'f, 'a> Sheet<'f, 'a> {
    pub(crate) fn new(file: &'f mut DayFile) -> Self {
        Self { file, changes: Changes::default() }
    }

    /// Whether the file already holds what the record at `index` changes in it, because the
    /// program ended after this file's commit and before the next one's.
    pub(crate) fn has_applied(&self, index: u64) -> bool {
        index < self.file.cursor()
    }

    /// The row that a record is a part or a repeat of.
    pub(crate) fn find(&self, logged: &Logged) -> Result<Option<i64>, StoreError> {
        let record = &logged.record;
        let Some(identity) = Identity::of(record) else {
            return Ok(None);
        };
        let pending = self.changes.identities.get(&identity).into_iter().flatten();
        for id in pending {
            let same = self.changes.rows.get(id).is_some_and(|pending| {
                pending.row.kind == record.kind.as_str() && pending.row.tenant == record.tenant.0
            });
            if same {
                return Ok(Some(*id));
            }
        }
        self.file.find(&identity, logged)
    }

    /// Adds a record as a row of its own.
    pub(crate) fn add(&mut self, logged: &'a Logged, id: i64) -> Result<(), StoreError> {
        let attributes = self.share(Attributes::of_record(&logged.record))?;
        let row = Row::of(logged, id, self.file.day.hour(logged.log_time), &attributes);
        if let Some(identity) = Identity::of(&logged.record) {
            self.changes.identities.entry(identity).or_default().push(id);
        }
        self.changes.rows.insert(id, Pending::new(row, None));
        Ok(())
    }

    /// Folds a further part into the row `id`.
    pub(crate) fn fold(&mut self, logged: &'a Logged, id: i64) -> Result<(), StoreError> {
        let attributes = self.share(Attributes::of_record(&logged.record))?;
        let pending = self.pending(id)?;
        pending.parts.push(logged.index.cast_signed());
        let named = Named::by(&pending.row);
        pending.row.absorb(Row::of(logged, id, 0, &attributes));
        if !named.is_by(&pending.row) {
            pending.superseded.push(named);
        }
        Ok(())
    }

    /// The row `id` as it will be, read from the file when it is not pending yet.
    pub(crate) fn pending(&mut self, id: i64) -> Result<&mut Pending<'a>, StoreError> {
        let file = &self.file;
        match self.changes.rows.entry(id) {
            std::collections::btree_map::Entry::Occupied(entry) => Ok(entry.into_mut()),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let row = file.row(id)?;
                let before = Some(row.clone());
                Ok(entry.insert(Pending::new(row, before)))
            }
        }
    }

    /// Keeps the content of a record that the row does not have yet. Returns the positions of the
    /// segments that were kept, with their slots.
    pub(crate) fn keep_content(
        &mut self,
        id: i64,
        segments: &'a [Segment],
    ) -> Result<Vec<(usize, u16)>, StoreError> {
        if segments.is_empty() {
            return Ok(Vec::new());
        }
        self.pending(id)?;
        let file = &*self.file;
        let Some(pending) = self.changes.rows.get_mut(&id) else {
            return Ok(Vec::new());
        };
        let first = pending.before.is_none() && pending.messages.is_empty();
        let mut messages: Vec<Message<'a>> = segments.iter().map(Message::of).collect();
        if first {
            // The usual case by far: nothing to compare with.
            return Ok(pending.keep_all(messages));
        }
        let mut contents = match pending.contents.take() {
            Some(contents) => contents,
            None => Contents::from_slot(pending.next_slot(file)?),
        };
        for direction in contents.unknown(segments) {
            let direction = message::direction(direction);
            if pending.before.is_some() {
                file.messages(id, direction)?.iter().for_each(|message| contents.know(message));
            }
            let here = pending.messages.iter().filter(|message| message.direction == direction);
            here.for_each(|message| contents.know(message));
        }
        let kept = contents.keep_new(&mut messages);
        pending.row.truncated |= contents.is_full();
        pending.messages.append(&mut messages);
        pending.contents = Some(contents);
        Ok(kept)
    }

    /// Keeps the findings of a record, less those in content that was not kept.
    pub(crate) fn keep_findings(
        &mut self,
        id: i64,
        findings: &'a [Finding],
        kept: &[(usize, u16)],
    ) -> Result<(), StoreError> {
        if findings.is_empty() {
            return Ok(());
        }
        self.pending(id)?;
        let file = &*self.file;
        let Some(pending) = self.changes.rows.get_mut(&id) else {
            return Ok(());
        };
        let mut known = if pending.row.parts > 1 && pending.before.is_some() {
            file.findings(id)?
        } else {
            Vec::new()
        };
        for finding in findings {
            let is_known = match content_position(&finding.place) {
                Some(position) => !kept.iter().any(|(kept, _)| *kept == position),
                None => known.contains(&finding_key(finding)) || pending.has_finding(finding),
            };
            if !is_known {
                pending.findings.push((pending.row.finding_count, finding));
                pending.row.finding_count += 1;
            }
        }
        known.clear();
        Ok(())
    }

    /// The latest calls with this id, newest first.
    pub(crate) fn calls(&self, call_id: &str) -> Result<Vec<ToolCall>, StoreError> {
        let pending = self.changes.calls_by_id.get(call_id).into_iter().flatten().rev();
        let mut calls: Vec<ToolCall> = pending
            .take(LATEST_CALLS)
            .filter_map(|id| self.changes.calls.get(id))
            .map(|pending| pending.call.clone())
            .collect();
        for call in self.file.calls(call_id, LATEST_CALLS)? {
            if !self.changes.calls.contains_key(&call.id) {
                calls.push(call);
            }
        }
        calls.sort_unstable_by_key(|call| std::cmp::Reverse(call.id));
        Ok(calls)
    }

    /// The call with this row id.
    pub(crate) fn call(&self, id: i64) -> Result<Option<ToolCall>, StoreError> {
        match self.changes.calls.get(&id) {
            Some(pending) => Ok(Some(pending.call.clone())),
            None => self.file.call(id),
        }
    }

    /// Puts a new or changed call among the changes.
    pub(crate) fn set_call(&mut self, call: ToolCall) -> Result<(), StoreError> {
        if let Some(pending) = self.changes.calls.get_mut(&call.id) {
            if pending.call.call_id != call.call_id {
                name_call(&mut self.changes.calls_by_id, &call);
            }
            pending.replace(call);
            return Ok(());
        }
        let before = if self.changes.rows.get(&call.record()).is_some_and(Pending::is_new) {
            None
        } else {
            self.file.call(call.id)?
        };
        name_call(&mut self.changes.calls_by_id, &call);
        let superseded = Vec::new();
        self.changes.calls.insert(call.id, PendingCall { call, before, superseded });
        Ok(())
    }

    /// The text of a message, by its row id.
    pub(crate) fn text(&self, id: i64) -> Result<Option<String>, StoreError> {
        let pending = self.changes.rows.get(&(id >> 16)).and_then(|pending| {
            pending.messages.iter().find(|message| message_id(id >> 16, message.slot) == id)
        });
        match pending {
            Some(message) => Ok(message.text.as_deref().map(str::to_owned)),
            None => self.file.text(id),
        }
    }

    /// The texts of the results with this call id that the prompt of the row `id` holds.
    pub(crate) fn given_results(
        &self,
        id: i64,
        call_id: &str,
    ) -> Result<Vec<Option<String>>, StoreError> {
        let Some(pending) = self.changes.rows.get(&id) else {
            return Ok(Vec::new());
        };
        let written = match &pending.before {
            Some(_) => self.file.messages(id, message::direction(Direction::Input))?,
            None => Vec::new(),
        };
        let is_one = |message: &&Message<'_>| {
            message.is_given_result() && message.call_id.as_deref() == Some(call_id)
        };
        let text = |message: &Message<'_>| message.text.as_deref().map(str::to_owned);
        let written = written.iter().filter(is_one).map(text);
        Ok(written.chain(pending.messages.iter().filter(is_one).map(text)).collect())
    }

    /// Sees to it that the file has the shared attributes, or makes them the record's own when
    /// another set has the same hash.
    fn share(&mut self, attributes: Attributes) -> Result<Attributes, StoreError> {
        let Some(Shared { id, fragment }) = &attributes.shared else {
            return Ok(attributes);
        };
        let known = match self.changes.shared.get(id) {
            Some(known) => Some(known.clone()),
            None => self.file.shared(*id)?,
        };
        match known {
            Some(known) if known == *fragment => Ok(attributes),
            Some(_) => Ok(Attributes { own: attributes.unshared(), shared: None }),
            None => {
                self.changes.shared.insert(*id, fragment.clone());
                Ok(attributes)
            }
        }
    }
}

/// How many calls with the same id are looked at. Providers make ids unique; some local servers
/// count from 0, and among their calls the latest few are the ones that can still be answered.
const LATEST_CALLS: usize = 32;

fn name_call(names: &mut HashMap<String, Vec<i64>>, call: &ToolCall) {
    if let Some(call_id) = &call.call_id {
        names.entry_ref(call_id.as_str()).or_default().push(call.id);
    }
}

impl PendingCall {
    /// Takes what the call is by now.
    pub(crate) fn replace(&mut self, call: ToolCall) {
        let was = std::mem::replace(&mut self.call, call);
        if was.name != self.call.name || was.time != self.call.time {
            self.superseded.push((was.name, was.time));
        }
    }
}

impl<'a> Pending<'a> {
    const fn new(row: Row, before: Option<Row>) -> Self {
        Self {
            row,
            before,
            messages: Vec::new(),
            findings: Vec::new(),
            parts: Vec::new(),
            superseded: Vec::new(),
            contents: None,
        }
    }

    const fn is_new(&self) -> bool {
        self.before.is_none()
    }

    /// The first slot that neither the file nor the batch uses.
    fn next_slot(&self, file: &DayFile) -> Result<usize, StoreError> {
        match self.messages.last() {
            Some(last) => Ok(usize::from(last.slot) + 1),
            None if self.is_new() => Ok(0),
            None => file.next_slot(self.row.id),
        }
    }

    fn keep_all(&mut self, messages: Vec<Message<'a>>) -> Vec<(usize, u16)> {
        let mut kept = Vec::with_capacity(messages.len());
        self.messages.reserve(messages.len());
        for (position, mut message) in messages.into_iter().enumerate() {
            let Some(slot) = Contents::slot(position) else {
                self.row.truncated = true;
                break;
            };
            message.slot = slot;
            kept.push((position, slot));
            self.messages.push(message);
        }
        kept
    }

    fn has_finding(&self, finding: &Finding) -> bool {
        let key = finding_key(finding);
        self.findings.iter().any(|(_, known)| finding_key(known) == key)
    }
}

/// What makes two findings outside the content the same: type, place, fingerprint and start.
pub(crate) type FindingKey = (String, String, Vec<u8>, i64);

/// The key of a finding.
pub(crate) fn finding_key(finding: &Finding) -> FindingKey {
    let Finding { kind, place, fingerprint, start, .. } = finding;
    (kind.clone(), place.clone(), fingerprint.0.to_vec(), i64::from(*start))
}

/// The segment of a place such as `content/2/arguments/city`.
fn content_position(place: &str) -> Option<usize> {
    place.strip_prefix("content/")?.split('/').next()?.parse().ok()
}
