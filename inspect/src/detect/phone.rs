//! Telephone numbers: international ones by their `+`, North American ones by their grouping, any
//! other only after a word that says so, since most runs of digits are not telephone numbers.

use super::bytes::{before, follows_word, is_word};
use super::number::Run;
use crate::Kind;
use crate::matched::Match;

/// Words before a number that make it one, in several languages.
const WORDS: [&str; 22] = [
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
];
/// How far before the number such a word may stand.
const REACH: usize = 30;

/// The telephone number of a run.
pub(super) fn find(run: &Run<'_>) -> Option<Match> {
    let bytes = run.text.as_bytes();
    let plus = before(bytes, run.start) == b'+';
    let open = before(bytes, run.start) == b'(';
    let count = run.digits.len();
    if !(7..=15).contains(&count) || !run.stands_alone() && !plus {
        return None;
    }
    let start = run.start - usize::from(plus || open);
    if plus && bytes.get(run.end).is_none_or(|byte| !is_word(*byte)) && run.digits[0] != b'0' {
        return Some(Match::new(Kind::PhoneNumber, start..run.end, 0.9));
    }
    if is_north_american(run) {
        return Some(Match::new(Kind::PhoneNumber, start..run.end, 0.8));
    }
    let said = follows_word(bytes, start, REACH, &WORDS);
    (said && !is_date(run)).then(|| Match::new(Kind::PhoneNumber, start..run.end, 0.7))
}

/// `(NXX) NXX-XXXX`, `NXX-NXX-XXXX`, `1-NXX-NXX-XXXX`, with spaces or dots too.
fn is_north_american(run: &Run<'_>) -> bool {
    let groups = run.groups();
    let grouped = matches!(groups.as_slice(), [3, 3, 4] | [1, 3, 3, 4]);
    let country = groups.first() == Some(&1);
    let national = run.digits.get(usize::from(country)..).unwrap_or_default();
    let starts = |position: usize| national.get(position).is_some_and(|digit| *digit >= b'2');
    grouped && (!country || run.digits[0] == b'1') && starts(0) && starts(3)
}

/// `2026-11-24`, `24.11.2026`, and the like.
fn is_date(run: &Run<'_>) -> bool {
    matches!(run.groups().as_slice(), [4, 2, 2, ..] | [1 | 2, 1 | 2, 4])
}
