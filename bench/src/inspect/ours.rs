//! Our own findings in rows.

use anyhow::Result;
use inspect::{Inspector, Policy};
use model::{Fingerprint, Keyed, Origin, TenantId};

use super::rows::{Row, Span};

/// Gives every value the same fingerprint: detection needs no key.
pub(crate) struct NoKeys;

impl Keyed for NoKeys {
    fn fingerprint(&self, _: &TenantId, _: &str, _: &[u8]) -> Fingerprint {
        Fingerprint([1; 16])
    }
}

/// An inspector as it is without configuration.
pub(crate) fn inspector() -> Result<Inspector> {
    Ok(Inspector::new(&Policy::default())?)
}

/// What it finds in each row.
pub(crate) fn find(inspector: &Inspector, rows: &[Row]) -> Vec<Vec<Span>> {
    rows.iter().map(|row| find_in(inspector, &row.text)).collect()
}

fn find_in(inspector: &Inspector, text: &str) -> Vec<Span> {
    inspector
        .scan(text, Origin::User, &NoKeys)
        .sensitive
        .into_iter()
        .map(|found| Span {
            kind: found.kind.to_owned(),
            start: found.start,
            end: found.end,
            subtype: found.subtype.map(str::to_owned),
        })
        .collect()
}
