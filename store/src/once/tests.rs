use std::collections::HashMap;

use model::{Fingerprint, Timestamp};
use proptest::prelude::*;

use super::{Once, RUN, file};

fn fingerprint(number: u64) -> Fingerprint {
    let mixed = (u128::from(number) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    Fingerprint(mixed.to_be_bytes())
}

fn at_hour(hour: i64) -> Timestamp {
    Timestamp::from_secs(hour * 3600)
}

#[derive(Clone, Debug)]
enum Step {
    Insert(u64),
    Pass(i64),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..500_u64).prop_map(Step::Insert),
        2 => (0..8_i64).prop_map(Step::Pass),
        1 => Just(Step::Reopen),
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
        for step in steps {
            match step {
                Step::Insert(number) => {
                    once.insert(&[(fingerprint(number), index)], at_hour(hour)).unwrap();
                    known.insert(number, (index, hour));
                    index += 1;
                }
                Step::Pass(hours) => hour += hours,
                Step::Reopen => once = Once::open(dir.path(), at_hour(hour)).unwrap(),
            }
            for (number, (index, since)) in &known {
                let found = once.lookup(&fingerprint(*number));
                if *since + 24 >= hour {
                    prop_assert_eq!(found, Some(*index));
                } else {
                    prop_assert!(found.is_none() || found == Some(*index));
                }
            }
            prop_assert_eq!(once.last_index(), index.checked_sub(1));
        }
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let contents = file::parse(&bytes);
        prop_assert!(contents.whole <= bytes.len() as u64);
        prop_assert_eq!(contents.entries.len() as u64 + contents.damaged, contents.whole / 28);
    }
}

#[test]
fn what_is_old_is_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let mut once = Once::open(dir.path(), at_hour(0)).unwrap();
    once.insert(&[(fingerprint(1), 1)], at_hour(0)).unwrap();
    once.insert(&[(fingerprint(2), 2)], at_hour(25)).unwrap();
    assert_eq!(once.lookup(&fingerprint(1)), None);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn a_torn_or_damaged_entry_costs_only_itself() {
    let dir = tempfile::tempdir().unwrap();
    let mut once = Once::open(dir.path(), at_hour(0)).unwrap();
    once.insert(&[(fingerprint(1), 1), (fingerprint(2), 2), (fingerprint(3), 3)], at_hour(0))
        .unwrap();
    drop(once);
    let path = std::fs::read_dir(dir.path()).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[30] ^= 1;
    bytes.truncate(80);
    std::fs::write(&path, bytes).unwrap();
    let mut once = Once::open(dir.path(), at_hour(0)).unwrap();
    assert_eq!(once.damaged(), 1);
    assert_eq!(once.lookup(&fingerprint(1)), Some(1));
    assert_eq!(once.lookup(&fingerprint(2)), None);
    assert_eq!(once.lookup(&fingerprint(3)), None);
    once.insert(&[(fingerprint(4), 4)], at_hour(0)).unwrap();
    drop(once);
    let once = Once::open(dir.path(), at_hour(0)).unwrap();
    assert_eq!(once.lookup(&fingerprint(4)), Some(4));
}

#[test]
fn large_runs_are_sorted_onto_the_disk_and_found() {
    let dir = tempfile::tempdir().unwrap();
    let mut once = Once::open(dir.path(), at_hour(0)).unwrap();
    let total = 4 * RUN as u64;
    for first in (0..total).step_by(100_000) {
        let batch: Vec<_> =
            (first..first + 100_000).map(|number| (fingerprint(number), number)).collect();
        once.insert(&batch, at_hour(0)).unwrap();
    }
    assert!(!once.sorted.is_empty());
    for number in (0..total).step_by(9973) {
        assert_eq!(once.lookup(&fingerprint(number)), Some(number));
        assert_eq!(once.lookup(&fingerprint(number + total)), None);
    }
}
