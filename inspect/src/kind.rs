//! The types of sensitive values.

/// A type of sensitive value. The names are those of Presidio, which people know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An e-mail address (RFC 5322 dot-atom form).
    EmailAddress,
    /// A telephone number (E.164, or national with a sign of being one).
    PhoneNumber,
    /// A payment card number (ISO/IEC 7812).
    CreditCard,
    /// An international bank account number (ISO 13616).
    Iban,
    /// A US social security number.
    UsSsn,
    /// An IP address, version 4 or 6.
    IpAddress,
    /// A credential: a key, a token, a password.
    Secret,
}

impl Kind {
    /// Every type.
    pub const ALL: [Self; 7] = [
        Self::EmailAddress,
        Self::PhoneNumber,
        Self::CreditCard,
        Self::Iban,
        Self::UsSsn,
        Self::IpAddress,
        Self::Secret,
    ];

    /// The name in findings, placeholders and the policy.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EmailAddress => "EMAIL_ADDRESS",
            Self::PhoneNumber => "PHONE_NUMBER",
            Self::CreditCard => "CREDIT_CARD",
            Self::Iban => "IBAN",
            Self::UsSsn => "US_SSN",
            Self::IpAddress => "IP_ADDRESS",
            Self::Secret => "SECRET",
        }
    }

    /// The type called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}
