//! Many entries: sorted, merged, and opened again without being read.

use std::path::Path;
use std::time::Instant;

use super::super::{MERGED, Once, TABLE};
use super::{at_hour, entries, files, fingerprint, sort_all};

fn insert(once: &mut Once, indexes: std::ops::Range<u64>) {
    let end = indexes.end;
    for first in indexes.step_by(8192) {
        once.insert(&entries(first..end.min(first + 8192)), at_hour(0)).unwrap();
    }
}

fn open(dir: &Path) -> Once {
    let begin = Instant::now();
    let once = Once::open(dir, at_hour(0)).unwrap();
    println!("opened in {:?}", begin.elapsed());
    once
}

fn has_exactly(once: &Once, total: u64) {
    for number in (0..total).step_by(991) {
        assert_eq!(once.lookup(&fingerprint(number)), Some(number));
        assert_eq!(once.lookup(&fingerprint(number + total)), None);
    }
}

#[test]
fn a_million_entries_are_sorted_and_opened() {
    let dir = tempfile::tempdir().unwrap();
    let mut once = open(dir.path());
    insert(&mut once, 0..1_000_000);
    assert!(once.tables.iter().map(super::super::Table::len).sum::<usize>() <= 2 * TABLE);
    assert!(!once.sorted.is_empty());
    has_exactly(&once, 1_000_000);
    drop(once);
    let unfinished = dir.path().join("0-99.sorting");
    std::fs::write(&unfinished, b"half").unwrap();
    let mut once = open(dir.path());
    assert!(!unfinished.try_exists().unwrap());
    assert_eq!((once.last_index(), once.damaged()), (Some(999_999), 0));
    has_exactly(&once, 1_000_000);
    sort_all(&mut once);
    drop(once);
    let once = open(dir.path());
    assert_eq!(once.last_index(), Some(999_999));
    let begin = Instant::now();
    let absent =
        (1_000_000..1_100_000).filter(|number| once.lookup(&fingerprint(*number)).is_some());
    assert_eq!(absent.count(), 0);
    println!("looked for an absent one in {:?}", begin.elapsed() / 100_000);
}

#[test]
fn runs_of_one_hour_and_size_are_merged() {
    let dir = tempfile::tempdir().unwrap();
    let mut once = open(dir.path());
    for run in 0..MERGED as u64 {
        assert_eq!(once.sorted.len() as u64, run);
        // Every run has the first entry of the one before again, at a later index.
        insert(&mut once, run * 1000..run * 1000 + 1000);
        let repeated = (fingerprint(run.saturating_sub(1) * 1000), run * 1000 + 999);
        once.insert(&[repeated], at_hour(0)).unwrap();
        sort_all(&mut once);
    }
    assert_eq!((once.sorted.len(), files(dir.path(), "sorted").len()), (1, 1));
    assert_eq!(once.last_index(), Some(15_999));
    drop(once);
    let once = open(dir.path());
    assert_eq!(once.last_index(), Some(15_999));
    for number in 0..16_000 {
        let is_repeated = number % 1000 == 0 && number < 15_000;
        let index = if is_repeated { number + 1999 } else { number };
        assert_eq!(once.lookup(&fingerprint(number)), Some(index));
    }
    assert_eq!(once.lookup(&fingerprint(16_000)), None);
}

#[test]
fn inputs_of_a_merge_that_came_back_do_no_harm() {
    let dir = tempfile::tempdir().unwrap();
    let kept = tempfile::tempdir().unwrap();
    let mut once = open(dir.path());
    for run in 0..MERGED as u64 {
        for path in files(dir.path(), "sorted") {
            std::fs::copy(&path, kept.path().join(path.file_name().unwrap())).unwrap();
        }
        insert(&mut once, run * 100..run * 100 + 100);
        sort_all(&mut once);
    }
    for path in files(kept.path(), "sorted") {
        std::fs::copy(&path, dir.path().join(path.file_name().unwrap())).unwrap();
    }
    let once = open(dir.path());
    assert_eq!((once.sorted.len(), once.last_index()), (MERGED, Some(1599)));
    assert!((0..1600).all(|number| once.lookup(&fingerprint(number)) == Some(number)));
}

#[test]
fn fingerprints_that_begin_alike_are_told_apart() {
    let alike = |number: u64| model::Fingerprint(u128::from(number).to_be_bytes());
    let dir = tempfile::tempdir().unwrap();
    let mut once = open(dir.path());
    let all: Vec<_> = (0..1000).map(|number| (alike(number * 2), number)).collect();
    once.insert(&all, at_hour(0)).unwrap();
    sort_all(&mut once);
    for number in 0..1000 {
        assert_eq!(once.lookup(&alike(number * 2)), Some(number));
        assert_eq!(once.lookup(&alike(number * 2 + 1)), None);
    }
}

#[test]
fn a_merge_that_ends_after_its_day_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut once = open(dir.path());
    for run in 0..MERGED as u64 {
        insert(&mut once, run * 100..run * 100 + 100);
        once.sort_largest().unwrap();
    }
    assert!(once.merging.is_some());
    once.expire(at_hour(30)).unwrap();
    sort_all(&mut once);
    assert_eq!(once.lookup(&fingerprint(5)), None);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn what_comes_again_and_again_fills_files_not_memory() {
    let dir = tempfile::tempdir().unwrap();
    let mut once = open(dir.path());
    for index in 0..140 {
        let same: Vec<_> = (0..4096).map(|number| (fingerprint(number), index)).collect();
        once.insert(&same, at_hour(0)).unwrap();
    }
    assert_eq!(files(dir.path(), "once").len(), 2);
    drop(once);
    let once = open(dir.path());
    assert_eq!((once.damaged(), once.last_index()), (0, Some(139)));
    assert_eq!((once.tables.len(), once.lookup(&fingerprint(7))), (1, Some(139)));
}

#[test]
fn an_index_that_is_closed_while_it_merges_merges_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut once = open(dir.path());
    for run in 0..MERGED as u64 {
        insert(&mut once, run * 100..run * 100 + 100);
        once.sort_largest().unwrap();
    }
    assert!(once.merging.is_some());
    drop(once);
    let mut once = open(dir.path());
    assert_eq!(once.sorted.len(), MERGED);
    insert(&mut once, 1600..1700);
    once.merge().unwrap();
    sort_all(&mut once);
    assert_eq!((once.sorted.len(), once.last_index()), (2, Some(1699)));
    assert!((0..1700).all(|number| once.lookup(&fingerprint(number)) == Some(number)));
}
