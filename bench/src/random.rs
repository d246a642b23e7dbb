//! The same choices in every run: SplitMix64 from a fixed seed.
//!
//! Not for keys.

/// A source of choices.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits (Steele, Lea, Flood, "Fast splittable pseudorandom number generators").
    pub(crate) const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    #[expect(clippy::cast_possible_truncation, reason = "below a usize")]
    pub(crate) const fn below(&mut self, end: usize) -> usize {
        (self.bits() % end as u64) as usize
    }

    /// A number of `from..to`.
    pub(crate) const fn between(&mut self, from: usize, to: usize) -> usize {
        from + self.below(to - from)
    }

    /// One of several.
    pub(crate) fn pick<'a, T: ?Sized + 'a>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }

    /// `length` characters of an alphabet of one-byte characters.
    pub(crate) fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(alphabet[self.below(alphabet.len())])).collect()
    }

    /// A pattern with `#` for a digit, `@` for an upper-case letter, `&` for a lower-case one, `*`
    /// for a letter or digit, `%` for a lower-case hexadecimal digit; the rest stands as it is.
    pub(crate) fn pattern(&mut self, pattern: &str) -> String {
        pattern
            .chars()
            .map(|char| match alphabet(char) {
                Some(alphabet) => char::from(alphabet[self.below(alphabet.len())]),
                None => char,
            })
            .collect()
    }
}

/// Digits.
pub(crate) const DIGITS: &[u8] = b"0123456789";
/// Lower-case hexadecimal digits.
pub(crate) const HEX: &[u8] = b"0123456789abcdef";
/// Letters and digits.
pub(crate) const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Base 64 (RFC 4648, clause 4).
pub(crate) const BASE64: &[u8] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// Upper-case letters.
pub(crate) const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";

const fn alphabet(char: char) -> Option<&'static [u8]> {
    match char {
        '#' => Some(DIGITS),
        '@' => Some(UPPER),
        '&' => Some(b"abcdefghijklmnopqrstuvwxyz"),
        '*' => Some(BASE62),
        '%' => Some(HEX),
        _ => None,
    }
}
