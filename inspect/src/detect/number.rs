//! Values that are anchored by a digit, an `@` or a colon: one walk over the bytes.

use arrayvec::ArrayVec;

use super::bytes::{at, before, is_word, run, run_back};
use super::label::Labels;
use super::{address, card, crypto, device, email, iban, identifier, phone};
use crate::Kind;
use crate::class;
use crate::matched::Match;

/// The digits that are read of it: no value has more.
pub(super) const DIGITS: usize = 24;

/// The bytes from the first digit on among which a number has its digits, as the bits of a block.
const NEAR: u64 = (1 << 40) - 1;

/// The longest word of small letters that is passed over with the digits behind it.
const WORD: usize = 16;

/// The confidence of a number beside the word that names it.
const NAMED: f32 = 0.9;

/// Finds e-mail and IP addresses, card, account, telephone and social security numbers.
pub(super) fn find(text: &str, labels: Labels<'_>, matches: &mut Vec<Match>) {
    let bytes = text.as_bytes();
    // The colon follows on the digits in ASCII.
    let is_sign = |byte: u8| byte.wrapping_sub(b'0') <= 10 || byte == b'@';
    let mut signs = class::places(bytes, is_sign);
    let mut place = 0;
    while let Some(sign) = signs.next(place) {
        // Most colons stand behind words.
        if bytes[sign] == b':' && !is_of_value(bytes, sign) {
            place = sign + 1;
            continue;
        }
        let (found, next) = look(text, sign, labels);
        if let Some(found) = found {
            place = found.range.end.max(sign + 1);
            matches.push(found);
        } else {
            place = next;
        }
    }
}

/// Whether an address of either kind may be around or behind a colon.
fn is_of_value(bytes: &[u8], colon: usize) -> bool {
    address::may_be_around(bytes, colon) || device::may_be_behind(bytes, colon)
}

/// What is around or behind a colon.
fn behind_colon(text: &str, colon: usize) -> Option<Match> {
    let version_6 = || {
        let is_one = address::may_be_around(text.as_bytes(), colon);
        is_one.then(|| address::version_6(text, colon)).flatten()
    };
    device::colon_mac(text, colon).or_else(version_6)
}

/// What is at a sign, and where to go on when it is nothing.
fn look(text: &str, place: usize, labels: Labels<'_>) -> (Option<Match>, usize) {
    match text.as_bytes().get(place) {
        Some(b'@') => (email::find(text, place), place + 1),
        Some(b':') => (behind_colon(text, place), place + 1),
        _ => digits(text, place, labels),
    }
}

/// A run of digits with one separator or two between any of them, within one block.
pub(super) struct Run<'a> {
    pub(super) text: &'a str,
    /// From the first digit (or the `+` or `(` before it) to behind the last.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) digits: ArrayVec<u8, DIGITS>,
}

impl<'a> Run<'a> {
    /// The run that begins with the digit at `start`, from which on `digits` are the places of digits.
    fn read(text: &'a str, start: usize, digits: u64) -> Self {
        let bytes = text.as_bytes();
        let is_sign = |byte: u8| matches!(byte, b' ' | b'-' | b'.' | b'(' | b')' | b'/');
        let signs = class::bits(bytes, start, is_sign);
        // A third sign in a row parts two numbers.
        let parts = digits | signs & !(signs << 1 & signs << 2);
        let inside = !u64::MAX.unbounded_shl(parts.trailing_ones());
        let mut run = Self { text, start, end: start, digits: ArrayVec::new() };
        for place in class::ones(digits & inside).take(DIGITS).map(|place| start + place) {
            run.digits.push(bytes[place]);
            run.end = place + 1;
        }
        run
    }

    /// The separators and digits as they stand.
    pub(super) fn written(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.start..self.end).unwrap_or_default()
    }

    /// The lengths of the groups of digits.
    pub(super) fn groups(&self) -> ArrayVec<usize, DIGITS> {
        let groups = self.written().split(|byte| !byte.is_ascii_digit());
        groups.map(<[u8]>::len).filter(|length| *length > 0).collect()
    }
}

fn digits(text: &str, place: usize, labels: Labels<'_>) -> (Option<Match>, usize) {
    let bytes = text.as_bytes();
    if let Some(end) = end_of_lone(bytes, place) {
        return (None, end);
    }
    let digits = class::bits(bytes, place, |byte| byte.is_ascii_digit());
    let is_long = is_long_token(bytes, place);
    if !class::has_several(digits & NEAR) && !is_long {
        return (device::mac(text, place), place + 1);
    }
    if let Some(found) = iban::find(text, place) {
        return (Some(found), place);
    }
    let first = digits.trailing_ones() as usize;
    // Only the first group is passed over, since a value may begin at a later one; but none begins
    // within a token.
    let next = run(bytes, place + first, usize::MAX, |byte| byte.is_ascii_alphanumeric());
    if let Some(found) = is_long.then(|| crypto::find(text, place)).flatten() {
        return (Some(found), next);
    }
    let pointed = first <= 3 && at(bytes, place + first) == b'.';
    let special = device::find(text, place)
        .or_else(|| device::mac(text, place))
        .or_else(|| pointed.then(|| device::coordinates(text, place)).flatten());
    if special.is_some() {
        return (special, next);
    }
    let identifier = identifier::find(labels, place);
    if identifier.as_ref().is_some_and(|found| found.confidence >= NAMED) {
        return (identifier, next);
    }
    if is_word(before(bytes, place)) || first > 19 {
        return (identifier, next);
    }
    if let Some(found) = pointed.then(|| address::version_4(text, place)).flatten() {
        return (Some(found), next);
    }
    let run = Run::read(text, place, digits);
    if run.digits.len() < phone::SHORTEST {
        return (identifier, next);
    }
    // A plus is no card's: an account behind it is a telephone's.
    let card = if before(bytes, place) == b'+' { None } else { card::find(&run) };
    let found = card.or_else(|| social_security(&run)).or(identifier);
    (found.or_else(|| phone::find(&run, labels)), next)
}

