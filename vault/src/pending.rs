//! What is new and not yet durable.

use std::sync::Arc;

use hashbrown::HashMap;

use crate::data_key::{DataKey, SubjectRef};
use crate::database::{DataKeyRow, PseudonymRow, TenantRow};

/// New rows by their look-up, so that they are found before they are written.
#[derive(Clone, Default)]
pub(crate) struct Pending {
    pub(crate) tenants: Vec<TenantRow>,
    pub(crate) keys: HashMap<SubjectRef, (DataKeyRow, Arc<DataKey>)>,
    pub(crate) pseudonyms: HashMap<[u8; 16], PseudonymRow>,
}

impl Pending {
    pub(crate) fn is_empty(&self) -> bool {
        self.tenants.is_empty() && self.keys.is_empty() && self.pseudonyms.is_empty()
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.tenants.extend(other.tenants);
        self.keys.extend(other.keys);
        self.pseudonyms.extend(other.pseudonyms);
    }
}
