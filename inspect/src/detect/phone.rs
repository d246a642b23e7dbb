//! Telephone numbers: international ones by their `+`, others by a national grouping or a word beside
//! them that says so, since most runs of digits are not telephone numbers.

use std::sync::LazyLock;

use arrayvec::ArrayVec;

use super::bytes::{at, before, is_word, run};
use super::label::{Labels, Names};
use super::number::{DIGITS, Run};
use crate::Kind;
use crate::matched::Match;

/// Words before a number that make it one, in several languages.
pub(super) const LABELS: [&str; 36] = [
    "phone",
    "tel",
    "telephone",
    "call",
    "mobile",
    "cell",
    "fax",
    "whatsapp",
    "sms",
    "text me at",
    "reach me",
    "contact",
    "dial",
    "handy",
    "telefon",
    "mobil",
    "rufnummer",
    "téléphone",
    "portable",
    "teléfono",
    "móvil",
    "cellulare",
    "ring ",
    "тел",
    "телефон",
    "電話",
    "电话",
    "手机",
    "전화",
    "फ़ोन",
    "هاتف",
    "טלפון",
    "拨打",
    "اتصال",
    "chiamar",
    "llamar",
];
/// The same, as they are looked for.
static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&LABELS));
/// How far before the number such a word may stand.
const REACH: usize = 30;

/// Words right behind a number that make it one, as on a business card.
const WORDS_BEHIND: [&str; 6] = ["office", "fax", "mobile", "cell", "home", "work"];
/// How many digits there are at least.
pub(super) const SHORTEST: usize = 6;

/// The telephone number of a run.
pub(super) fn find(run: &Run<'_>, labels: Labels<'_>) -> Option<Match> {
    let bytes = run.text.as_bytes();
    let plus = before(bytes, run.start) == b'+';
    let open = before(bytes, run.start) == b'(';
    let count = run.digits.len();
    if !(SHORTEST..=15).contains(&count) || is_word(before(bytes, run.start)) {
        return None;
    }
    let end = extension(bytes, run.end);
    if is_word(at(bytes, end)) {
        return None;
    }
    let start = run.start - usize::from(plus || open);
    let found = |confidence| Some(Match::new(Kind::PhoneNumber, start..end, confidence));
    if plus && is_word(before(bytes, start)) {
        return None;
    }
    if plus && count > 6 && run.digits[0] != b'0' {
        return found(0.9);
    }
    let groups = run.groups();
    let behind_group =
        before(bytes, start) == b' ' && before(bytes, start.saturating_sub(1)).is_ascii_digit();
    if is_north_american(run, &groups) && !behind_group {
        return found(0.8);
    }
    if is_date(&groups) {
        return None;
    }
    if labels.name(&(start..start), (REACH, 0), &NAMES, false) || precedes_word(bytes, end) {
        return found(0.7);
    }
    let tied = b".-/:$#=".contains(&before(bytes, start)) || at(bytes, end) == b':';
    (!tied && !behind_group && is_national(run, &groups, open)).then_some(())?;
    found(0.5)
}

/// The end of `x123` behind a number, or of the number.
fn extension(bytes: &[u8], end: usize) -> usize {
    let digits = run(bytes, end + 1, 7, |byte| byte.is_ascii_digit());
    let is_one = at(bytes, end).eq_ignore_ascii_case(&b'x') && (2..8).contains(&(digits - end));
    if is_one { digits } else { end }
}

/// `(NXX) NXX-XXXX`, `NXX-NXX-XXXX`, `1-NXX-NXX-XXXX`, with spaces or dots too. Grouped by dashes
/// or dots, any digits will do.
fn is_north_american(run: &Run<'_>, groups: &[usize]) -> bool {
    let grouped = matches!(groups, [3, 3, 4] | [1..=3, 3, 3, 4]);
    let country = groups.len() == 4;
    let national = run.digits.get(groups[0] * usize::from(country)..).unwrap_or_default();
    let starts = |position: usize| national.get(position).is_some_and(|digit| *digit >= b'2');
    let one = !country || groups[0] == 1 && run.digits[0] == b'1';
    grouped && one && starts(0) && starts(3)
}

/// National forms that other numbers seldom have: a trunk `0` and groups, `0` and ten digits, an
/// area in brackets, groups of three, three, two and two.
fn is_national(run: &Run<'_>, groups: &[usize], open: bool) -> bool {
    let separators = separators(run.written());
    // The sign behind a closing bracket is one of its own.
    let mut signs = separators.iter().skip(1).filter(|sign| **sign != b')');
    let even = signs.next().is_none_or(|first| signs.all(|sign| sign == first));
    let first = separators.first().copied().unwrap_or(b' ');
    if !even || separators.contains(&b'/') || first == b'.' && groups.len() < 3 {
        return false;
    }
    let trunk = run.digits.starts_with(b"0") && run.digits.get(1).is_some_and(|next| *next > b'0');
    let abroad = run.digits.starts_with(b"00")
        && run.digits.get(2).is_some_and(|country| *country > b'0')
        && groups.len() > 2;
    let count = run.digits.len();
    let bracket = at(run.text.as_bytes(), run.start + groups[0]) == b')';
    match groups {
        // Mobile numbers of many countries.
        [11] => trunk && run.digits.get(1).is_some_and(|next| b"5789".contains(next)),
        [3, 3, 2, 2] => true,
        [_, rest @ ..] if rest.len() < 5 && !rest.is_empty() => {
            let wide = rest.iter().all(|length| *length > 1);
            let parted = first == b'-' && (groups.len() == 2 || separators.get(1) == Some(&b' '));
            wide && (trunk && (10 - usize::from(parted)..=12).contains(&count)
                || abroad && (11..=15).contains(&count)
                || open && bracket && (8..=11).contains(&count))
        }
        _ => false,
    }
}

/// The sign behind each group but the last; of `) ` the bracket.
fn separators(written: &[u8]) -> ArrayVec<u8, DIGITS> {
    let ends = written.windows(2).filter(|pair| pair[0].is_ascii_digit());
    ends.map(|pair| pair[1]).filter(|byte| !byte.is_ascii_digit()).collect()
}

/// Whether a word such as `office` stands right behind a place.
fn precedes_word(bytes: &[u8], end: usize) -> bool {
    let word = run(bytes, end, 3, |byte| b" -(".contains(&byte));
    let rest = bytes.get(word..).unwrap_or_default();
    word > end
        && WORDS_BEHIND.iter().any(|behind| {
            rest.get(..behind.len())
                .is_some_and(|rest| rest.eq_ignore_ascii_case(behind.as_bytes()))
        })
}

/// `2026-11-24`, `24.11.2026`, and the like.
fn is_date(groups: &[usize]) -> bool {
    matches!(groups, [4, 2, 2, ..] | [1 | 2, 1 | 2, 4, ..])
}
