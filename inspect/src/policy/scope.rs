//! Whose text it is, and where it goes: what a policy may depend on.

use model::{Origin, Place, Record};

/// Where a record's text is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Destination {
    /// The log. It gets the record as it was inspected.
    Ledger,
    /// The operational copy. It gets the record as it was inspected, so that it can be rebuilt.
    Store,
    /// What an alert quotes.
    Alert,
    /// What a SIEM is sent.
    Siem,
}

impl Destination {
    /// Those that may have rules of their own.
    pub const WITH_RULES: [Self; 2] = [Self::Alert, Self::Siem];

    /// The name in the configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ledger => "ledger",
            Self::Store => "store",
            Self::Alert => "alert",
            Self::Siem => "siem",
        }
    }
}

/// Every origin of a text.
pub(crate) const ORIGINS: [Origin; 7] = [
    Origin::System,
    Origin::User,
    Origin::Assistant,
    Origin::Tool,
    Origin::Retrieved,
    Origin::Memory,
    Origin::Agent,
];

/// Whose text it is. A field that is no message has no origin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'a> {
    pub(crate) tenant: &'a str,
    pub(crate) origin: Option<Origin>,
}

/// The origins of a record's messages, by the place of a field.
pub(crate) struct Origins(Vec<Origin>);

impl Origins {
    pub(crate) fn of(record: &Record) -> Self {
        Self(record.content.iter().map(|segment| segment.origin).collect())
    }

    /// The origin of the message that a field is in.
    pub(crate) fn at(&self, place: &Place<'_>) -> Option<Origin> {
        if place.top() != Some("content") {
            return None;
        }
        self.0.get(place.position()?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_the_origin_of_its_message() {
        let origins =
            Origins([Origin::User].repeat(12).into_iter().chain([Origin::Tool]).collect());
        let content = Place::root("content");
        assert_eq!(origins.at(&content.item(12)), Some(Origin::Tool));
        assert_eq!(origins.at(&content.item(12).field("result").item(3)), Some(Origin::Tool));
        assert_eq!(origins.at(&content.item(2)), Some(Origin::User));
        assert_eq!(origins.at(&content.item(13)), None);
        assert_eq!(origins.at(&Place::root("attributes").item(0)), None);
    }
}
