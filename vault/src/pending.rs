//! What is new and not yet durable.

use hashbrown::HashMap;

use crate::database::{DataKeyRow, PseudonymRow, TenantRow};

/// New rows by their look-up, so that they are found before they are written.
#[derive(Default)]
pub(crate) struct Pending {
    pub(crate) tenants: Vec<TenantRow>,
    pub(crate) keys: Vec<DataKeyRow>,
    pub(crate) pseudonyms: HashMap<[u8; 16], PseudonymRow>,
}

impl Pending {
    pub(crate) fn is_empty(&self) -> bool {
        self.tenants.is_empty() && self.keys.is_empty() && self.pseudonyms.is_empty()
    }
}
