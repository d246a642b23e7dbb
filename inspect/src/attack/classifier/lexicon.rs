//! What a word is like: words that stand among the same words are of one class, and each class has
//! a path in a tree of classes (Brown et al., Class-Based n-gram Models of Natural Language, 1992).
//!
//! ```text
//! word → key → path in the tree → class (all of the path), kind (its beginning)
//! ```
//!
//! So an order is seen whose verb no order had that was learned from.

use std::sync::LazyLock;

/// What a table's bytes begin with; the last byte is the version of the form.
pub const LEXICON_MAGIC: [u8; 8] = *b"PSWORDS\x01";
/// Set in the place of a path: the word is so common that it is a class of its own.
pub const OWN_CLASS: u16 = 1 << 15;
/// Of a path, what makes a kind. A path's lowest bit is its first.
const KIND: u16 = 0x3f;
/// What stands before each kind, so that none is the key of a word or nothing.
const KIND_MARK: u32 = 0x100;
/// Of a key, what says where in the table it is looked for.
const SLOT_BITS: u32 = 12;

/// Words' keys in order, and the path of each. Its bytes: magic, keys (32 bits each, little
/// endian), paths (16 bits each, likewise).
pub struct Lexicon {
    keys: Box<[u32]>,
    paths: Box<[u16]>,
    /// Where the keys of each slot begin, and the end.
    starts: Box<[u16]>,
}

/// A word's place among words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Classes {
    /// What about 60 classes have in common: verbs as they stand in an order, say.
    pub kind: u32,
    /// The class.
    pub class: u32,
}

impl Lexicon {
    /// Reads a table; `None` when the bytes are none of this form.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(&LEXICON_MAGIC)?;
        let count = rest.len() / 6;
        let (keys, paths) = rest.split_at_checked(count * 4)?;
        let keys: Box<[u32]> =
            keys.as_chunks().0.iter().map(|four| u32::from_le_bytes(*four)).collect();
        let paths: Box<[u16]> =
            paths.as_chunks().0.iter().map(|two| u16::from_le_bytes(*two)).collect();
        if rest.len() != count * 6 || !keys.is_sorted() {
            return None;
        }
        let below = |slot: u32| {
            keys.partition_point(|key| u64::from(*key) < u64::from(slot) << (32 - SLOT_BITS))
        };
        let starts: Result<Box<[u16]>, _> =
            (0..=1 << SLOT_BITS).map(|slot| u16::try_from(below(slot))).collect();
        Some(Self { keys, paths, starts: starts.ok()? })
    }

    /// The classes of the word with this key.
    pub fn find(&self, key: u32) -> Option<Classes> {
        let slot = (key >> (32 - SLOT_BITS)) as usize;
        let (from, to) = (self.starts.get(slot)?, self.starts.get(slot + 1)?);
        let (from, to) = (usize::from(*from), usize::from(*to));
        let place = from + self.keys.get(from..to)?.iter().position(|other| *other == key)?;
        let path = *self.paths.get(place)?;
        Some(if path & OWN_CLASS == 0 {
            Classes { kind: KIND_MARK | u32::from(path & KIND), class: u32::from(path) }
        } else {
            Classes { kind: key, class: key }
        })
    }
}

/// The table that is a part of the program.
#[expect(clippy::expect_used, reason = "the table is a constant, and a test reads it")]
pub(super) fn built_in() -> &'static Lexicon {
    static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
        Lexicon::read(include_bytes!("../../../models/words.bin")).expect("the table is valid")
    });
    &LEXICON
}
