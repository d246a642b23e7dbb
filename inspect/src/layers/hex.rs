//! Bytes in hexadecimal: `34313131`, `34 31 31 31`, `34:31:31:31`, `0x34, 0x31`.

use std::ops::Range;

use super::{is_text, is_text_char};
use crate::class;
use crate::view::View;

/// The fewest bytes that can hide a value.
const SHORTEST: usize = 8;
/// How many bytes of a text are looked at together; every such text has a whole block of them.
const BLOCK: usize = 8;
/// The longest sign between two bytes.
const LONGEST_GAP: usize = 4;
/// The most bytes that are read with signs between them.
const MOST: usize = 64 << 10;

/// What a run of hexadecimal digits without gaps hides.
pub(super) fn view(text: &str, run: Range<usize>) -> Option<View> {
    let digits = text.get(run.clone())?;
    let digits = digits.strip_prefix("0x").unwrap_or(digits).as_bytes();
    let begin = run.end - digits.len();
    if digits.len() < 2 * SHORTEST || !digits.len().is_multiple_of(2) {
        return None;
    }
    // Of text, the first digit of every byte is small: that rules most hashes out.
    let first = digits.chunks_exact(2).take(8).all(|pair| matches!(pair[0], b'2'..=b'7' | b'0'));
    if !first {
        return None;
    }
    let bytes: Option<Vec<u8>> = digits.chunks_exact(2).map(byte).collect();
    let decoded = String::from_utf8(bytes?).ok().filter(|text| is_text(text))?;
    Some(View::whole(begin..run.end, decoded))
}

/// Views of pairs of hexadecimal digits with the same sign between any two.
pub(super) fn parted(text: &str, tell: &mut dyn FnMut(View)) {
    let bytes = text.as_bytes();
    let mut done = 0;
    for block in class::blocks(bytes) {
        // Nearly every eight bytes have a letter behind `f`.
        let others = class::bits(bytes, block, |byte| byte >= 0x80 || is_other_letter(byte));
        let clear = class::clear_eights(others);
        if clear == 0 {
            continue;
        }
        let digits = class::bits(bytes, block, |byte| byte.is_ascii_hexdigit());
        for offset in class::ones(clear).filter(|offset| may_be_pairs(digits >> offset & 0xff)) {
            let place = block + offset;
            if place + BLOCK <= done || place + BLOCK > bytes.len() {
                continue;
            }
            let first = done.max(place.saturating_sub(BLOCK));
            if let Some(pairs) = (first..place + BLOCK).find_map(|start| Pairs::read(bytes, start))
            {
                pairs.texts(tell);
                done = pairs.end;
            }
        }
    }
}

/// Whether a byte is a letter that no such byte has: none of hexadecimal digits, and not `x`.
const fn is_other_letter(byte: u8) -> bool {
    let place = (byte | 0x20).wrapping_sub(b'g');
    place < 17 || place.wrapping_sub(18) < 2
}

/// Whether a block without other letters can be part of `34 31 31 31` or `0x34, 0x31`: of its
/// hexadecimal digits, whose places these are, there are enough, and never three side by side.
const fn may_be_pairs(digits: u64) -> bool {
    class::has_several(digits)
        && digits & digits >> 1 & digits >> 2 == 0
        && digits.count_ones() >= 4
}

/// Bytes that are written with the same sign between any two.
struct Pairs {
    /// Where the first one is written, with its prefix.
    start: usize,
    end: usize,
    /// From one to the next.
    step: usize,
    /// What each is written in, without the sign behind it.
    width: usize,
    bytes: Vec<u8>,
}

impl Pairs {
    /// The bytes from `start` on, if they are enough.
    fn read(text: &[u8], start: usize) -> Option<Self> {
        let is_digit = |place: usize| text.get(place).is_some_and(u8::is_ascii_hexdigit);
        let free = start.checked_sub(1).is_none_or(|place| !text[place].is_ascii_alphanumeric());
        let prefix = if text.get(start..)?.starts_with(b"0x") { 2 } else { 0 };
        let first = start + prefix;
        let is_pair = |place: usize| is_digit(place) && is_digit(place + 1) && !is_digit(place + 2);
        if !free || !is_pair(first) {
            return None;
        }
        let gap = gap_length(text.get(first + 2..)?, prefix);
        let sign = text.get(first + 2..first + 2 + gap).filter(|sign| !sign.is_empty())?;
        let (mut bytes, mut place) = (Vec::new(), first);
        while bytes.len() < MOST && is_pair(place) {
            bytes.extend(byte(text.get(place..place + 2)?));
            place += 2 + gap;
            if text.get(place - gap..place) != Some(sign) {
                break;
            }
        }
        let end = first + bytes.len() * (2 + gap) - gap;
        let (step, width) = (2 + gap, 2 + prefix);
        (bytes.len() >= SHORTEST).then_some(Self { start, end, step, width, bytes })
    }

    /// Tells each stretch of the bytes that is text.
    fn texts(&self, tell: &mut dyn FnMut(View)) {
        let mut place = 0;
        for chunk in self.bytes.utf8_chunks() {
            let valid = chunk.valid();
            for part in valid.split_inclusive(|char| !is_text_char(char)) {
                let text = part.trim_end_matches(|char| !is_text_char(char));
                if text.len() >= SHORTEST {
                    let from = self.start + place * self.step;
                    let last = self.start + (place + text.len() - 1) * self.step;
                    tell(View::whole(from..last + self.width, text.to_owned()));
                }
                place += part.len();
            }
            place += chunk.invalid().len();
        }
    }
}

/// The length of what stands between two bytes, with the prefix of the next.
fn gap_length(rest: &[u8], prefix: usize) -> usize {
    let signs =
        rest.iter().take(LONGEST_GAP).take_while(|byte| !byte.is_ascii_alphanumeric()).count();
    let next = rest.get(signs..).unwrap_or_default();
    if prefix == 0 || next.starts_with(b"0x") { signs + prefix } else { 0 }
}

fn byte(pair: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(*pair.first()?)? * 16 + digit(*pair.get(1)?)?).ok()
}
