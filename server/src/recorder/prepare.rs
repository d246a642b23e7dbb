//! From a raw observation to a sealed entry: identity, pseudonyms, inspection, encryption.
//!
//! Does not touch the disk, but for the vault's look-up of a key or pseudonym it has not cached.

use std::net::IpAddr;
use std::sync::Arc;

use inspect::{Inspected, Inspector};
use model::{Body, Door, Fingerprint, Keyed, Kind, Observation, Record, SealedOriginal, TenantId};
use parking_lot::RwLock;
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use store::Once;
use vault::{Space, Subject, Vault};

use super::failures::Failures;
use super::identity::{self, Identities};
use crate::record::RecordError;

/// Version of the record's schema that is written.
const SCHEMA_VERSION: u16 = 1;

/// Records of a batch that one core prepares before another is asked to help.
const ALONE: usize = 16;

/// A record that is clean, sealed and ready to append.
pub(super) struct Prepared {
    pub(super) entry: ledger::Entry,
    pub(super) record: Record,
    pub(super) part: Fingerprint,
    pub(super) content: Option<Fingerprint>,
}

/// Prepares observations, from any thread.
pub(super) struct Preparer {
    inspector: Inspector,
    vault: Arc<Vault>,
    once: Arc<RwLock<Once>>,
    failures: Failures,
}

impl Preparer {
    pub(super) fn new(inspector: Inspector, vault: Arc<Vault>, once: Arc<RwLock<Once>>) -> Self {
        Self { inspector, vault, once, failures: Failures::default() }
    }

    pub(super) fn prepare(&self, batch: Vec<Observation>) -> Result<Vec<Prepared>, RecordError> {
        batch
            .into_par_iter()
            .with_min_len(ALONE)
            .map(|observation| self.prepare_one(observation.into_exposed()))
            .collect::<Result<_, vault::VaultError>>()
            .map_err(|error| RecordError::Unavailable { reason: error.to_string() })
    }

    fn prepare_one(&self, mut record: Record) -> Result<Prepared, vault::VaultError> {
        record.version = SCHEMA_VERSION;
        record.tenant = self.tenant(record.tenant);
        let Identities { part, content } = identity::of(&record, &*self.vault);
        record.fingerprint = Some(part);
        self.omit_known_content(&mut record, content);
        if is_of_rule(&record) {
            let entry = self.seal(&record, &Subject::of(&record))?;
            return Ok(Prepared { entry, record, part, content: None });
        }
        record.alert = None;
        self.pseudonymize(&mut record)?;
        let Inspected { originals, incomplete } = self.inspector.inspect(&mut record, &*self.vault);
        self.failures.tell(&incomplete);
        let subject = Subject::of(&record);
        for (finding, original) in originals {
            let ciphertext =
                self.vault.seal_original(&record.tenant, &subject, original.expose().as_bytes())?;
            record.sealed.push(SealedOriginal { finding, ciphertext });
        }
        let entry = self.seal(&record, &subject)?;
        let content = content.filter(|_| record.content_at.is_none());
        Ok(Prepared { entry, record, part, content })
    }

    /// A tenant's name is shown everywhere, so one that could be something else is replaced.
    fn tenant(&self, name: TenantId) -> TenantId {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let text = name.as_str();
        if !text.is_empty()
            && text.len() <= 64
            && text.bytes().all(plain)
            && self.inspector.is_clean(text)
        {
            return name;
        }
        let fingerprint = self.vault.fingerprint(&TenantId::default(), "tenant", text.as_bytes());
        TenantId(format!("t_{fingerprint}"))
    }

    /// Content that an earlier part of the same span had is not kept twice.
    fn omit_known_content(&self, record: &mut Record, content: Option<Fingerprint>) {
        let known = content.and_then(|content| self.once.read().lookup(&content));
        if let Some(index) = known {
            record.content.clear();
            record.content_at = Some(index);
        }
    }

    fn pseudonymize(&self, record: &mut Record) -> Result<(), vault::VaultError> {
        let tenant = &record.tenant;
        let actor = &mut record.actor;
        if let Some(user) = &mut actor.user {
            *user = self.vault.pseudonym(tenant, Space::User, user)?;
        }
        if let Some(address) = actor.client_address.as_mut().filter(|text| !is_loopback(text)) {
            *address = self.vault.pseudonym(tenant, Space::Address, address)?;
        }
        if let Some(key) = &mut actor.api_key {
            *key = self.vault.api_key_fingerprint(tenant, key);
        }
        for segment in &mut record.content {
            if let Body::Blob(blob) = &mut segment.body {
                blob.hash = self.vault.blob_hash(tenant, &blob.hash);
            }
        }
        Ok(())
    }

    fn seal(&self, record: &Record, subject: &Subject) -> Result<ledger::Entry, vault::VaultError> {
        let class = record.kind.class();
        let sealed = self.vault.seal(&record.tenant, subject, class, &model::encode(record))?;
        Ok(ledger::Entry {
            class: class as u8,
            tenant: sealed.tenant,
            key: sealed.key,
            commitment: sealed.commitment,
            payload: sealed.payload,
        })
    }
}

/// Whether a rule raised it: it is made of nothing but the rule's own words and of records that
/// were inspected, with pseudonyms already.
fn is_of_rule(record: &Record) -> bool {
    record.kind == Kind::Alert && record.source.door == Door::Plainsight && record.alert.is_some()
}

fn is_loopback(address: &str) -> bool {
    address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
