//! Whatever a file holds, opening goes on, and what is lost is missing from the last index.

use std::path::Path;

use proptest::prelude::*;

use super::super::log::{FRAME_ENTRIES, encode_frame, encode_header, parse_run};
use super::super::{End, Once};
use super::{at_hour, entries, files, fingerprint, sort_all};

/// Three frames of three entries each.
fn three_frames(dir: &Path) {
    let mut once = Once::open(dir, at_hour(0)).unwrap();
    for first in [0, 3, 6] {
        once.insert(&entries(first..first + 3), at_hour(0)).unwrap();
    }
}

fn change(path: &Path, how: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).unwrap();
    how(&mut bytes);
    std::fs::write(path, bytes).unwrap();
}

/// Nothing is found that was not there, all through the last index is, and reading on from it
/// makes the index whole, also after another restart.
fn check_and_mend(dir: &Path, end: u64) -> Result<(), TestCaseError> {
    let mut once = Once::open(dir, at_hour(0)).unwrap();
    let next = once.last_index().map_or(0, |last| last + 1);
    prop_assert!(next <= end);
    for index in 0..end {
        let found = once.lookup(&fingerprint(index));
        prop_assert!(found == Some(index) || (found.is_none() && index >= next));
    }
    for index in next..end {
        once.insert(&entries(index..index + 1), at_hour(0)).unwrap();
    }
    drop(once);
    let once = Once::open(dir, at_hour(0)).unwrap();
    prop_assert!((0..end).all(|index| once.lookup(&fingerprint(index)) == Some(index)));
    prop_assert_eq!(once.last_index(), Some(end - 1));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let with_header = [encode_header(7), bytes.clone()].concat();
        let run = parse_run(&*with_header).unwrap();
        prop_assert!(run.entries.len() * 24 <= bytes.len());
        prop_assert!(parse_run(&*bytes).is_err());
    }

    #[test]
    fn frames_are_read_as_written(counts in prop::collection::vec(0..30_u64, 0..6)) {
        let (mut bytes, mut next) = (encode_header(-5), 0);
        for count in counts {
            bytes.extend(encode_frame(&entries(next..next + count), (next, next + count)));
            next += count;
        }
        let run = parse_run(&*bytes).unwrap();
        prop_assert_eq!((run.hour, run.end), (-5, End::Whole));
        prop_assert_eq!(run.entries, entries(0..next));
    }

    #[test]
    fn a_changed_log_is_mended(at in 0..312_usize, bit in 0..8_u8, cut in any::<bool>()) {
        let dir = tempfile::tempdir().unwrap();
        three_frames(dir.path());
        change(&files(dir.path(), "once")[0], |bytes| {
            assert_eq!(bytes.len(), 24 + 3 * (24 + 3 * 24), "the places cover the file");
            if cut { bytes.truncate(at) } else { bytes[at] ^= 1_u8 << bit }
        });
        check_and_mend(dir.path(), 9)?;
    }

    #[test]
    fn a_changed_sorted_run_is_no_hindrance(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let dir = tempfile::tempdir().unwrap();
        let mut once = Once::open(dir.path(), at_hour(0)).unwrap();
        once.insert(&entries(0..400), at_hour(0)).unwrap();
        sort_all(&mut once);
        drop(once);
        change(&files(dir.path(), "sorted")[0], |bytes| {
            let at = at.index(bytes.len());
            bytes[at] ^= 1_u8 << bit;
        });
        let once = Once::open(dir.path(), at_hour(0)).unwrap();
        let found = (0..400).filter(|index| once.lookup(&fingerprint(*index)) == Some(*index));
        if once.damaged() == 0 {
            // One entry was changed; at worst it leads the search of its page astray.
            prop_assert!(found.count() >= 400 - 128);
        } else {
            prop_assert_eq!((found.count(), once.last_index()), (0, None));
            check_and_mend(dir.path(), 400)?;
        }
    }
}

#[test]
fn a_torn_end_is_no_damage() {
    let dir = tempfile::tempdir().unwrap();
    three_frames(dir.path());
    change(&files(dir.path(), "once")[0], |bytes| bytes.truncate(bytes.len() - 1));
    let once = Once::open(dir.path(), at_hour(0)).unwrap();
    assert_eq!((once.damaged(), once.last_index()), (0, Some(5)));
}

#[test]
fn a_lost_beginning_is_known_until_it_is_mended() {
    let dir = tempfile::tempdir().unwrap();
    three_frames(dir.path());
    change(&files(dir.path(), "once")[0], |bytes| bytes[0] ^= 1);
    let mut once = Once::open(dir.path(), at_hour(0)).unwrap();
    assert_eq!((once.damaged(), once.last_index()), (1, None));
    // Mending is broken off, and what it wrote is sorted.
    once.insert(&entries(0..4), at_hour(0)).unwrap();
    sort_all(&mut once);
    drop(once);
    let once = Once::open(dir.path(), at_hour(0)).unwrap();
    assert_eq!((once.damaged(), once.last_index()), (1, Some(3)));
    drop(once);
    check_and_mend(dir.path(), 9).unwrap();
}

#[test]
fn a_hole_in_the_middle_is_read_again() {
    let dir = tempfile::tempdir().unwrap();
    for hour in 0..3_u64 {
        let mut once = Once::open(dir.path(), at_hour(0)).unwrap();
        once.insert(&entries(hour * 10..hour * 10 + 10), at_hour(0)).unwrap();
    }
    std::fs::remove_file(&files(dir.path(), "once")[1]).unwrap();
    let once = Once::open(dir.path(), at_hour(0)).unwrap();
    assert_eq!(once.last_index(), Some(9));
    assert_eq!(once.lookup(&fingerprint(25)), Some(25), "what follows a hole is known");
    drop(once);
    check_and_mend(dir.path(), 30).unwrap();
}

#[test]
fn a_frame_is_bounded() {
    let mut bytes = encode_header(0);
    bytes.extend(encode_frame(&entries(0..FRAME_ENTRIES as u64 + 1), (0, 5000)));
    let run = parse_run(&*bytes).unwrap();
    assert_eq!((run.entries.len(), run.end), (0, End::Damaged));
}
