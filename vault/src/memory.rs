//! What the vault remembers: keys and pseudonyms that were used lately, and all that is not durable.

use std::sync::Arc;

use crate::cache::Cache;
use crate::data_key::{DataKey, SubjectRef};
use crate::database::{DataKeyRow, PseudonymRow, TenantRow};
use crate::pending::Pending;

pub(crate) struct Memory {
    by_subject: Cache<SubjectRef, Arc<DataKey>>,
    by_id: Cache<[u8; 16], Arc<DataKey>>,
    pseudonyms: Cache<[u8; 16], Arc<str>>,
    gathering: Pending,
    /// In a transaction that has not ended. Found nowhere else, should the caches turn meanwhile.
    writing: Arc<Pending>,
}

impl Memory {
    /// Remembers so many data keys and so many pseudonyms that are durable.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            by_subject: Cache::new(capacity),
            by_id: Cache::new(capacity),
            pseudonyms: Cache::new(capacity),
            gathering: Pending::default(),
            writing: Arc::default(),
        }
    }

    pub(crate) fn data_key(&mut self, subject: &SubjectRef) -> Option<Arc<DataKey>> {
        self.by_subject.get(subject).or_else(|| self.pending_key(subject))
    }

    /// The subject's key that is not durable yet.
    pub(crate) fn pending_key(&self, subject: &SubjectRef) -> Option<Arc<DataKey>> {
        let pending = self.pending().find_map(|pending| pending.keys.get(subject));
        pending.map(|(_, key)| Arc::clone(key))
    }

    pub(crate) fn data_key_by_id(&mut self, id: &[u8; 16]) -> Option<Arc<DataKey>> {
        self.by_id.get(id)
    }

    pub(crate) fn pseudonym(&mut self, lookup: &[u8; 16]) -> Option<Arc<str>> {
        self.pseudonyms.get(lookup).or_else(|| {
            let pending = self.pending().find_map(|pending| pending.pseudonyms.get(lookup));
            pending.map(|row| row.name.as_str().into())
        })
    }

    pub(crate) fn remember_key(&mut self, key: &Arc<DataKey>) {
        self.by_subject.insert(key.subject, Arc::clone(key));
        self.by_id.insert(key.id, Arc::clone(key));
    }

    /// Remembers a key by its id only: an older one of a subject that has a newer.
    pub(crate) fn remember_key_by_id(&mut self, key: &Arc<DataKey>) {
        self.by_id.insert(key.id, Arc::clone(key));
    }

    pub(crate) fn remember_pseudonym(&mut self, lookup: [u8; 16], name: Arc<str>) {
        self.pseudonyms.insert(lookup, name);
    }

    pub(crate) fn add_tenant(&mut self, row: TenantRow) {
        self.gathering.tenants.push(row);
    }

    pub(crate) fn add_key(&mut self, row: DataKeyRow, key: &Arc<DataKey>) {
        self.remember_key(key);
        self.gathering.keys.insert(key.subject, (row, Arc::clone(key)));
    }

    pub(crate) fn add_pseudonym(&mut self, row: PseudonymRow) {
        self.remember_pseudonym(row.lookup, row.name.as_str().into());
        self.gathering.pseudonyms.insert(row.lookup, row);
    }

    pub(crate) fn forget_subject(&mut self, subject: &SubjectRef, ids: &[[u8; 16]]) {
        self.by_subject.remove(subject);
        for id in ids {
            self.by_id.remove(id);
        }
    }

    pub(crate) fn forget_pseudonym(&mut self, lookup: &[u8; 16]) {
        self.pseudonyms.remove(lookup);
    }

    /// What is to be written now; `None` when nothing is new. [`Memory::end_writing`] follows.
    pub(crate) fn begin_writing(&mut self) -> Option<Arc<Pending>> {
        if self.gathering.is_empty() {
            return None;
        }
        self.writing = Arc::new(std::mem::take(&mut self.gathering));
        Some(Arc::clone(&self.writing))
    }

    /// Lets go of what is durable, or keeps it for the next try.
    pub(crate) fn end_writing(&mut self, is_durable: bool) {
        let written = std::mem::take(&mut self.writing);
        if !is_durable {
            self.gathering.extend(Arc::unwrap_or_clone(written));
        }
    }

    fn pending(&self) -> impl Iterator<Item = &Pending> {
        [&self.gathering, &*self.writing].into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitive::Key;

    /// The `number`th subject's key.
    fn add(memory: &mut Memory, number: u8) {
        let (id, subject) = ([number; 16], ([0; 16], [number; 16]));
        let key = Key::new([number; 32]);
        let key = Arc::new(DataKey { id, subject, tenant_epoch: 1, key });
        let (tenant, subject) = subject;
        let row = DataKeyRow { id, tenant, subject, epoch: 1, tenant_epoch: 1, wrapped: None };
        memory.add_key(row, &key);
        let (name, mapping) = (format!("u_{number}"), Vec::new());
        memory.add_pseudonym(PseudonymRow { lookup: id, tenant, name, tenant_epoch: 1, mapping });
    }

    fn has(memory: &mut Memory, number: u8) -> bool {
        memory.pseudonym(&[number; 16]).is_some()
            && memory.data_key(&([0; 16], [number; 16])).is_some()
    }

    #[test]
    fn what_is_not_durable_is_found_though_the_caches_are_small() {
        let mut memory = Memory::new(10);
        (0..50).for_each(|number| add(&mut memory, number));
        assert!((0..50).all(|number| has(&mut memory, number)));
        assert_eq!(memory.begin_writing().unwrap().keys.len(), 50);
        (50..100).for_each(|number| add(&mut memory, number));
        assert!((0..100).all(|number| has(&mut memory, number)), "while it is written");
        memory.end_writing(false);
        assert!((0..100).all(|number| has(&mut memory, number)), "when that failed");
        assert_eq!(memory.begin_writing().unwrap().keys.len(), 100);
        memory.end_writing(true);
        assert!(memory.begin_writing().is_none());
        assert!(!has(&mut memory, 0), "the database has it");
    }
}
