//! Who acted, as an item's own attributes say.
//!
//! What the resource, the scope or a request body says comes after, and only fills gaps.

use model::{Actor, IdentifiedBy};

use super::super::attribute::{Field, Sorted};

/// Takes the actor out of the attributes.
pub(crate) fn actor(attributes: &mut Sorted) -> Actor {
    let user = attributes.text(Field::User);
    Actor {
        identified_by: user.as_ref().map_or(IdentifiedBy::Nobody, |_| IdentifiedBy::Telemetry),
        user,
        session: attributes.text(Field::Session),
        roles: attributes.texts(Field::Roles),
        agent: attributes.text(Field::Agent),
        api_key: None,
        client_address: attributes.text(Field::ClientAddress),
        user_agent: attributes.text(Field::UserAgent),
    }
}
