//! Cuts bytes into random pieces.

use proptest::prelude::*;

/// The pieces of `bytes` between the cuts, which may fall anywhere and on each other.
pub(crate) fn pieces<'a>(bytes: &'a [u8], cuts: &[prop::sample::Index]) -> Vec<&'a [u8]> {
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    places.extend([0, bytes.len()]);
    places.sort_unstable();
    places.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect()
}

/// Up to forty cuts.
pub(crate) fn cuts() -> impl Strategy<Value = Vec<prop::sample::Index>> {
    prop::collection::vec(any::<prop::sample::Index>(), 0..40)
}

/// Changes to make to valid input: at a place, by a byte, and how.
pub(crate) fn mutations() -> impl Strategy<Value = Vec<(prop::sample::Index, u8, u8)>> {
    prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..12)
}

/// Makes the changes: overwrite, insert, remove, cut off.
pub(crate) fn mutate(bytes: &[u8], mutations: &[(prop::sample::Index, u8, u8)]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (place, byte, how) in mutations {
        if bytes.is_empty() {
            break;
        }
        let place = place.index(bytes.len());
        match how {
            0 => bytes[place] = *byte,
            1 => bytes.insert(place, *byte),
            2 => drop(bytes.remove(place)),
            _ => bytes.truncate(place.max(bytes.len() / 2)),
        }
    }
    bytes
}
