//! The types of sensitive values: a few families. Which identifier exactly is a match's subtype.

/// A family of sensitive values. Where Presidio has the name, it is Presidio's, which people know.
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
    /// A bank, a branch or an account by its national number or its BIC (ISO 9362).
    BankAccount,
    /// A US social security number.
    UsSsn,
    /// A national identity or social insurance number of any other country.
    NationalId,
    /// A number of a tax payer.
    TaxId,
    /// A passport number.
    Passport,
    /// A driving licence number.
    DrivingLicence,
    /// A number of an insured person or patient.
    HealthId,
    /// A number of a physician or another licensed professional.
    ProfessionalId,
    /// A number in a register of companies.
    CompanyId,
    /// A registration plate or a vehicle identification number (ISO 3779).
    VehicleId,
    /// The address of an interface (IEEE 802 MAC) or of a mobile device (IMEI).
    DeviceId,
    /// An IP address, version 4 or 6.
    IpAddress,
    /// An address of a cryptocurrency.
    CryptoAddress,
    /// Geographic coordinates.
    Coordinates,
    /// A postal address, or its code.
    Address,
    /// A date of birth.
    DateOfBirth,
    /// A day or a time of something about a person.
    DateTime,
    /// A person's age.
    Age,
    /// A person's name.
    Person,
    /// An organisation's name.
    Organization,
    /// A place.
    Location,
    /// A credential: a key, a token, a password.
    Secret,
    /// What an operator's own detector finds.
    Custom,
}

impl Kind {
    /// Whether nothing but words tell it, and no form or check.
    pub(crate) const fn is_told_by_words(self) -> bool {
        matches!(
            self,
            Self::Person
                | Self::Organization
                | Self::Location
                | Self::Age
                | Self::DateTime
                | Self::Address
        )
    }

    /// Every type.
    pub const ALL: [Self; 27] = [
        Self::EmailAddress,
        Self::PhoneNumber,
        Self::CreditCard,
        Self::Iban,
        Self::BankAccount,
        Self::UsSsn,
        Self::NationalId,
        Self::TaxId,
        Self::Passport,
        Self::DrivingLicence,
        Self::HealthId,
        Self::ProfessionalId,
        Self::CompanyId,
        Self::VehicleId,
        Self::DeviceId,
        Self::IpAddress,
        Self::CryptoAddress,
        Self::Coordinates,
        Self::Address,
        Self::DateOfBirth,
        Self::DateTime,
        Self::Age,
        Self::Person,
        Self::Organization,
        Self::Location,
        Self::Secret,
        Self::Custom,
    ];

    /// The name in findings, placeholders and the policy.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EmailAddress => "EMAIL_ADDRESS",
            Self::PhoneNumber => "PHONE_NUMBER",
            Self::CreditCard => "CREDIT_CARD",
            Self::Iban => "IBAN",
            Self::BankAccount => "BANK_ACCOUNT",
            Self::UsSsn => "US_SSN",
            Self::NationalId => "NATIONAL_ID",
            Self::TaxId => "TAX_ID",
            Self::Passport => "PASSPORT",
            Self::DrivingLicence => "DRIVING_LICENCE",
            Self::HealthId => "HEALTH_ID",
            Self::ProfessionalId => "PROFESSIONAL_ID",
            Self::CompanyId => "COMPANY_ID",
            Self::VehicleId => "VEHICLE_ID",
            Self::DeviceId => "DEVICE_ID",
            Self::IpAddress => "IP_ADDRESS",
            Self::CryptoAddress => "CRYPTO_ADDRESS",
            Self::Coordinates => "COORDINATES",
            Self::Address => "ADDRESS",
            Self::DateOfBirth => "DATE_OF_BIRTH",
            Self::DateTime => "DATE_TIME",
            Self::Age => "AGE",
            Self::Person => "PERSON",
            Self::Organization => "ORGANIZATION",
            Self::Location => "LOCATION",
            Self::Secret => "SECRET",
            Self::Custom => "CUSTOM",
        }
    }

    /// The type called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}
