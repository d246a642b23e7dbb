//! Reading a sealed original: with a reason, and with a record of it that is durable first.
//!
//! What is tried and fails is recorded too. Who may ask is decided before (`access`).

use std::collections::BTreeMap;

use model::{Clock, EventOutcome, Finding, Logged, Observation, Record as Recorded, Sealed};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Archive, ArchiveError, Entry};
use vault::{OpenError, Vault};

use crate::record::{Receipt, Record, RecordError};
use crate::recorder;
use crate::wording::says_something;

/// The longest reason, in characters.
pub const LONGEST_REASON: usize = 1_000;

/// What is to be read, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The position of the finding in the record's list.
    pub finding: u32,
    /// Why it must be read. It is recorded.
    pub reason: String,
}

/// A sealed original, opened.
#[derive(Debug)]
pub struct Unsealed {
    /// The finding it belongs to.
    pub finding: Finding,
    /// What was found. Whoever gives it away has its reading on record.
    pub value: Sealed<String>,
    /// Ledger index of the record of this reading.
    pub access: u64,
}

/// Why an original was not given.
#[derive(Debug, thiserror::Error)]
pub enum UnsealError {
    /// No reason, or one that is too long.
    #[error("reason has no word, or more than {LONGEST_REASON} characters")]
    Reason,
    /// There is no such record.
    #[error("there is no such record")]
    NoRecord,
    /// The record has no such finding, or its policy kept no original.
    #[error("finding has no sealed original in this record")]
    NoOriginal,
    /// The subject's keys were destroyed.
    #[error("record was erased: the key of its subject was destroyed")]
    Erased,
    /// The reading could not be recorded, so the value is not given.
    #[error("could not record the reading: {0}")]
    NotRecorded(#[from] RecordError),
    /// The log could not be read.
    #[error(transparent)]
    Archive(ArchiveError),
    /// The original could not be opened.
    #[error("sealed original: {0}")]
    Open(OpenError),
}

/// Where originals are read, and where that is recorded.
#[derive(Clone, Copy)]
pub struct Unsealing<'a> {
    /// The log.
    pub archive: &'a Archive,
    /// The keys.
    pub vault: &'a Vault,
    /// Keeps the record of the reading.
    pub recorder: &'a dyn Record,
    /// The time of the reading.
    pub clock: &'a dyn Clock,
}

impl Unsealing<'_> {
    /// Opens an original for `reader`. When it returns, that is on record, whatever came of it.
    ///
    /// # Errors
    /// As [`UnsealError`] says; without a record only where the reason is missing, or where nothing
    /// can be recorded.
    pub async fn unseal(
        &self,
        reader: &str,
        index: u64,
        request: &Request,
    ) -> Result<Unsealed, UnsealError> {
        if !says_something(&request.reason, LONGEST_REASON) {
            return Err(UnsealError::Reason);
        }
        let opened = self.open(index, request.finding);
        let outcome = if opened.is_ok() { EventOutcome::Success } else { EventOutcome::Failure };
        let logged = opened.as_ref().ok().map(|(logged, _)| &logged.record);
        let access = self.access(reader, index, request, outcome, logged);
        let receipts = self.recorder.record(vec![access]).await?;
        let (mut logged, value) = opened?;
        let position = usize::try_from(request.finding).map_err(|_| UnsealError::NoOriginal)?;
        let finding = logged.record.findings.swap_remove(position);
        let access = receipts.first().map_or(0, |receipt: &Receipt| receipt.index());
        Ok(Unsealed { finding, value, access })
    }

    fn open(&self, index: u64, finding: u32) -> Result<(Box<Logged>, Sealed<String>), UnsealError> {
        let logged = match self.archive.read(index) {
            Ok(Entry::Readable(logged)) => logged,
            Ok(Entry::Erased { .. }) => return Err(UnsealError::Erased),
            Err(ArchiveError::Ledger(ledger::ReadError::NoSuchRecord { .. })) => {
                return Err(UnsealError::NoRecord);
            }
            Err(error) => return Err(UnsealError::Archive(error)),
        };
        let record = &logged.record;
        let mut sealed = record.sealed.iter();
        let original = sealed.find(|original| original.finding == finding);
        let has_finding = usize::try_from(finding).is_ok_and(|at| at < record.findings.len());
        let original = original.filter(|_| has_finding).ok_or(UnsealError::NoOriginal)?;
        let opened = self.vault.unseal_original(&record.tenant, &original.ciphertext);
        let bytes = opened.map_err(|error| match error {
            OpenError::Erased => UnsealError::Erased,
            error => UnsealError::Open(error),
        })?;
        let text = String::from_utf8_lossy(bytes.expose()).into_owned();
        Ok((logged, Sealed::new(text)))
    }

    /// The record of a reading: who, what, why, and how it ended.
    fn access(
        &self,
        reader: &str,
        index: u64,
        request: &Request,
        outcome: EventOutcome,
        about: Option<&Recorded>,
    ) -> Observation {
        let mut access =
            attempt(reader, Some(index), Some(&request.reason), outcome, self.clock.now());
        let record = access.expose_mut();
        record.attributes.insert("finding".to_owned(), json!(request.finding));
        if let Some(about) = about {
            record.tenant = about.tenant.clone();
        }
        access
    }
}

/// The record of an attempt to read an original.
pub(crate) fn attempt(
    reader: &str,
    index: Option<u64>,
    reason: Option<&str>,
    outcome: EventOutcome,
    now: model::Timestamp,
) -> Observation {
    let mut access = recorder::access(reader, "original.unseal", &[], 0, now);
    let record = access.expose_mut();
    record.attributes = BTreeMap::new();
    record.attributes.extend(index.map(|index| ("index".to_owned(), json!(index))));
    if let Some(event) = &mut record.event {
        event.outcome = Some(outcome);
        event.target = index.map(|index| format!("record {index}"));
        event.reason = reason.map(|reason| reason.trim().to_owned());
    }
    access
}
