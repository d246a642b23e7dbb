//! What a type's name means, whoever gave it: its family of ours, and its group.
//!
//! Labels and findings of three programs meet here; a name that is not known is not sought.

/// Types that are judged together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Group {
    /// Numbers and addresses with a structure or a checksum.
    Identifiers,
    /// Credentials.
    Secrets,
    /// People, organisations, places.
    Names,
    /// Postal addresses, dates and ages.
    AddressesAndDates,
    /// Labelled by others, and of no concern by itself: a public address, a job, a nationality.
    NotSought,
}

impl Group {
    pub(crate) const ALL: [Self; 5] =
        [Self::Identifiers, Self::Secrets, Self::Names, Self::AddressesAndDates, Self::NotSought];

    /// As tables call it.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Identifiers => "structured identifiers",
            Self::Secrets => "secrets",
            Self::Names => "names, organisations, places",
            Self::AddressesAndDates => "addresses and dates",
            Self::NotSought => "not sought (URL, job, nationality)",
        }
    }

    /// The group of a type.
    pub(crate) fn of(kind: &str) -> Self {
        match family(kind) {
            "SECRET" => Self::Secrets,
            "PERSON" | "ORGANIZATION" | "LOCATION" => Self::Names,
            "ADDRESS" | "DATE_OF_BIRTH" | "AGE" => Self::AddressesAndDates,
            "" => Self::NotSought,
            _ => Self::Identifiers,
        }
    }
}

/// Names that carry a country, or say less than ours.
const FAMILIES: [(&str, &[&str]); 20] = [
    ("IBAN", &["IBAN_CODE"]),
    ("EMAIL_ADDRESS", &["EMAIL"]),
    ("IP_ADDRESS", &["IP"]),
    ("PHONE_NUMBER", &["TR_PHONE_NUMBER", "PH_MOBILE_NUMBER"]),
    ("DEVICE_ID", &["MAC", "MAC_ADDRESS", "IMEI"]),
    ("CRYPTO_ADDRESS", &["CRYPTO"]),
    ("LOCATION", &["GPE", "LOC"]),
    ("ORGANIZATION", &["ORG"]),
    ("ADDRESS", &["ZIP_CODE", "DE_PLZ", "UK_POSTCODE"]),
    ("DATE_OF_BIRTH", &["DATE_TIME"]),
    ("BANK_ACCOUNT", &["US_ABA", "ABA_ROUTING", "US_BANK", "US_BANK_NUMBER"]),
    (
        "PASSPORT",
        &[
            "US_PASSPORT",
            "DE_PASSPORT",
            "ES_PASSPORT",
            "IN_PASSPORT",
            "IT_PASSPORT",
            "KR_PASSPORT",
            "UK_PASSPORT",
        ],
    ),
    (
        "DRIVING_LICENCE",
        &[
            "UK_DRIVING_LICENCE",
            "US_DRIVER_LICENSE",
            "IT_DRIVER_LICENSE",
            "KR_DRIVER_LICENSE",
            "DE_FUEHRERSCHEIN",
        ],
    ),
    (
        "VEHICLE_ID",
        &[
            "TR_LICENSE_PLATE",
            "NG_VEHICLE_REGISTRATION",
            "UK_VEHICLE_REGISTRATION",
            "IN_VEHICLE_REGISTRATION",
            "DE_KFZ",
            "VIN",
        ],
    ),
    ("HEALTH_ID", &["AU_MEDICARE", "UK_NHS", "US_MBI", "DE_HEALTH_INSURANCE"]),
    ("PROFESSIONAL_ID", &["DE_LANR", "US_NPI", "DE_BSNR", "MEDICAL_LICENSE"]),
    (
        "COMPANY_ID",
        &["AU_ABN", "AU_ACN", "SG_UEN", "SE_ORGANISATIONSNUMMER", "KR_BRN", "DE_HANDELSREGISTER"],
    ),
    (
        "TAX_ID",
        &[
            "AU_TFN",
            "US_ITIN",
            "DE_TAX_ID",
            "DE_TAX_NUMBER",
            "DE_VAT_ID",
            "IN_GSTIN",
            "IN_PAN",
            "IT_FISCAL_CODE",
            "IT_VAT_CODE",
            "PH_TIN",
            "ES_NIF",
        ],
    ),
    (
        "NATIONAL_ID",
        &[
            "ES_NIE",
            "UK_NINO",
            "SE_PERSONNUMMER",
            "SG_NRIC_FIN",
            "DE_SOCIAL_SECURITY",
            "DE_ID_CARD",
            "KR_RRN",
            "KR_FRN",
            "IN_AADHAAR",
            "IN_VOTER",
            "IT_IDENTITY_CARD",
            "PL_PESEL",
            "FI_PERSONAL_IDENTITY_CODE",
            "TH_TNIN",
            "ZA_ID_NUMBER",
            "TR_NATIONAL_ID",
            "CA_SIN",
            "NG_NIN",
            "PH_UMID",
            "CERTIFICATE_NUMBER",
        ],
    ),
    ("", &["URL", "DOMAIN_NAME", "TITLE", "NRP", "UUID"]),
];

/// The family of a type: ours when it is one of ours, nothing when it is not sought.
pub(crate) fn family(kind: &str) -> &str {
    let kind = kind.split([':', '/']).next().unwrap_or_default();
    FAMILIES.iter().find(|(_, names)| names.contains(&kind)).map_or(kind, |(family, _)| family)
}
