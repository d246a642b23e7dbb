//! Where the bytes of a class lie in a text: sixty-four places at a time, as the bits of a number.
//!
//! Every byte of a text is asked for what it is several times over. Asked for one by one, each
//! question is a branch; asked for together, the compiler makes a few wide comparisons of sixty-four
//! of them (Langdale and Lemire, Parsing Gigabytes of JSON per Second, 2019, §3.1).

use wide::u8x16;

/// The places of one block.
pub(crate) const BLOCK: usize = u64::BITS as usize;

/// One bit for each byte of the block at `place` that is of the class. Behind the end of the text
/// there is none.
#[inline]
pub(crate) fn bits(text: &[u8], place: usize, class: impl Fn(u8) -> bool) -> u64 {
    let rest = text.get(place..).unwrap_or_default();
    if let Some(block) = rest.first_chunk() {
        return bits_of(block, class);
    }
    let mut last = [0; BLOCK];
    last[..rest.len()].copy_from_slice(rest);
    bits_of(&last, class) & !(u64::MAX << rest.len())
}

#[inline]
fn bits_of(block: &[u8; BLOCK], class: impl Fn(u8) -> bool) -> u64 {
    let flags = block.map(|byte| if class(byte) { u8::MAX } else { 0 });
    let (sixteens, _) = flags.as_chunks();
    let bits = sixteens.iter().map(|sixteen| u64::from(u8x16::new(*sixteen).to_bitmask()));
    bits.zip(0..).fold(0, |bits, (sixteen, number)| bits | sixteen << (16 * number))
}

/// The places where each block of a text begins.
pub(crate) fn blocks(text: &[u8]) -> impl Iterator<Item = usize> + use<> {
    (0..text.len().div_ceil(BLOCK)).map(|number| number * BLOCK)
}

/// For each eight bits that are all zero, the lowest of them is one.
pub(crate) const fn clear_eights(bits: u64) -> u64 {
    const LOW: u64 = u64::MAX / 255;
    const ALL_BUT_HIGH: u64 = LOW * 127;
    let low_bits = (bits & ALL_BUT_HIGH) + ALL_BUT_HIGH;
    !(low_bits | bits) >> 7 & LOW
}

/// Whether more than one bit is set: to count them takes longer.
pub(crate) const fn has_several(bits: u64) -> bool {
    bits & bits.wrapping_sub(1) != 0
}

/// The places of single bits, from the lowest on.
pub(crate) fn ones(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = bits.trailing_zeros();
        bits &= bits.wrapping_sub(1);
        (place < u64::BITS).then_some(place as usize)
    })
}

/// Every place of a class, in order.
pub(crate) fn each(text: &[u8], class: impl Fn(u8) -> bool) -> impl Iterator<Item = usize> {
    let (mut walk, mut from) = (places(text, class), 0);
    std::iter::from_fn(move || {
        let place = walk.next(from)?;
        from = place + 1;
        Some(place)
    })
}

/// A walk over the places of a text, which it is told of block by block.
pub(crate) struct Walk<F> {
    length: usize,
    /// The places of the block that begins at a place.
    read: F,
    /// Where the block begins whose places these are.
    block: usize,
    bits: u64,
}

/// A walk over the places that `read` tells, block by block.
pub(crate) fn walk<F: FnMut(usize) -> u64>(text: &[u8], read: F) -> Walk<F> {
    Walk::over(text, read)
}

impl<F: FnMut(usize) -> u64> Walk<F> {
    fn over(text: &[u8], mut read: F) -> Self {
        let bits = read(0);
        Self { length: text.len(), read, block: 0, bits }
    }

    /// The first place from `from` on, which never goes back.
    #[inline]
    pub(crate) fn next(&mut self, from: usize) -> Option<usize> {
        if from >= self.block + BLOCK {
            self.load(from - from % BLOCK);
        }
        self.bits &= u64::MAX << from.saturating_sub(self.block);
        while self.bits == 0 {
            let next = self.block + BLOCK;
            if next >= self.length {
                return None;
            }
            self.load(next);
        }
        Some(self.block + self.bits.trailing_zeros() as usize)
    }

    fn load(&mut self, block: usize) {
        (self.block, self.bits) = (block, (self.read)(block));
    }
}

/// A walk over the bytes of a class.
pub(crate) fn places(text: &[u8], class: impl Fn(u8) -> bool) -> Walk<impl FnMut(usize) -> u64> {
    Walk::over(text, move |block| bits(text, block, &class))
}

/// A walk over the places that `LENGTH` bytes of a class begin at; no more than a block.
pub(crate) fn runs<const LENGTH: usize>(
    text: &[u8],
    class: impl Fn(u8) -> bool,
) -> Walk<impl FnMut(usize) -> u64> {
    // The next block is read with each one, so that it need not be read again.
    let (mut next, mut ahead) = (0, bits(text, 0, &class));
    Walk::over(text, move |block| {
        let here = if block == next { ahead } else { bits(text, block, &class) };
        next = block + BLOCK;
        ahead = bits(text, next, &class);
        beginnings::<LENGTH>(here, ahead)
    })
}

/// Of the places `here`, those that are followed by `LENGTH - 1` more, of which some may lie `ahead`.
const fn beginnings<const LENGTH: usize>(mut here: u64, mut ahead: u64) -> u64 {
    let mut length = 1;
    while length < LENGTH {
        let more = if length < LENGTH - length { length } else { LENGTH - length };
        here &= here >> more | ahead << (BLOCK - more);
        ahead &= ahead >> more;
        length += more;
    }
    here
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn is_a(byte: u8) -> bool {
        byte == b'a'
    }

    proptest! {
        #[test]
        fn places_are_those_of_a_plain_search(text in "[ab]{0,200}", from in 0_usize..200) {
            let plain = text.bytes().enumerate().skip(from).find(|(_, byte)| is_a(*byte));
            let mut walk = places(text.as_bytes(), is_a);
            prop_assert_eq!(walk.next(from), plain.map(|(place, _)| place));
        }

        #[test]
        fn every_place_is_told_in_order(text in "[ab]{0,200}") {
            let mut walk = places(text.as_bytes(), is_a);
            let mut told = Vec::new();
            while let Some(place) = walk.next(told.last().map_or(0, |last| last + 1)) {
                told.push(place);
            }
            let plain: Vec<usize> = text.match_indices('a').map(|(place, _)| place).collect();
            prop_assert_eq!(told, plain);
        }

        #[test]
        fn runs_are_those_of_a_plain_search(text in "(b|a{1,20}){0,40}", from in 0_usize..300) {
            let is_run = |part: &[u8]| part.iter().all(|byte| is_a(*byte));
            let mut windows = text.as_bytes().windows(13).enumerate().skip(from);
            let plain = windows.find(|(_, part)| is_run(part));
            let mut walk = runs::<13>(text.as_bytes(), is_a);
            prop_assert_eq!(walk.next(from), plain.map(|(place, _)| place));
        }

        #[test]
        fn eights_are_clear_where_no_bit_is(eights in prop::array::uniform8(0_u8..3)) {
            let clear = eights.map(|eight| u8::from(eight == 0));
            let bits = clear_eights(u64::from_le_bytes(eights));
            prop_assert_eq!(bits.to_le_bytes(), clear);
        }
    }
}
