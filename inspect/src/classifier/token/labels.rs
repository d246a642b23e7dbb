//! The labels of a model: which type each means, and how labels of pieces become entities.
//!
//! Labels are those of `id2label` in `config.json`: `O`, and a type with or without a prefix of the
//! schemes IOB2 (`B-`, `I-`) and BILOU (`B-`, `I-`, `L-`, `U-`; Ratinov and Roth, 2009). A type that
//! has no counterpart here is left out.

use super::Entity;
use crate::Kind;
use crate::classifier::pieces::Piece;

/// What a label says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Label {
    kind: Kind,
    /// Whether it begins an entity, even next to one of its own type.
    begins: bool,
}

/// The labels by their number.
pub(super) struct Labels(Vec<Option<Label>>);

impl Labels {
    /// What labels of these names mean, by their number.
    pub(super) fn new(names: &[String]) -> Self {
        Self(names.iter().map(|name| label(name)).collect())
    }

    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    /// The entities of pieces, each with its label's number and probability.
    pub(super) fn entities(&self, pieces: &[Piece], best: &[(usize, f32)]) -> Vec<Entity> {
        let mut found: Vec<Entity> = Vec::new();
        let mut sure: Vec<f32> = Vec::new();
        let mut open = None;
        for (piece, (number, probability)) in pieces.iter().zip(best) {
            // A piece inside a word goes with the word's first piece.
            let label = match self.0.get(*number).copied().flatten() {
                _ if piece.inside => open,
                label => label,
            };
            match (label, open, found.last_mut()) {
                (Some(label), Some(before), Some(last))
                    if label.kind == before.kind && (piece.inside || !label.begins) =>
                {
                    last.range.end = piece.range.end;
                    sure.push(*probability);
                    last.confidence = sure.iter().sum::<f32>() / sure.len() as f32;
                }
                (Some(label), ..) => {
                    sure = vec![*probability];
                    found.push(Entity {
                        kind: label.kind,
                        range: piece.range.clone(),
                        confidence: *probability,
                    });
                }
                (None, ..) => {}
            }
            open = label;
        }
        found
    }
}

fn label(name: &str) -> Option<Label> {
    let (prefix, entity) = match name.split_once(['-', '_']) {
        Some((prefix @ ("B" | "I" | "L" | "U" | "S" | "E"), entity)) => (prefix, entity),
        _ => ("", name),
    };
    let begins = matches!(prefix, "B" | "U" | "S");
    kind(entity).map(|kind| Label { kind, begins })
}

/// The type that a model's word for it means, without case and marks.
fn kind(entity: &str) -> Option<Kind> {
    let word: String =
        entity.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    Some(match word.as_str() {
        "PER" | "PERSON" | "NAME" | "FIRSTNAME" | "MIDDLENAME" | "LASTNAME" | "GIVENNAME"
        | "SURNAME" | "FULLNAME" | "PATIENT" | "STAFF" | "USERNAME" | "PRIVATEPERSON" => {
            Kind::Person
        }
        "ORG" | "ORGANIZATION" | "ORGANISATION" | "COMPANY" | "COMPANYNAME" | "HOSP"
        | "HOSPITAL" => Kind::Organization,
        "LOC" | "LOCATION" | "GPE" | "CITY" | "COUNTRY" | "STATE" | "COUNTY" | "FAC" => {
            Kind::Location
        }
        "ADDRESS" | "STREET" | "STREETADDRESS" | "BUILDINGNUM" | "BUILDINGNUMBER" | "ZIPCODE"
        | "SECONDARYADDRESS" | "POSTCODE" | "PRIVATEADDRESS" => Kind::Address,
        "DATEOFBIRTH" | "DOB" | "BIRTHDATE" => Kind::DateOfBirth,
        "AGE" => Kind::Age,
        "EMAIL" | "EMAILADDRESS" | "PRIVATEEMAIL" => Kind::EmailAddress,
        "PHONE" | "PHONENUMBER" | "TELEPHONENUM" | "PRIVATEPHONE" => Kind::PhoneNumber,
        "CREDITCARD" | "CREDITCARDNUMBER" => Kind::CreditCard,
        "IBAN" | "IBANCODE" => Kind::Iban,
        "ACCOUNTNUM" | "ACCOUNTNUMBER" | "BIC" => Kind::BankAccount,
        "SSN" | "USSSN" => Kind::UsSsn,
        "SOCIALNUM" | "SOCIALNUMBER" | "IDCARDNUM" | "NATIONALID" => Kind::NationalId,
        "TAXNUM" | "TAXID" => Kind::TaxId,
        "PASSPORT" | "PASSPORTNUM" => Kind::Passport,
        "DRIVERLICENSENUM" | "DRIVERLICENSE" => Kind::DrivingLicence,
        "IP" | "IPADDRESS" | "IPV4" | "IPV6" => Kind::IpAddress,
        "MAC" | "IMEI" | "PHONEIMEI" => Kind::DeviceId,
        "VEHICLEVIN" | "VEHICLEVRM" => Kind::VehicleId,
        "PASSWORD" | "PIN" | "SECRET" => Kind::Secret,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(range: std::ops::Range<usize>, inside: bool) -> Piece {
        Piece { id: 0, range, inside }
    }

    #[test]
    fn pieces_become_entities() {
        let labels = Labels::new(&["O", "B-PER", "I-PER", "B-MISC"].map(str::to_owned));
        let pieces = [
            piece(0..3, false),
            piece(3..5, true),
            piece(6..9, false),
            piece(10..12, false),
            piece(13..14, false),
        ];
        let best = [(1, 0.9), (0, 0.5), (2, 0.7), (1, 0.8), (3, 1.0)];
        let found = labels.entities(&pieces, &best);
        let ranges: Vec<_> = found.iter().map(|entity| entity.range.clone()).collect();
        assert_eq!(ranges, [0..9, 10..12]);
        assert!((found[0].confidence - 0.7).abs() < 1e-6);
    }
}
