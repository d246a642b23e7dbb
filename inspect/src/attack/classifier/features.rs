//! What the classifier sees of a text: its units, and the hashed features of each.
//!
//! ```text
//! text → tokens (words, signs, ideographs) → 1–3 of them, pieces of words, classes of words
//!      → buckets, unit by unit
//! ```
//!
//! A unit is about a sentence or a line. One pass, and nothing is allocated.

use super::lexicon::{self, Classes, Lexicon};

/// Bits of a bucket's number.
pub const BUCKET_BITS: u32 = 18;
/// Tokens that a unit has at most.
const LONGEST_UNIT: u32 = 48;
/// Tokens below which a unit does not end with its sentence.
const SHORTEST_UNIT: u32 = 3;
/// Letters after which a word is cut.
const LONGEST_WORD: u32 = 24;

/// The classes of a word that the table has not.
const UNKNOWN: Classes = Classes { kind: 1, class: 1 };

/// What is told of a text, in order.
pub trait Sink {
    /// The current unit has the feature of this bucket, once more.
    fn feature(&mut self, bucket: usize);
    /// The current unit ends; it has so many tokens.
    fn unit(&mut self, tokens: u32);
}

/// Reads a text, and tells its features and units.
pub fn read(text: &str, sink: &mut impl Sink) {
    let lexicon = lexicon::built_in();
    let mut reader = Reader { sink, lexicon, before: [0; 2], kinds: [0; 3], class: 0, tokens: 0 };
    let mut word = Word::default();
    let mut last = ' ';
    for char in text.chars() {
        let class = class(char);
        if class == Class::Space && matches!(last, '.' | '!' | '?' | '…') {
            reader.end(SHORTEST_UNIT);
        }
        match class {
            Class::Letter => word.letter(fold(char), &mut reader),
            Class::Digit => word.letter('0', &mut reader),
            Class::Joint => continue,
            Class::Space | Class::Ideograph | Class::Sign => word.end(&mut reader),
        }
        match class {
            Class::Ideograph => reader.token(mix(0x1d, u32::from(char))),
            Class::Sign if char != last => reader.sign(mix(0x51, u32::from(char))),
            _ => {}
        }
        match char {
            '\n' => reader.end(1),
            '。' | '！' | '？' => reader.end(SHORTEST_UNIT),
            _ => {}
        }
        last = char;
    }
    word.end(&mut reader);
    reader.end(1);
}

/// What a character is to the reader.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    Space,
    /// A word of its own, or nearly.
    Ideograph,
    Sign,
    /// What stands inside words and is not seen, or is left out.
    Joint,
}

fn class(char: char) -> Class {
    match char {
        'a'..='z' | 'A'..='Z' => Class::Letter,
        ' ' | '\n' | '\t' | '\r' => Class::Space,
        '0'..='9' => Class::Digit,
        '\'' | '\u{2019}' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => {
            Class::Joint
        }
        '\0'..='\u{7f}' => Class::Sign,
        '\u{3041}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{20000}'..='\u{3ffff}' => Class::Ideograph,
        '\u{300}'..='\u{36f}' | '\u{e0000}'..='\u{e01ef}' => Class::Joint,
        _ if char.is_alphabetic() => Class::Letter,
        _ if char.is_numeric() => Class::Digit,
        _ if char.is_whitespace() => Class::Space,
        _ => Class::Sign,
    }
}

/// A letter, small, where one letter stands for it.
fn fold(char: char) -> char {
    if char.is_ascii() {
        return char.to_ascii_lowercase();
    }
    let mut small = char.to_lowercase();
    match (small.next(), small.next()) {
        (Some(one), None) => one,
        _ => char,
    }
}

/// A word that is being read.
#[derive(Default)]
struct Word {
    hash: u32,
    length: u32,
    /// Its last three letters; none is 0, which is also what is before and behind a word.
    last: [u32; 3],
}

impl Word {
    fn letter<S: Sink>(&mut self, letter: char, reader: &mut Reader<'_, S>) {
        if self.length == LONGEST_WORD {
            self.end(reader);
        }
        self.hash = mix(self.hash, u32::from(letter));
        self.length += 1;
        self.pieces(u32::from(letter), reader);
    }

    /// Tells the pieces of three and four letters that end with this one.
    fn pieces<S: Sink>(&mut self, letter: u32, reader: &mut Reader<'_, S>) {
        let [first, second, third] = self.last;
        if self.length >= 2 {
            let three = mix(mix(mix(0x33, second), third), letter);
            reader.tell(three);
            if self.length >= 3 {
                reader.tell(mix(three, first ^ 0x4444));
            }
        }
        self.last = [second, third, letter];
    }

    fn end<S: Sink>(&mut self, reader: &mut Reader<'_, S>) {
        if self.length > 0 {
            self.pieces(0, reader);
            reader.word(self.hash);
            *self = Self::default();
        }
    }
}

/// The key of a word, of which no letter is a sign, in the table of classes.
pub fn word_key(word: &str) -> u32 {
    word.chars().fold(0, |hash, char| mix(hash, u32::from(fold(char))))
}

struct Reader<'a, S> {
    sink: &'a mut S,
    lexicon: &'a Lexicon,
    /// The hashes of the last two tokens of the unit.
    before: [u32; 2],
    /// The kinds of its last three words and signs, and the class of the last.
    kinds: [u32; 3],
    class: u32,
    tokens: u32,
}

impl<S: Sink> Reader<'_, S> {
    fn tell(&mut self, hash: u32) {
        self.sink.feature((hash.wrapping_mul(0x85eb_ca6b) >> (u32::BITS - BUCKET_BITS)) as usize);
    }

    fn word(&mut self, hash: u32) {
        let classes = self.lexicon.find(hash).unwrap_or(UNKNOWN);
        self.token(hash);
        self.classes(classes);
    }

    fn sign(&mut self, hash: u32) {
        self.token(hash);
        self.classes(Classes { kind: hash, class: hash });
    }

    /// Tells the kind of the last token, with those before it, and its class.
    fn classes(&mut self, Classes { kind, class }: Classes) {
        let [first, second, third] = self.kinds;
        let two = mix(mix(0x61, third), kind);
        let three = mix(two, second ^ 0x1234);
        self.tell(two);
        if self.tokens > 1 {
            self.tell(three);
        }
        if self.tokens > 2 {
            self.tell(mix(three, first ^ 0x4321));
        }
        self.tell(mix(0x62, class));
        self.tell(mix(mix(0x63, self.class), class));
        (self.kinds, self.class) = ([second, third, kind], class);
    }

    /// Tells a token, alone and with those before it.
    fn token(&mut self, hash: u32) {
        if self.tokens == LONGEST_UNIT {
            self.end(1);
        }
        let [earlier, before] = self.before;
        self.tell(mix(0x11, hash));
        let two = mix(mix(0x22, before), hash);
        self.tell(two);
        if self.tokens > 0 {
            self.tell(mix(two, earlier ^ 0x3333));
        }
        self.before = [before, hash];
        self.tokens += 1;
    }

    /// Ends the unit, if it has at least so many tokens, and tells its last one.
    fn end(&mut self, least: u32) {
        if self.tokens < least {
            return;
        }
        self.tell(mix(mix(0x77, self.before[1]), 1));
        self.sink.unit(self.tokens);
        (self.before, self.kinds, self.class) = ([0; 2], [0; 3], 0);
        self.tokens = 0;
    }
}

const fn mix(state: u32, value: u32) -> u32 {
    let mixed = (state.rotate_left(5) ^ value).wrapping_mul(0x9e37_79b1);
    mixed ^ (mixed >> 15)
}
