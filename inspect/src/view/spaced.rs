//! Text that is spelled letter by letter: `4 1 1 1 - 1 1 1 1`, `u-s-e-r-@-…`, `k.e.y`.

use std::ops::Range;

use super::View;
use super::window::{ceil, floor};
use crate::class;

/// The fewest letters and digits that are worth it.
const SHORTEST: usize = 7;
/// The longest sign between two of them.
const LONGEST_GAP: usize = 16;
/// The longest text of this kind.
const LONGEST: usize = 4 << 10;
/// How much of the text around it is taken along.
const AROUND: usize = 64;

/// Views of the spelled parts of a text with their letters put together.
pub(crate) fn views(text: &str, tell: &mut dyn FnMut(View)) {
    let bytes = text.as_bytes();
    let mut from = 0;
    for block in class::blocks(bytes) {
        let letters = class::bits(bytes, block, |byte| byte.is_ascii_alphanumeric());
        for place in sparse_eights(letters).map(|place| block + place) {
            if place < from {
                continue;
            }
            let Some(first) = first_lone(bytes, place, from) else { continue };
            let few = lone_letters(bytes, first).take(SHORTEST).zip(1..).last();
            if let Some((last, 1..SHORTEST)) = few {
                from = last + 1;
                continue;
            }
            let letters: Vec<usize> = lone_letters(bytes, first).take(LONGEST).collect();
            from = letters.last().map_or(from, |last| last + 1);
            if !is_spelled(&letters) {
                continue;
            }
            tell(together(text, &letters, false));
            if letters_before_digits(bytes, &letters) {
                tell(together(text, &letters, true));
            }
        }
    }
}

/// Where eight bytes begin of which several are letters or digits, and no two of them side by side.
fn sparse_eights(letters: u64) -> impl Iterator<Item = usize> {
    let beside = letters & letters >> 1 & (u64::MAX / 255 * 127);
    let several = move |place: &usize| class::has_several(letters >> place & 0xff);
    let blank = class::clear_eights(letters);
    class::ones(class::clear_eights(beside) & !blank).filter(several)
}

/// Whether lone letters are near enough to each other.
fn is_spelled(letters: &[usize]) -> bool {
    let near = letters.windows(2).filter(|pair| pair[1] - pair[0] <= 4).count();
    near * 2 >= letters.len()
}

/// Where the lone letters and digits around `place` begin.
fn first_lone(bytes: &[u8], place: usize, from: usize) -> Option<usize> {
    let first = (place..place + 8).find(|place| is_lone(bytes, *place))?;
    let mut start = first;
    while let Some(before) = (from.max(start.saturating_sub(LONGEST_GAP + 1))..start)
        .rev()
        .find(|place| is_letter(bytes, *place))
        .filter(|before| is_lone(bytes, *before))
        && first - before < LONGEST
    {
        start = before;
    }
    Some(start)
}

/// The lone letters and digits that follow on each other, from the first one on.
fn lone_letters(bytes: &[u8], first: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(first), |last| {
        let next = (last + 1..last + 2 + LONGEST_GAP).find(|place| is_letter(bytes, *place));
        next.filter(|next| is_lone(bytes, *next))
    })
}

fn is_letter(bytes: &[u8], place: usize) -> bool {
    bytes.get(place).is_some_and(u8::is_ascii_alphanumeric)
}

/// Whether no other one is beside a letter or digit.
fn is_lone(bytes: &[u8], place: usize) -> bool {
    is_letter(bytes, place)
        && !is_letter(bytes, place + 1)
        && !place.checked_sub(1).is_some_and(|before| is_letter(bytes, before))
}

/// Whether a long number follows on letters without a gap that parts words.
fn letters_before_digits(bytes: &[u8], letters: &[usize]) -> bool {
    let digits = letters.iter().filter(|place| bytes[**place].is_ascii_digit()).count();
    digits >= SHORTEST && digits < letters.len()
}

/// The letters without the sign that stands between any two of them. Where more stands between two,
/// the rest of it stays. With `parted`, a space parts letters from digits.
fn together(text: &str, letters: &[usize], parted: bool) -> View {
    let bytes = text.as_bytes();
    let start = letters.first().copied().unwrap_or(0);
    let end = letters.last().map_or(start, |last| last + 1);
    let usual = usual_gap(text, letters);
    let mut view = View::default();
    view.keep(text, ceil(text, start.saturating_sub(AROUND))..start);
    for pair in letters.windows(2) {
        view.keep(text, pair[0]..pair[0] + 1);
        let gap = pair[0] + 1..pair[1];
        let written = text.get(gap.clone()).unwrap_or_default();
        let turns = bytes[pair[0]].is_ascii_digit() != bytes[pair[1]].is_ascii_digit();
        view.put(
            gap,
            &if parted && turns && written == usual {
                " ".to_owned()
            } else {
                rest(written, usual)
            },
        );
    }
    view.keep(text, end - 1..end);
    // What is spelled may end in signs, such as a padding.
    view.keep(text, end..floor(text, end + AROUND));
    view
}

/// The gap that stands between most letters.
fn usual_gap<'a>(text: &'a str, letters: &[usize]) -> &'a str {
    let gaps: Vec<Range<usize>> =
        letters.windows(2).map(|pair| pair[0] + 1..pair[1]).take(16).collect();
    let count = |gap: &Range<usize>| {
        gaps.iter().filter(|other| text.get((*other).clone()) == text.get(gap.clone())).count()
    };
    let usual = gaps.iter().max_by_key(|gap| (count(gap), std::cmp::Reverse(gap.len())));
    usual.and_then(|gap| text.get(gap.clone())).unwrap_or_default()
}

/// What a gap says beyond the usual one.
fn rest(gap: &str, usual: &str) -> String {
    if gap == usual || usual.is_empty() {
        return String::new();
    }
    let said: String = gap.split(usual).map(str::trim).collect();
    if said.is_empty() { " ".to_owned() } else { said }
}
