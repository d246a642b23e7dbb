//! What single words are: given names, surnames, places, ordinary words.
//!
//! A table of `data/lexicon.bin`, which is read where it lies: nothing is built at start. A word is
//! known by the hash of its letters without case and diacritics: 14 bits choose a bucket, 16 bits
//! are its fingerprint there, so that a word in ten thousand is taken for another one. It knows no
//! context.

/// What a word is, as bits: a word can be many things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tags(u8);

impl Tags {
    pub(super) const NONE: Self = Self(0);
    pub(super) const GIVEN: Self = Self(1);
    pub(super) const SURNAME: Self = Self(2);
    /// A city.
    pub(super) const PLACE: Self = Self(4);
    /// A country, a state or a region.
    pub(super) const COUNTRY: Self = Self(8);
    /// An ordinary word.
    pub(super) const WORD: Self = Self(16);
    /// One of the commonest words.
    pub(super) const COMMON: Self = Self(32);
    /// A known organisation.
    pub(super) const ORGANISATION: Self = Self(64);
    /// A month, a language, a product: written like a name, and none.
    pub(super) const THING: Self = Self(128);

    pub(super) const fn has(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn is_unknown(self) -> bool {
        self.0 == 0
    }
}

const TABLE: &[u8] = include_bytes!("../../data/lexicon.bin");
const BUCKET_BITS: u32 = 14;
/// The beginnings of the buckets, 4 bytes each, and the end of the last.
const STARTS: usize = ((1 << BUCKET_BITS) + 1) * 4;
/// A fingerprint of two bytes, and the tags.
const ENTRY: usize = 3;

/// The hash of one word, or of several with single spaces between them.
#[derive(Clone, Copy)]
pub(super) struct Hash(pub(super) u64);

impl Hash {
    /// FNV-1a over the folded characters (Fowler, Noll, Vo), spread over all bits.
    pub(super) fn of(words: &str) -> Self {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut add = |char: u32| hash = (hash ^ u64::from(char)).wrapping_mul(0x0100_0000_01b3);
        if words.is_ascii() {
            words.bytes().for_each(|byte| add(u32::from(byte.to_ascii_lowercase())));
        } else {
            words.chars().for_each(|char| add(u32::from(fold(char))));
        }
        let spread = (hash ^ hash >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self(spread ^ spread >> 29)
    }

    /// What is known of it.
    pub(super) fn tags(self) -> Tags {
        let Self(hash) = self;
        let bucket = (hash >> (64 - BUCKET_BITS)) as usize;
        let fingerprint = (hash >> 16).to_le_bytes();
        let start = |bucket: usize| {
            let bytes = TABLE.get(bucket * 4..bucket * 4 + 4).and_then(|at| at.first_chunk());
            STARTS + ENTRY * bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes) as usize)
        };
        let entries = TABLE.get(start(bucket)..start(bucket + 1)).unwrap_or_default();
        let (entries, _) = entries.as_chunks::<ENTRY>();
        let found = entries.iter().find(|entry| entry[..2] == fingerprint[..2]);
        Tags(found.map_or(0, |entry| entry[2]))
    }
}

/// The letters under U+00C0–U+024F and U+1E00–U+1EFF; a dot where there is none.
const LATIN: &[u8; 400] = b"\
aaaaaaaceeeeiiiidnooooo.ouuuuytsaaaaaaaceeeeiiiidnooooo.ouuuuytyaaaaaaccccccccddddeeeeeeeeeeggggggg\
ghhhhiiiiiiiiii..jjkkkllllll..llnnnnnn.nnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs......\
.........e................oo.............uu............................aaiioouuuuuuuuuu.aaaa....ggk\
koooo..j...gg..nnaa....aaaaeeeeiiiioooorrrruuuusstt..hh......aaeeooooooooyy........................\
....";
const LATIN_ADDITIONAL: &[u8; 256] = b"\
aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppprrrrrrrrsss\
sssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwy....s.aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeee\
eeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......";

/// A letter without its case and, in Latin script, without its diacritics.
fn fold(char: char) -> char {
    let letter = match char {
        '\0'..='\x7f' => return char.to_ascii_lowercase(),
        '\u{c0}'..='\u{24f}' => LATIN.get(char as usize - 0xc0),
        '\u{1e00}'..='\u{1eff}' => LATIN_ADDITIONAL.get(char as usize - 0x1e00),
        '\u{2019}' => return '\'',
        _ => None,
    };
    match letter {
        Some(b'.') | None => char.to_lowercase().next().unwrap_or(char),
        Some(letter) => char::from(*letter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(words: &str) -> Tags {
        Hash::of(words).tags()
    }

    #[test]
    fn names_are_known_in_any_case_and_without_diacritics() {
        for name in ["Jürgen", "JÜRGEN", "jurgen", "Søren", "Ayşe", "Łukasz", "Сергей"] {
            assert!(tags(name).has(Tags::GIVEN), "{name}");
        }
        assert!(tags("Müller").has(Tags::SURNAME));
        assert!(tags("Nguyễn").has(Tags::SURNAME));
    }

    #[test]
    fn places_are_known_by_all_their_words_and_in_other_languages() {
        for place in ["New York City", "München", "Wien", "Gdańsk", "Москва"] {
            assert!(tags(place).has(Tags::PLACE), "{place}");
        }
        for country in ["Deutschland", "Estonia", "Países Bajos", "Türkiye", "日本"] {
            assert!(tags(country).has(Tags::COUNTRY), "{country}");
        }
    }

    #[test]
    fn a_word_can_be_a_name_and_an_ordinary_word() {
        let mark = tags("Mark");
        assert!(mark.has(Tags::GIVEN) && mark.has(Tags::WORD));
        assert!(tags("May").has(Tags::THING));
        assert!(tags("qwertzy").is_unknown());
    }
}
