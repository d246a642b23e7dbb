//! Appending and reading back.

use std::fs;

use ledger::{Log, LogOptions, OpenError, ReadError, Reader, Signer};

use crate::fixture::{
    Chance, HOUR, MIDNIGHT, ORIGIN, assert_clean, entries, entry, filled, open, signer,
};

#[test]
fn any_split_into_batches_gives_the_same_root() {
    let size = 1000;
    let mut roots = Vec::new();
    for seed in 0..4 {
        let dir = tempfile::tempdir().unwrap();
        let mut log = open(dir.path(), 64 << 10);
        let mut chance = Chance(seed);
        while log.size() < size {
            let from = log.size();
            let to = size.min(from + 1 + chance.below(if seed == 0 { 1 } else { 400 }));
            // Log times are a nanosecond apart within a batch, so that they do not depend on it.
            log.append(&entries(from..to), MIDNIGHT + from as i64).unwrap();
        }
        roots.push(log.root());
        log.close().unwrap();
        assert_clean(dir.path());
    }
    assert!(roots.windows(2).all(|pair| pair[0] == pair[1]), "{roots:?}");
}

#[test]
fn what_was_appended_is_read_by_index_and_in_order() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 700, 32 << 10);
    assert!(fs::read_dir(dir.path().join("segments")).unwrap().count() > 6, "several segments");
    let reader = Reader::open(dir.path()).unwrap();
    assert_eq!(reader.size().unwrap(), 700);
    let all: Vec<_> = reader.iter(0).map(Result::unwrap).collect();
    assert_eq!(all.len(), 700);
    for (i, stored) in (0..).zip(&all) {
        let entry = entry(i);
        assert_eq!((stored.index, &stored.payload), (i, &entry.payload));
        assert_eq!((stored.leaf.class, stored.leaf.tenant), (entry.class, entry.tenant));
        assert_eq!((stored.leaf.key, stored.leaf.commitment), (entry.key, entry.commitment));
    }
    for i in [0, 1, 255, 256, 511, 699] {
        assert_eq!(&reader.read(i).unwrap(), &all[i as usize]);
        assert_eq!(reader.iter(i).next().unwrap().unwrap().index, i);
    }
    assert!(matches!(reader.read(700), Err(ReadError::NoSuchRecord { index: 700, size: 700 })));
    assert!(reader.iter(700).next().is_none());
}

#[test]
fn an_iterator_goes_on_when_the_log_grows() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = open(dir.path(), 16 << 10);
    let reader = Reader::open(dir.path()).unwrap();
    let mut records = reader.iter(0);
    for round in 0..30 {
        assert!(records.next().is_none());
        log.append(&entries(round * 10..round * 10 + 10), MIDNIGHT + HOUR * round as i64).unwrap();
        let read: Vec<u64> = records.by_ref().map(|stored| stored.unwrap().index).collect();
        assert_eq!(read, (round * 10..round * 10 + 10).collect::<Vec<_>>());
    }
    assert_eq!(reader.size().unwrap(), 300);
}

#[test]
fn offsets_that_lie_never_give_another_record() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 50, 1 << 20);
    let path = dir.path().join("segments/00000000000000000000.idx");
    let good = fs::read(&path).unwrap();
    let mut swapped = good.clone();
    swapped.rotate_left(8);
    for bad in [swapped, good[..100].to_vec(), vec![0xff; good.len()], Vec::new()] {
        fs::write(&path, &bad).unwrap();
        let reader = Reader::open(dir.path()).unwrap();
        for i in 0..50 {
            assert_eq!(reader.read(i).unwrap().payload, entry(i).payload);
        }
    }
    fs::remove_file(&path).unwrap();
    assert_eq!(Reader::open(dir.path()).unwrap().read(49).unwrap().payload, entry(49).payload);
}

#[test]
fn a_second_writer_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path(), 1 << 20);
    let second = Log::open(dir.path(), LogOptions::new(ORIGIN), signer());
    assert!(matches!(second, Err(OpenError::Locked)));
    drop(first);
    open(dir.path(), 1 << 20);
}

#[test]
fn a_log_is_opened_only_as_itself() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path(), 1 << 20));
    let other = Signer::from_seed("example.com/other", &[7; 32]).unwrap();
    let mismatch = Log::open(dir.path(), LogOptions::new(ORIGIN), other);
    assert!(matches!(mismatch, Err(OpenError::Key { .. })));
    let forger = Signer::from_seed(ORIGIN, &[8; 32]).unwrap();
    let forged = Log::open(dir.path(), LogOptions::new(ORIGIN), forger);
    assert!(
        matches!(forged, Err(OpenError::Damaged(_))),
        "the checkpoint is not signed by this key"
    );
}

#[test]
fn a_new_day_begins_a_new_segment() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = open(dir.path(), 1 << 20);
    log.append(&entries(0..3), MIDNIGHT - 10 * HOUR).unwrap();
    log.append(&entries(3..6), MIDNIGHT - HOUR).unwrap();
    log.append(&entries(6..9), MIDNIGHT + HOUR).unwrap();
    log.close().unwrap();
    // The day is remembered over a restart.
    let mut log = open(dir.path(), 1 << 20);
    log.append(&entries(9..12), MIDNIGHT + 2 * HOUR).unwrap();
    log.append(&entries(12..15), MIDNIGHT + 25 * HOUR).unwrap();
    log.close().unwrap();
    let report = assert_clean(dir.path());
    assert_eq!((report.segments, report.size), (3, 15));
    assert!(dir.path().join("segments/00000000000000000012.seg").try_exists().unwrap());
}
