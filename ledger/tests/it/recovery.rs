//! Opening after a crash: nothing signed is lost, the torn rest is cut, damage is refused.

use std::fs::{self, OpenOptions};
use std::path::Path;

use ledger::{Log, LogOptions, OpenError, Reader};

use crate::fixture::{
    Chance, MIDNIGHT, ORIGIN, assert_clean, copy, entries, entry, filled, open, signer,
};

const LAST: &str = "segments/00000000000000000000.seg";

/// A log of 300 signed records, and the same with 40 more that a crash left unsigned.
fn crashed(dir: &Path) -> (u64, u64) {
    let mut log = open(dir, 1 << 20);
    log.append(&entries(0..300), MIDNIGHT).unwrap();
    log.close().unwrap();
    let signed_end = fs::metadata(dir.join(LAST)).unwrap().len();
    let checkpoint = fs::read(dir.join("checkpoint")).unwrap();
    let mut log = open(dir, 1 << 20);
    log.append(&entries(300..340), MIDNIGHT + 1000).unwrap();
    log.close().unwrap();
    for name in ["checkpoint", "checkpoint.anchor"] {
        fs::write(dir.join(name), &checkpoint).unwrap();
    }
    (signed_end, fs::metadata(dir.join(LAST)).unwrap().len())
}

fn cut(path: &Path, length: u64) {
    OpenOptions::new().write(true).open(path).unwrap().set_len(length).unwrap();
}

#[test]
fn a_tail_cut_at_any_point_loses_nothing_signed() {
    let base = tempfile::tempdir().unwrap();
    let (signed_end, end) = crashed(base.path());
    let mut chance = Chance(1);
    for _ in 0..60 {
        let dir = tempfile::tempdir().unwrap();
        copy(base.path(), dir.path());
        let length = signed_end + chance.below(end - signed_end + 1);
        cut(&dir.path().join(LAST), length);
        // A power cut may also leave the rest of a block as zeros, or as what was there before.
        match chance.below(3) {
            0 => cut(&dir.path().join(LAST), length + chance.below(5000)),
            1 => {
                let mut bytes = fs::read(dir.path().join(LAST)).unwrap();
                bytes.extend((0..chance.below(300)).map(|_| chance.below(256) as u8));
                fs::write(dir.path().join(LAST), bytes).unwrap();
            }
            _ => {}
        }
        let mut log = open(dir.path(), 1 << 20);
        assert!((300..=340).contains(&log.size()));
        assert_eq!(log.recovery().signed, log.size() - 300);
        let size = log.size();
        log.append(&entries(size..size + 10), MIDNIGHT + 2000).unwrap();
        log.close().unwrap();
        let report = assert_clean(dir.path());
        assert_eq!(report.size, size + 10);
        let reader = Reader::open(dir.path()).unwrap();
        assert!((0..size + 10).all(|i| reader.read(i).unwrap().payload == entry(i).payload));
    }
}

#[test]
fn a_signed_record_that_is_cut_is_refused() {
    let base = tempfile::tempdir().unwrap();
    filled(base.path(), 600, 24 << 10);
    let segments: Vec<_> = crate::fixture::files(&base.path().join("segments"))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "seg"))
        .collect();
    assert!(segments.len() > 4);
    for segment in &segments {
        let dir = tempfile::tempdir().unwrap();
        copy(base.path(), dir.path());
        let path = dir.path().join(segment.strip_prefix(base.path()).unwrap());
        cut(&path, fs::metadata(&path).unwrap().len() - 1);
        let refused = Log::open(dir.path(), LogOptions::new(ORIGIN), signer());
        let Err(OpenError::Damaged(problem)) = refused else { panic!("accepted a cut segment") };
        assert!(path.ends_with(&problem.file), "{problem}");
        assert!(problem.offset.is_some() && problem.indexes.is_some(), "{problem}");
    }
}

#[test]
fn a_changed_record_is_refused_with_its_place() {
    let base = tempfile::tempdir().unwrap();
    filled(base.path(), 300, 1 << 20);
    let path = base.path().join(LAST);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    let Err(OpenError::Damaged(problem)) =
        Log::open(base.path(), LogOptions::new(ORIGIN), signer())
    else {
        panic!("accepted a changed record")
    };
    assert_eq!(problem.file, LAST);
    assert!(problem.offset.unwrap() <= middle as u64 && problem.indexes.is_some(), "{problem}");
}

