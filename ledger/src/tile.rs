//! Coordinates and bytes of tiles, as in C2SP tlog-tiles: the tree cut into pieces of 256 hashes,
//! and the leaves in bundles of 256.

use std::fmt;

use crate::hash::Hash;

/// The number of hashes in a full tile, and of leaves in a full bundle.
pub(crate) const WIDTH: u64 = 256;

/// The same, as the length of a list.
pub(crate) const WIDTH_USIZE: usize = 256;

/// The tree levels that one tile spans.
pub(crate) const HEIGHT: u32 = 8;

/// Which of the two kinds of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Hashes at a level: 0 is the leaf hashes, each level above holds the roots of full tiles below.
    Hashes(u8),
    /// The leaves themselves.
    Entries,
}

/// The address of a tile or bundle. Its text is the path below a log's prefix, such as
/// `tile/0/x001/x234/067.p/17`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// Hashes or leaves.
    pub kind: TileKind,
    /// The number of the tile within its level.
    pub number: u64,
    /// How many hashes or leaves it holds: 256 when full, 1 to 255 when partial.
    pub width: u16,
}

/// The highest level that C2SP tlog-tiles allows.
const MAX_LEVEL: u8 = 63;

impl TileId {
    /// The full tile `number` at `level`.
    pub const fn hashes(level: u8, number: u64) -> Self {
        Self { kind: TileKind::Hashes(level), number, width: 256 }
    }

    /// The full bundle `number`.
    pub const fn entries(number: u64) -> Self {
        Self { kind: TileKind::Entries, number, width: 256 }
    }

    /// Whether it holds all the 256 that it can.
    pub const fn is_full(&self) -> bool {
        self.width == 256
    }

    /// The path of a tile as C2SP spells it; `None` for every other spelling, so that each tile has
    /// exactly one name.
    pub fn parse(path: &str) -> Option<Self> {
        let (kind, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let kind = match kind {
            "entries" => TileKind::Entries,
            level => TileKind::Hashes(plain_number(level, u64::from(MAX_LEVEL))?.try_into().ok()?),
        };
        let (number, width) = match rest.split_once(".p/") {
            None => (rest, 256),
            Some((number, width)) => {
                (number, plain_number(width, 255)?.try_into().ok().filter(|width| *width > 0)?)
            }
        };
        Some(Self { kind, number: parse_number(number)?, width })
    }
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes(level) => write!(f, "tile/{level}/")?,
            TileKind::Entries => f.write_str("tile/entries/")?,
        }
        write_number(f, self.number)?;
        if self.is_full() { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

/// Writes `1234067` as `x001/x234/067`.
fn write_number(f: &mut fmt::Formatter<'_>, number: u64) -> fmt::Result {
    let mut unit = 1;
    while number / unit >= 1000 {
        unit *= 1000;
    }
    while unit > 1 {
        write!(f, "x{:03}/", number / unit % 1000)?;
        unit /= 1000;
    }
    write!(f, "{:03}", number % 1000)
}

/// Reads `x001/x234/067` as `1234067`.
fn parse_number(path: &str) -> Option<u64> {
    let mut number = 0_u64;
    let (above, last) = match path.rsplit_once('/') {
        Some((above, last)) => (Some(above), last),
        None => (None, path),
    };
    for (place, element) in above.into_iter().flat_map(|above| above.split('/')).enumerate() {
        let digits = three_digits(element.strip_prefix('x')?)?;
        if place == 0 && digits == 0 {
            return None;
        }
        number = number.checked_mul(1000)?.checked_add(digits)?;
    }
    number.checked_mul(1000)?.checked_add(three_digits(last)?)
}

fn three_digits(text: &str) -> Option<u64> {
    let digits = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// A decimal number without leading zeroes, at most `max`.
fn plain_number(text: &str, max: u64) -> Option<u64> {
    let plain = !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten().filter(|number| *number <= max)
}

/// The bytes of a tile as hashes; `None` unless it is exactly full.
pub(crate) fn full_hashes(bytes: &[u8]) -> Option<Vec<Hash>> {
    let hashes = parse_hashes(bytes)?;
    (hashes.len() == WIDTH_USIZE).then_some(hashes)
}

/// The bytes of a tile, full or partial, as hashes; `None` unless they are 1 to 256 whole hashes.
pub fn parse_hashes(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<{ Hash::LEN }>();
    let fits = rest.is_empty() && (1..=WIDTH_USIZE).contains(&hashes.len());
    fits.then(|| hashes.iter().map(|hash| Hash(*hash)).collect())
}

/// Hashes as the bytes of a tile.
pub(crate) fn encode_hashes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// Appends a leaf to a bundle. Leaves of this log are far below the format's 65,535 bytes.
pub(crate) fn push_entry(bundle: &mut Vec<u8>, leaf: &[u8]) {
    let length = u16::try_from(leaf.len()).unwrap_or(u16::MAX);
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(leaf.get(..usize::from(length)).unwrap_or(leaf));
}

/// The leaves of a bundle, full or partial; `None` unless it is 1 to 256 whole leaves.
pub fn parse_entries(bundle: &[u8]) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::new();
    let mut rest = bundle;
    while !rest.is_empty() {
        let (length, after) = rest.split_first_chunk::<2>()?;
        let (entry, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        rest = after;
        if entries.len() > WIDTH_USIZE {
            return None;
        }
    }
    (!entries.is_empty()).then_some(entries)
}

// Whether a tile is true is not known here: only a chain of hashes up to a signed root says so.

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        let at = |number| TileId::hashes(0, number).to_string();
        assert_eq!(at(0), "tile/0/000");
        assert_eq!(at(1_067), "tile/0/x001/067");
        assert_eq!(at(1_234_067), "tile/0/x001/x234/067");
        assert_eq!(TileId::entries(5).to_string(), "tile/entries/005");
        let partial = TileId { kind: TileKind::Hashes(1), number: 2, width: 17 };
        assert_eq!(partial.to_string(), "tile/1/002.p/17");
        assert_eq!(TileId::parse("tile/1/002.p/17"), Some(partial));
    }

    #[test]
    fn other_spellings_are_refused() {
        for path in [
            "",
            "tile",
            "tile/",
            "tile/0",
            "tile/0/",
            "tile/00/000",
            "tile/64/000",
            "tile/0/0",
            "tile/0/x000/001",
            "tile/0/001/002",
            "tile/0/x001",
            "tile/0/000.p/",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/+01",
            "/tile/0/000",
            "tile/0/000/",
            "tile/0/../000",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
            "tile/-1/000",
        ] {
            assert_eq!(TileId::parse(path), None, "{path}");
        }
    }

    #[test]
    fn a_bundle_gives_back_its_leaves() {
        let mut bundle = Vec::new();
        push_entry(&mut bundle, b"one");
        push_entry(&mut bundle, b"");
        assert_eq!(bundle, b"\x00\x03one\x00\x00");
        assert_eq!(parse_entries(&bundle), Some(vec![&b"one"[..], &b""[..]]));
        assert_eq!(parse_entries(&bundle[..4]), None);
        assert_eq!(parse_entries(b""), None);
    }
}
