//! The writer on a disk that fails at chosen moments.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::active::Medium;
use crate::reader::Reader;
use crate::signer::Signer;
use crate::verify::{VerifyOptions, verify};

/// What fails, and when.
#[derive(Default)]
struct Faults {
    reserve: AtomicBool,
    write: AtomicBool,
    sync: AtomicBool,
    cut: AtomicBool,
}

struct Faulty {
    inner: Box<dyn Medium>,
    faults: Arc<Faults>,
}

fn unless(failing: &AtomicBool, kind: io::ErrorKind) -> io::Result<()> {
    if failing.load(Ordering::SeqCst) { Err(kind.into()) } else { Ok(()) }
}

impl Medium for Faulty {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        // Half of it reaches the file, as on a real disk that becomes full.
        if let Err(error) = unless(&self.faults.write, io::ErrorKind::StorageFull) {
            self.inner.write_at(&bytes[..bytes.len() / 2], offset)?;
            return Err(error);
        }
        self.inner.write_at(bytes, offset)
    }

    fn sync(&self) -> io::Result<()> {
        unless(&self.faults.sync, io::ErrorKind::Other)?;
        self.inner.sync()
    }

    fn reserve(&self, from: u64, length: u64) -> io::Result<()> {
        unless(&self.faults.reserve, io::ErrorKind::StorageFull)?;
        self.inner.reserve(from, length)
    }

    fn cut(&self, length: u64) -> io::Result<()> {
        unless(&self.faults.cut, io::ErrorKind::Other)?;
        self.inner.cut(length)
    }
}

struct Nothing;

impl Medium for Nothing {
    fn write_at(&self, _: &[u8], _: u64) -> io::Result<()> {
        Ok(())
    }
    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
    fn reserve(&self, _: u64, _: u64) -> io::Result<()> {
        Ok(())
    }
    fn cut(&self, _: u64) -> io::Result<()> {
        Ok(())
    }
}

fn log_on(dir: &Path) -> (Log, Arc<Faults>) {
    let signer = Signer::from_seed("example.com/log", &[1; 32]).unwrap();
    let mut log = Log::open(dir, LogOptions::new("example.com/log"), signer).unwrap();
    let faults = Arc::new(Faults::default());
    let inner = std::mem::replace(&mut log.active.medium, Box::new(Nothing));
    log.active.medium = Box::new(Faulty { inner, faults: faults.clone() });
    (log, faults)
}

fn entries(count: u64) -> Vec<Entry> {
    let entry = |i: u64| Entry {
        class: 1,
        tenant: [1; 16],
        key: [2; 16],
        commitment: [3; 32],
        payload: format!("record {i}").into_bytes(),
    };
    (0..count).map(entry).collect()
}

fn problems(dir: &Path) -> Vec<String> {
    verify(dir, &VerifyOptions::default()).problems.iter().map(ToString::to_string).collect()
}

#[test]
fn a_full_disk_takes_nothing_and_passes() {
    let dir = tempfile::tempdir().unwrap();
    let (mut log, faults) = log_on(dir.path());
    log.append(&entries(300), 1_000).unwrap();
    for fault in [&faults.write, &faults.reserve] {
        let (size, root) = (log.size(), log.root());
        fault.store(true, Ordering::SeqCst);
        // Large enough to need room that is not reserved yet.
        let batch: Vec<Entry> = entries(300)
            .into_iter()
            .map(|entry| Entry { payload: vec![7; 20_000], ..entry })
            .collect();
        let error = log.append(&batch, 2_000).unwrap_err();
        assert!(matches!(error, AppendError::Full { .. }) && error.is_recoverable(), "{error}");
        assert_eq!((log.size(), log.root()), (size, root), "nothing of it is in the log");
        fault.store(false, Ordering::SeqCst);
        log.append(&batch, 2_000).unwrap();
    }
    assert_eq!(log.size(), 900);
    log.close().unwrap();
    assert_eq!(problems(dir.path()), Vec::<String>::new());
}

#[test]
fn a_failed_sync_stops_the_log_and_publishes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (mut log, faults) = log_on(dir.path());
    log.append(&entries(3), 1_000).unwrap();
    let published = log.checkpoint().to_owned();
    faults.sync.store(true, Ordering::SeqCst);
    assert!(matches!(log.append(&entries(3), 2_000), Err(AppendError::Failed { .. })));
    faults.sync.store(false, Ordering::SeqCst);
    let error = log.append(&entries(3), 3_000).unwrap_err();
    assert!(matches!(error, AppendError::Stopped) && !error.is_recoverable());
    assert_eq!(Reader::open(dir.path()).unwrap().checkpoint().unwrap(), published);
    drop(log);
    // The records may or may not be on the disk; opened again, the log says which.
    let (log, _) = log_on(dir.path());
    assert_eq!(log.recovery().signed, log.size() - 3);
}

#[test]
fn a_batch_that_cannot_be_taken_back_stops_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let (mut log, faults) = log_on(dir.path());
    log.append(&entries(3), 1_000).unwrap();
    faults.write.store(true, Ordering::SeqCst);
    faults.cut.store(true, Ordering::SeqCst);
    assert!(matches!(log.append(&entries(3), 2_000), Err(AppendError::Failed { .. })));
    drop(log);
    let (log, _) = log_on(dir.path());
    assert!((3..6).contains(&log.size()), "whole records may stay, the torn one is cut");
    drop(log);
    assert_eq!(problems(dir.path()), Vec::<String>::new());
}

#[test]
fn a_tile_that_cannot_be_written_takes_the_batch_back() {
    let dir = tempfile::tempdir().unwrap();
    let (mut log, _) = log_on(dir.path());
    std::fs::write(dir.path().join("tile/0"), b"in the way").unwrap();
    let error = log.append(&entries(300), 1_000).unwrap_err();
    assert!(matches!(error, AppendError::Write { .. }) && error.is_recoverable(), "{error}");
    assert_eq!(log.size(), 0);
    std::fs::remove_file(dir.path().join("tile/0")).unwrap();
    log.append(&entries(300), 2_000).unwrap();
    drop(log);
    assert_eq!(problems(dir.path()), Vec::<String>::new());
}

#[test]
fn log_times_never_go_back_and_stay_within_a_day() {
    let dir = tempfile::tempdir().unwrap();
    let (mut log, _) = log_on(dir.path());
    assert_eq!(log.append(&entries(3), 1_000).unwrap().log_times, 1_000..1_003);
    assert_eq!(
        log.append(&entries(2), 500).unwrap().log_times,
        1_003..1_005,
        "the clock went back"
    );
    let midnight = NANOS_PER_DAY;
    let across = log.append(&entries(4), midnight - 2).unwrap();
    assert_eq!(across.log_times, midnight..midnight + 4, "a batch is of one day");
    assert!(matches!(log.append(&entries(1), i64::MAX), Err(AppendError::Clock)));
    assert_eq!(log.append(&[], 9_000).unwrap().first, 9, "an empty batch changes nothing");
    log.close().unwrap();
    let names: Vec<u64> = crate::segment::list(dir.path()).unwrap();
    assert_eq!(names, [0, 5], "a new day has a new segment");
}

#[test]
fn a_payload_that_is_too_long_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (mut log, _) = log_on(dir.path());
    let mut batch = entries(2);
    batch[1].payload = vec![0; MAX_PAYLOAD + 1];
    assert!(matches!(log.append(&batch, 1), Err(AppendError::TooLong { position: 1 })));
    assert_eq!(log.size(), 0);
}
