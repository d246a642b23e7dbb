//! Whom and what a row names: the values that `entities` lists, and when.
//!
//! A further part may correct a row. An entity was seen all the same when the row named it, so that
//! `first_seen` and `last_seen` do not depend on which parts came together. It does not count.

use crate::row::Row;

/// What a row named, kept after the row says otherwise.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// Event time of the row.
    pub(crate) time: i64,
    /// Type and value of each entity.
    pub(crate) entities: [(&'static str, Option<String>); 7],
}

impl Named {
    /// What `row` names now.
    pub(crate) fn by(row: &Row) -> Self {
        let owned = |(kind, value): (_, Option<&str>)| (kind, value.map(str::to_owned));
        Self { time: row.time, entities: entities(row).map(owned) }
    }

    /// Whether `row` names just this.
    pub(crate) fn is_by(&self, row: &Row) -> bool {
        let own = self.entities.iter().map(|(_, value)| value.as_deref());
        self.time == row.time && own.eq(entities(row).iter().map(|(_, value)| *value))
    }
}

/// The entities that `row` names: type and value.
pub(crate) fn entities(row: &Row) -> [(&'static str, Option<&str>); 7] {
    [
        ("user", row.user_id.as_deref()),
        ("session", row.session_id.as_deref()),
        ("agent", row.agent.as_deref()),
        ("api_key", row.api_key.as_deref()),
        ("address", row.client_address.as_deref()),
        ("model", row.model()),
        ("service", row.service.as_deref()),
    ]
}
