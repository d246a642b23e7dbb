//! What the index promises, with small and large runs.

mod damage;
mod failure;
mod size;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use model::{Fingerprint, Timestamp};
use proptest::prelude::*;

use super::Once;

pub(super) fn fingerprint(number: u64) -> Fingerprint {
    let mixed = (u128::from(number) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    Fingerprint(mixed.to_be_bytes())
}

pub(super) fn at_hour(hour: i64) -> Timestamp {
    Timestamp::from_secs(hour * 3600)
}

/// Entries whose numbers are their indexes.
pub(super) fn entries(indexes: std::ops::Range<u64>) -> Vec<(Fingerprint, u64)> {
    indexes.map(|index| (fingerprint(index), index)).collect()
}

pub(super) fn files(dir: &Path, extension: &str) -> Vec<PathBuf> {
    let paths = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|is| is == extension)).collect();
    paths.sort();
    paths
}

/// Sorts what is in memory, as a full table would, and waits for what is merged.
pub(super) fn sort_all(once: &mut Once) {
    while !once.tables.is_empty() {
        once.sort_largest().unwrap();
    }
    while once.merging.is_some() {
        std::thread::yield_now();
        once.merge().unwrap();
    }
}

#[derive(Clone, Debug)]
enum Step {
    Insert(u64),
    Pass(i64),
    Expire,
    Sort,
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..500_u64).prop_map(Step::Insert),
        2 => (0..8_i64).prop_map(Step::Pass),
        1 => Just(Step::Expire),
        1 => Just(Step::Sort),
        2 => Just(Step::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn behaves_as_a_map_that_forgets_after_a_day(steps in prop::collection::vec(step(), 1..80)) {
        let dir = tempfile::tempdir().unwrap();
        let (mut hour, mut index) = (1000, 0);
        let mut once = Once::open(dir.path(), at_hour(hour)).unwrap();
        let mut known: HashMap<u64, (u64, i64)> = HashMap::new();
        let (mut last, mut newest) = (None, hour);
        for step in steps {
            let forgets = matches!(step, Step::Insert(_) | Step::Expire | Step::Reopen);
            match step {
                Step::Insert(number) => {
                    once.insert(&[(fingerprint(number), index)], at_hour(hour)).unwrap();
                    known.insert(number, (index, hour));
                    (last, newest) = (Some(index), hour);
                    index += 1;
                }
                Step::Pass(hours) => hour += hours,
                Step::Expire => once.expire(at_hour(hour)).unwrap(),
                Step::Sort => sort_all(&mut once),
                Step::Reopen => {
                    once = Once::open(dir.path(), at_hour(hour)).unwrap();
                    last = last.filter(|_| newest + 24 >= hour);
                }
            }
            for (number, (index, since)) in &known {
                let found = once.lookup(&fingerprint(*number));
                if *since + 24 >= hour {
                    prop_assert_eq!(found, Some(*index));
                } else if forgets {
                    prop_assert_eq!(found, None);
                }
            }
            prop_assert_eq!(once.last_index(), last);
            prop_assert_eq!(once.damaged(), 0);
        }
    }
}

#[test]
fn what_is_old_is_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let mut once = Once::open(dir.path(), at_hour(0)).unwrap();
    once.insert(&entries(1..2), at_hour(0)).unwrap();
    once.insert(&entries(2..3), at_hour(25)).unwrap();
    assert_eq!(once.lookup(&fingerprint(1)), None);
    assert_eq!(files(dir.path(), "once").len(), 1);
    once.insert(&[], at_hour(80)).unwrap();
    assert_eq!(once.lookup(&fingerprint(2)), None);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    assert_eq!(once.last_index(), Some(2), "it was written, and what it was is over");
}

#[test]
fn a_clock_that_goes_back_forgets_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut once = Once::open(dir.path(), at_hour(100)).unwrap();
    once.insert(&entries(0..1), at_hour(100)).unwrap();
    once.insert(&entries(1..2), at_hour(90)).unwrap();
    once.expire(at_hour(90)).unwrap();
    once.insert(&entries(2..3), at_hour(101)).unwrap();
    let once = Once::open(dir.path(), at_hour(101)).unwrap();
    assert!((0..3).all(|index| once.lookup(&fingerprint(index)) == Some(index)));
    assert_eq!(once.last_index(), Some(2));
}

#[test]
fn entries_of_one_hour_go_with_their_hour() {
    let dir = tempfile::tempdir().unwrap();
    let mut once = Once::open(dir.path(), at_hour(23)).unwrap();
    for hour in 0..24 {
        once.insert(&entries(hour..hour + 1), at_hour(hour.cast_signed())).unwrap();
    }
    once.expire(at_hour(30)).unwrap();
    for hour in 0..24 {
        assert_eq!(once.lookup(&fingerprint(hour)), (hour >= 6).then_some(hour));
    }
}
