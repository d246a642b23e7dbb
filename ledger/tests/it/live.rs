//! Readers and verification beside a running writer: no false alarm, nothing unsigned seen.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use ledger::{Checkpoint, Reader};

use crate::fixture::{MIDNIGHT, assert_clean, entries, entry, key, open};

#[test]
fn verification_beside_a_writer_raises_no_false_alarm() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = open(dir.path(), 64 << 10);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for round in 0..150 {
                let from = log.size();
                let time = MIDNIGHT + round * 600_000_000_000;
                log.append(&entries(from..from + 1 + from % 97), time).unwrap();
            }
            done.store(true, Ordering::SeqCst);
        });
        let mut rounds = 0;
        while !done.load(Ordering::SeqCst) {
            assert_clean(dir.path());
            rounds += 1;
        }
        assert!(rounds > 1, "the writer was too fast to be watched");
        writer.join().unwrap();
    });
    // Still open: its reserved room and its lock are no problem either.
    let report = assert_clean(dir.path());
    assert_eq!(report.size, log.size());
}

#[test]
fn a_reader_follows_the_writer() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = open(dir.path(), 32 << 10);
    let total = 3000;
    thread::scope(|scope| {
        scope.spawn(|| {
            while log.size() < total {
                let from = log.size();
                log.append(&entries(from..total.min(from + 25)), MIDNIGHT + from as i64).unwrap();
            }
        });
        let reader = Reader::open(dir.path()).unwrap();
        let mut records = reader.iter(0);
        let mut next = 0;
        while next < total {
            let Some(stored) = records.next() else {
                thread::yield_now();
                continue;
            };
            let stored = stored.unwrap();
            assert_eq!((stored.index, stored.payload), (next, entry(next).payload));
            next += 1;
            if next % 500 == 0 {
                assert!(reader.prove(next - 1).unwrap().verify(&[key()]).is_ok());
                let size = Checkpoint::open(&reader.checkpoint().unwrap(), &[key()]).unwrap().size;
                assert!(size >= next && reader.read(size - 1).is_ok());
            }
        }
    });
}
