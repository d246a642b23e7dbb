//! Counts which three neighbours are usual in texts that are no attacks.

use std::collections::BTreeSet;

use inspect::attack_model::{NEIGHBOURS, neighbours};

use super::rows::Row;

/// Texts that have what is usual, at least.
const TEXTS: u32 = 2;

/// A bit for each usual three neighbours.
pub(super) fn table(rows: &[&Row]) -> Vec<u8> {
    let mut counts = vec![0_u32; NEIGHBOURS];
    for row in rows.iter().filter(|row| !row.kind.is_attack()) {
        let mut seen = BTreeSet::new();
        neighbours(&row.text, |_, hash| {
            seen.insert(hash);
        });
        for hash in seen {
            counts[hash] += 1;
        }
    }
    let byte = |eight: &[u32]| {
        eight.iter().rev().fold(0, |byte, count| byte << 1 | u8::from(*count >= TEXTS))
    };
    counts.chunks(8).map(byte).collect()
}