/// Where up to three digits end that stand for themselves or behind a word of small letters, as most
/// numbers of prose and code do: no digit, capital or sign beside them makes them a part of something
/// longer, and no value is as short as they are together with a word of small letters before and
/// behind.
fn end_of_lone(bytes: &[u8], start: usize) -> Option<usize> {
    let goes_on = |byte: u8| {
        byte.is_ascii_digit()
            || byte.is_ascii_uppercase()
            || !byte.is_ascii()
            || b"+(".contains(&byte)
    };
    let length = bytes[start..].iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
    let word =
        run_back(bytes, start, WORD, |byte| byte.is_ascii_lowercase() || b"_.".contains(&byte));
    let [first, second] = *bytes.get(word.checked_sub(2)?..word)?.first_chunk()?;
    let [next, then, last] = *bytes.get(start + length..)?.first_chunk()?;
    let opens = (b" \n\t([{=,\"'`".contains(&second) || word < start && b"<&*:".contains(&second))
        && !goes_on(first);
    let closes = match next {
        // Two words may have a number between them that is part of all (`ab12 cde`, a plate).
        b' ' if word < start && then.is_ascii_lowercase() => false,
        b' ' | b',' | b';' | b')' | b']' | b'}' | b'>' | b'?' | b'!' | b'\n' => {
            !goes_on(then) && !goes_on(last)
        }
        b'(' => word < start && !goes_on(then),
        b':' if then == b':' => !goes_on(last),
        b'.' | b':' => b" \n".contains(&then) && !goes_on(last),
        _ => false,
    };
    (length < 4 && opens && closes).then_some(start + length)
}

/// Whether a token goes on for longer than most.
fn is_long_token(bytes: &[u8], digit: usize) -> bool {
    let tail = bytes.get(digit..digit + 12);
    tail.is_some_and(|tail| tail.iter().all(u8::is_ascii_alphanumeric))
}

/// A US social security number: `AAA-GG-SSSS`, with the areas, groups and serials that are never
/// given out left out (SSA, POMS RM 10201.035). Without separators only after a word that says so.
fn social_security(run: &Run<'_>) -> Option<Match> {
    if run.digits.len() < 9 {
        return None;
    }
    let written = run.written();
    let length = if written.get(3).is_some_and(u8::is_ascii_digit) { 9 } else { 11 };
    let candidate = written.get(..length)?;
    if written.get(length).is_some_and(u8::is_ascii_digit)
        || run.text.as_bytes().get(run.start + length).is_some_and(|byte| is_word(*byte))
    {
        return None;
    }
    let digits: Vec<u8> = candidate.iter().copied().filter(u8::is_ascii_digit).collect();
    let separated = length == 11
        && candidate[3] == candidate[6]
        && b"- .".contains(&candidate[3])
        && digits.len() == 9;
    let said = || {
        let words = ["ssn", "social security", "ss#"];
        super::bytes::follows_word(run.text.as_bytes(), run.start, 40, &words)
    };
    if !(separated || length == 9 && digits.len() == 9 && said()) {
        return None;
    }
    let (area, rest) = digits.split_at(3);
    let (group, serial) = rest.split_at(2);
    let given =
        area != b"000" && area != b"666" && area[0] != b'9' && group != b"00" && serial != b"0000";
    let confidence = match candidate[3] {
        b'-' => 0.85,
        _ if separated && !said() => 0.5,
        _ => 0.7,
    };
    given.then(|| Match::new(Kind::UsSsn, run.start..run.start + length, confidence))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Where a run from the beginning on ends, and how many digits it has, sign by sign.
    fn plain(text: &str) -> (usize, usize) {
        let (mut end, mut count) = (0, 0);
        for (place, byte) in text.bytes().enumerate().take(class::BLOCK) {
            match byte {
                b'0'..=b'9' if count < DIGITS => (end, count) = (place + 1, count + 1),
                b' ' | b'-' | b'.' | b'(' | b')' | b'/' if place < end + 2 => {}
                _ => break,
            }
        }
        (end, count)
    }

    #[test]
    fn numbers_behind_words_are_passed_over_unless_another_word_goes_on() {
        let is_lone = |text: &str| {
            let digit = text.find(|char: char| char.is_ascii_digit()).unwrap();
            end_of_lone(text.as_bytes(), digit).is_some()
        };
        assert!(is_lone("of a u64, then"));
        assert!(is_lone("to base64(text)"));
        assert!(is_lone("an i64::from(it)"));
        assert!(!is_lone("plate ab12 cde, red"));
        assert!(!is_lone("plate ab12cde, red"));
        assert!(!is_lone("at de89 3704, then"));
        assert!(!is_lone("at ab12-34, then"));
    }

    proptest! {
        #[test]
        fn runs_are_read_sign_by_sign(text in "[0-9]([0-9]{1,6}[ ./()-]{0,3}){0,20}a?[0-9 ]{0,30}") {
            let digits = class::bits(text.as_bytes(), 0, |byte| byte.is_ascii_digit());
            let run = Run::read(&text, 0, digits);
            prop_assert_eq!((run.end, run.digits.len()), plain(&text));
            let written = run.written().iter().filter(|byte| byte.is_ascii_digit());
            prop_assert!(written.eq(run.digits.iter()));
        }
    }
}