#[test]
fn tiles_lost_in_a_power_cut_are_made_again() {
    let base = tempfile::tempdir().unwrap();
    filled(base.path(), 1000, 64 << 10);
    let before: Vec<_> = crate::fixture::files(&base.path().join("tile"));
    for (round, lost) in before.iter().enumerate() {
        let dir = tempfile::tempdir().unwrap();
        copy(base.path(), dir.path());
        let lost = dir.path().join(lost.strip_prefix(base.path()).unwrap());
        match round % 3 {
            0 => fs::remove_file(&lost).unwrap(),
            1 => fs::write(&lost, b"").unwrap(),
            _ => {
                let length = fs::metadata(&lost).unwrap().len();
                fs::write(&lost, vec![0; length as usize]).unwrap();
            }
        }
        let log = open(dir.path(), 64 << 10);
        assert!(log.recovery().tiles > 0, "{}", lost.display());
        drop(log);
        assert_clean(dir.path());
    }
    let dir = tempfile::tempdir().unwrap();
    copy(base.path(), dir.path());
    fs::remove_dir_all(dir.path().join("tile")).unwrap();
    drop(open(dir.path(), 64 << 10));
    assert_clean(dir.path());
}

#[test]
fn an_empty_checkpoint_after_a_power_cut_falls_back_to_the_durable_one() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = open(dir.path(), 16 << 10);
    for round in 0..10 {
        log.append(&entries(round * 20..round * 20 + 20), MIDNIGHT + round as i64 * 1000).unwrap();
    }
    // Not closed: the durable checkpoint is that of the last new segment.
    let crash = tempfile::tempdir().unwrap();
    copy(dir.path(), crash.path());
    fs::write(crash.path().join("checkpoint"), b"").unwrap();
    let again = open(crash.path(), 16 << 10);
    assert_eq!((again.size(), again.root()), (200, log.root()));
    assert!(again.recovery().signed > 0);
    drop(again);
    assert_clean(crash.path());
}

#[test]
fn a_missing_or_changed_checkpoint_is_refused() {
    let base = tempfile::tempdir().unwrap();
    filled(base.path(), 20, 1 << 20);
    let path = base.path().join("checkpoint");
    let good = fs::read(&path).unwrap();
    let refused = || {
        let opened = Log::open(base.path(), LogOptions::new(ORIGIN), signer());
        matches!(opened, Err(OpenError::Damaged(problem)) if problem.file == "checkpoint")
    };
    for place in 0..good.len() {
        let mut bad = good.clone();
        bad[place] ^= 1;
        fs::write(&path, &bad).unwrap();
        assert!(refused(), "byte {place}");
    }
    fs::remove_file(&path).unwrap();
    assert!(refused());
    fs::remove_file(base.path().join("checkpoint.anchor")).unwrap();
    assert!(refused(), "segments without any checkpoint are no new log");
}

#[test]
fn a_segment_that_was_being_made_is_no_damage() {
    for content in [&b""[..], &[0; 24], &b"plainlog"[..]] {
        let dir = tempfile::tempdir().unwrap();
        filled(dir.path(), 20, 1 << 20);
        fs::write(dir.path().join("segments/00000000000000000020.seg"), content).unwrap();
        let mut log = open(dir.path(), 1 << 20);
        assert_eq!(log.size(), 20);
        log.append(&entries(20..25), MIDNIGHT + 1_000_000_000).unwrap();
        drop(log);
        assert_clean(dir.path());
    }
}

#[test]
fn a_missing_segment_is_refused() {
    let base = tempfile::tempdir().unwrap();
    filled(base.path(), 600, 24 << 10);
    for file in crate::fixture::files(&base.path().join("segments")) {
        if file.extension().is_none_or(|extension| extension != "seg") {
            continue;
        }
        let dir = tempfile::tempdir().unwrap();
        copy(base.path(), dir.path());
        fs::remove_file(dir.path().join(file.strip_prefix(base.path()).unwrap())).unwrap();
        let opened = Log::open(dir.path(), LogOptions::new(ORIGIN), signer());
        assert!(matches!(opened, Err(OpenError::Damaged(_))), "{}", file.display());
    }
}
