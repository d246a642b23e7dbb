//! Values that are anchored by a digit, an `@` or a colon: one walk over the bytes.

use arrayvec::ArrayVec;

use super::bytes::{before, is_word, run};
use super::label::Labels;
use super::{address, card, crypto, device, email, iban, identifier, phone};
use crate::Kind;
use crate::class;
use crate::matched::Match;

/// The longest run of digits and separators that can be a value.
const LONGEST: usize = 64;
/// The digits that are read of it: no value has more.
pub(super) const DIGITS: usize = 24;

/// The bytes from the first digit on among which a number has its digits, as the bits of a block.
const NEAR: u64 = (1 << 40) - 1;

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
        let (found, next) = look(text, sign, labels);
        if let Some(found) = found {
            place = found.range.end.max(sign + 1);
            matches.push(found);
        } else {
            place = next;
        }
    }
}

/// What is at a sign, and where to go on when it is nothing.
fn look(text: &str, place: usize, labels: Labels<'_>) -> (Option<Match>, usize) {
    match text.as_bytes().get(place) {
        Some(b'@') => (email::find(text, place), place + 1),
        Some(b':') => {
            (device::colon_mac(text, place).or_else(|| address::version_6(text, place)), place + 1)
        }
        _ => digits(text, place, labels),
    }
}

/// A run of digits with single separators between them.
pub(super) struct Run<'a> {
    pub(super) text: &'a str,
    /// From the first digit (or the `+` or `(` before it) to behind the last.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) digits: ArrayVec<u8, DIGITS>,
}

impl<'a> Run<'a> {
    fn read(text: &'a str, start: usize) -> Self {
        let bytes = text.as_bytes();
        let mut digits = ArrayVec::new();
        let mut end = start;
        for (place, byte) in bytes.iter().enumerate().skip(start).take(LONGEST) {
            if byte.is_ascii_digit() {
                if digits.try_push(*byte).is_err() {
                    break;
                }
                end = place + 1;
            } else if !b" -.()/".contains(byte) || place > end + 1 {
                break;
            }
        }
        Self { text, start, end, digits }
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
    let near = class::bits(bytes, place, |byte| byte.is_ascii_digit()) & NEAR;
    if !class::has_several(near) && !is_long_token(bytes, place) {
        return (device::mac(text, place), place + 1);
    }
    if let Some(found) = iban::find(text, place) {
        return (Some(found), place);
    }
    let first =
        bytes[place..].iter().take(LONGEST).take_while(|byte| byte.is_ascii_digit()).count();
    // Only the first group is passed over, since a value may begin at a later one; but none begins
    // within a token.
    let next = run(bytes, place + first, usize::MAX, |byte| byte.is_ascii_alphanumeric());
    if let Some(found) = is_long_token(bytes, place).then(|| crypto::find(text, place)).flatten() {
        return (Some(found), next);
    }
    let special = device::find(text, place)
        .or_else(|| device::mac(text, place))
        .or_else(|| device::coordinates(text, place));
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
    if let Some(found) = address::version_4(text, place) {
        return (Some(found), next);
    }
    let run = Run::read(text, place);
    if run.digits.len() < phone::SHORTEST {
        return (identifier, next);
    }
    // A plus is no card's: an account behind it is a telephone's.
    let card = if before(bytes, place) == b'+' { None } else { card::find(&run) };
    let found = card.or_else(|| social_security(&run)).or(identifier);
    (found.or_else(|| phone::find(&run, labels)), next)
}

/// Where up to three digits end that stand for themselves, as most numbers of prose and code do:
/// no digit, capital or sign beside them makes them a part of something longer, and no value is as
/// short as they are together with a word of small letters before and behind.
fn end_of_lone(bytes: &[u8], start: usize) -> Option<usize> {
    let goes_on = |byte: u8| {
        byte.is_ascii_digit()
            || byte.is_ascii_uppercase()
            || !byte.is_ascii()
            || b"+(".contains(&byte)
    };
    let length = bytes[start..].iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
    let [first, second] = *bytes.get(start.checked_sub(2)?..start)?.first_chunk()?;
    let [next, then, last] = *bytes.get(start + length..)?.first_chunk()?;
    let opens = b" \n\t([{=,\"'`".contains(&second) && !goes_on(first);
    let closes = match next {
        b' ' | b',' | b';' | b')' | b']' | b'}' | b'?' | b'!' | b'\n' => {
            !goes_on(then) && !goes_on(last)
        }
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
