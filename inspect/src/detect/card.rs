//! Payment card numbers: an issuer's range, a length of that issuer, and the check digit
//! (ISO/IEC 7812-1, Luhn).

use super::bytes::{at, is_word};
use super::number::Run;
use crate::Kind;
use crate::check_digit::luhn_sum;
use crate::matched::Match;

/// The digits of the shortest number.
const SHORTEST: usize = 12;

/// The card number at the beginning of a run, if there is one.
pub(super) fn find(run: &Run<'_>) -> Option<Match> {
    if run.digits.len() < SHORTEST {
        return None;
    }
    let written = run.written();
    let (mut count, mut best) = (0, None);
    for (place, byte) in written.iter().enumerate() {
        if !byte.is_ascii_digit() {
            if !matches!(byte, b' ' | b'-' | b'.') {
                break;
            }
            continue;
        }
        count += 1;
        let ends = !written.get(place + 1).is_some_and(u8::is_ascii_digit);
        // Groups that begin with a 1 are dates and social security numbers before they are a card.
        let whole = run.digits.first() != Some(&b'1') || place + 1 == count;
        if ends && whole && run.digits.get(..count).is_some_and(is_card) {
            best = Some(place + 1);
        }
    }
    let end = run.start + best?;
    let bytes = run.text.as_bytes();
    let groups: Vec<usize> =
        written.get(..best?)?.split(|byte| !byte.is_ascii_digit()).map(<[u8]>::len).collect();
    // A decimal fraction, or the end of a longer number that is written in groups.
    let is_part =
        matches!(groups.as_slice(), [1, _]) || groups.len() > 1 && follows_group(bytes, run.start);
    if is_part {
        return None;
    }
    (!is_word(at(bytes, end))).then(|| Match::new(Kind::CreditCard, run.start..end, 0.95))
}

/// Whether a group of digits stands before a place, a space between them.
fn follows_group(bytes: &[u8], start: usize) -> bool {
    let before = bytes.get(..start).and_then(|head| head.split_last_chunk::<2>());
    before.is_some_and(|(_, [last, space])| *space == b' ' && last.is_ascii_digit())
}

/// Whether digits are the number of a card of a known issuer.
pub(crate) fn is_card(digits: &[u8]) -> bool {
    (SHORTEST..=19).contains(&digits.len()) && is_issued(digits) && luhn(digits)
}

/// Whether the first digits are an issuer's, and the length is one of that issuer's.
fn is_issued(digits: &[u8]) -> bool {
    let first = |count: usize| {
        digits.iter().take(count).fold(0_u32, |number, digit| number * 10 + u32::from(digit - b'0'))
    };
    match (first(1), first(2), first(4)) {
        // Visa
        (4, _, _) => matches!(digits.len(), 13 | 16 | 19),
        // Mastercard
        (_, 51..=55, _) | (_, _, 2221..=2720) => digits.len() == 16,
        // American Express
        (_, 34 | 37, _) => digits.len() == 15,
        // Diners Club
        (_, 36 | 38 | 39, _) | (_, _, 3000..=3059 | 3095) => matches!(digits.len(), 14..=19),
        // UATP: an airline's code behind the 1, and there is no airline 000.
        (1, _, 1001..=1999) => digits.len() == 15,
        // JCB
        (_, 35, _) | (_, _, 2131 | 1800) => matches!(digits.len(), 15 | 16),
        // Discover, UnionPay
        (_, _, 6011 | 6440..=6599) | (_, 62, _) => matches!(digits.len(), 16..=19),
        // Maestro
        (_, 50 | 56..=58 | 63 | 67 | 69, _) => true,
        _ => false,
    }
}

/// The check digit. Zeros alone are no number.
pub(super) fn luhn(digits: &[u8]) -> bool {
    let values = digits.iter().map(|digit| u32::from(digit - b'0'));
    luhn_sum(values).is_multiple_of(10) && digits.iter().any(|digit| *digit != b'0')
}
