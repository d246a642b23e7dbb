//! Whose key a record is sealed under (DESIGN, "Subject").

use model::{Class, Record};

/// The subject of a record.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A user, by pseudonym.
    User(String),
    /// A session, where no user is known.
    Session(String),
    /// A key's fingerprint, where no session is known either.
    Key(String),
    /// An agent.
    Agent(String),
    /// The tenant: Plainsight's own records, and what belongs to nobody.
    Tenant,
}

impl Subject {
    /// The subject of an inspected record: its user, else its session, key or agent.
    pub fn of(record: &Record) -> Self {
        let actor = &record.actor;
        if record.kind.class() == Class::System {
            return Self::Tenant;
        }
        let user = actor.user.clone().map(Self::User);
        user.or_else(|| actor.session.clone().map(Self::Session))
            .or_else(|| actor.api_key.clone().map(Self::Key))
            .or_else(|| actor.agent.clone().map(Self::Agent))
            .unwrap_or(Self::Tenant)
    }

    /// The kind and the name, for the look-up.
    pub(crate) fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::User(name) => ("user", name),
            Self::Session(name) => ("session", name),
            Self::Key(name) => ("key", name),
            Self::Agent(name) => ("agent", name),
            Self::Tenant => ("tenant", ""),
        }
    }
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Subject({})", self.parts().0)
    }
}
