//! Australia and New Zealand.

use super::checksum::{completes, number as as_number, remains, uniform, value, weighted};
use super::format::{Alone, Format};
use crate::Kind;

pub(super) static FORMATS: &[Format] = &[
    Format {
        subtype: "au-abn",
        kind: Kind::CompanyId,
        shapes: &["99999999999"],
        groups: &[&[2, 3, 3, 3]],
        check: |id| {
            let sum = weighted(id, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
            id[0] != b'0' && (sum - 10).is_multiple_of(89)
        },
        words: &["abn", "business number"],
        alone: Alone::Yes,
    },
    Format {
        subtype: "au-acn",
        kind: Kind::CompanyId,
        shapes: &["999999999"],
        groups: &[&[3, 3, 3]],
        check: |id| completes(id, &[8, 7, 6, 5, 4, 3, 2, 1], 10) && !uniform(id),
        words: &["acn", "company number"],
        // One in ten of any nine digits has this check digit.
        alone: Alone::No,
    },
    // The oldest, which are seldom anything else.
    Format {
        subtype: "au-acn",
        kind: Kind::CompanyId,
        shapes: &["009999999"],
        groups: &[&[3, 3, 3]],
        check: |id| completes(id, &[8, 7, 6, 5, 4, 3, 2, 1], 10) && !uniform(id),
        words: &[],
        alone: Alone::Yes,
    },
    Format {
        subtype: "au-tfn",
        kind: Kind::TaxId,
        shapes: &["999999999"],
        groups: &[&[3, 3, 3]],
        check: |id| weighted(id, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11) && !uniform(id),
        words: &["tfn", "tax file"],
        alone: Alone::Yes,
    },
    Format {
        subtype: "au-medicare",
        kind: Kind::HealthId,
        shapes: &["9999999999"],
        groups: &[&[4, 5, 1]],
        check: |id| (b'2'..=b'6').contains(&id[0]) && remains(id, &[1, 3, 7, 9, 1, 3, 7, 9], 10),
        words: &["medicare"],
        alone: Alone::Yes,
    },
    Format {
        subtype: "au-passport",
        kind: Kind::Passport,
        shapes: &["A9999999", "AA9999999"],
        groups: &[],
        check: |_| true,
        words: &["passport"],
        alone: Alone::No,
    },
    Format {
        subtype: "nz-ird",
        kind: Kind::TaxId,
        shapes: &["99999999", "999999999"],
        groups: &[&[2, 3, 3], &[3, 3, 3]],
        check: ird,
        words: &["ird", "inland revenue"],
        alone: Alone::No,
    },
    Format {
        subtype: "nz-nhi",
        kind: Kind::HealthId,
        shapes: &["AAA9999"],
        groups: &[&[3, 4]],
        check: |_| true,
        words: &["nhi"],
        alone: Alone::No,
    },
];

/// Two sets of weights, the second where the first leaves 10 (Inland Revenue, RWT-NRWT spec).
fn ird(id: &[u8]) -> bool {
    let (base, check) = id.split_at(id.len() - 1);
    let mut padded = [b'0'; 8];
    padded[8 - base.len()..].copy_from_slice(base);
    let digit = |weights: &[u32]| (11 - weighted(&padded, weights) % 11) % 11;
    let first = digit(&[3, 2, 7, 6, 5, 4, 3, 2]);
    let expected = if first == 10 { digit(&[7, 4, 3, 2, 5, 2, 7, 6]) } else { first };
    as_number(id) > 10_000_000 && expected == value(check[0])
}
