//! When a file cannot be written, memory keeps everything, and the last index tells.

use std::io::{self, Write};

use super::super::log::{Log, Medium, encode_frame, parse_run};
use super::super::{End, Once};
use super::{at_hour, entries, files, fingerprint, sort_all};

/// A disk with this much room.
#[derive(Debug)]
struct Full {
    bytes: Vec<u8>,
    room: usize,
    can_cut: bool,
}

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(self.room - self.bytes.len());
        if count == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Medium for Full {
    fn cut(&mut self, length: u64) -> io::Result<()> {
        if !self.can_cut {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        self.bytes.truncate(usize::try_from(length).unwrap());
        Ok(())
    }
}

#[test]
fn a_partial_write_is_taken_back() {
    let mut log = Log::begin(Full { bytes: Vec::new(), room: 200, can_cut: true }, 0).unwrap();
    log.append(&encode_frame(&entries(0..2), (0, 1))).unwrap();
    log.append(&encode_frame(&entries(2..9), (2, 8))).unwrap_err();
    assert!(!log.is_torn());
    log.medium.room = 1000;
    log.append(&encode_frame(&entries(9..12), (9, 11))).unwrap();
    let run = parse_run(&*log.medium.bytes).unwrap();
    assert_eq!(run.end, End::Whole);
    assert_eq!(run.entries, [entries(0..2), entries(9..12)].concat());
    assert_eq!(run.covers.first(), Some((0, 1)), "the hole is seen");
}

#[test]
fn a_partial_write_that_stays_ends_the_log() {
    let mut log = Log::begin(Full { bytes: Vec::new(), room: 200, can_cut: false }, 0).unwrap();
    log.append(&encode_frame(&entries(0..9), (0, 8))).unwrap_err();
    assert!(log.is_torn());
    assert_eq!(parse_run(&*log.medium.bytes).unwrap().end, End::Torn);
}

#[test]
fn a_lost_directory_loses_nothing_from_memory() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("once");
    let mut once = Once::open(&dir, at_hour(0)).unwrap();
    once.insert(&entries(0..10), at_hour(0)).unwrap();
    let aside = parent.path().join("aside");
    std::fs::rename(&dir, &aside).unwrap();
    once.insert(&entries(10..20), at_hour(1)).unwrap_err();
    once.sort_largest().unwrap_err();
    assert!((0..20).all(|index| once.lookup(&fingerprint(index)) == Some(index)));
    assert_eq!(once.last_index(), Some(9));
    std::fs::rename(&aside, &dir).unwrap();
    once.insert(&entries(20..30), at_hour(1)).unwrap();
    assert_eq!(once.last_index(), Some(9), "ten to nineteen are not on the disk");
    let again = Once::open(&dir, at_hour(1)).unwrap();
    assert_eq!(again.last_index(), Some(9));
    assert_eq!(again.lookup(&fingerprint(25)), Some(25));
    sort_all(&mut once);
    assert_eq!(once.last_index(), Some(29), "a sorted run holds what the log could not take");
    drop(once);
    let once = Once::open(&dir, at_hour(1)).unwrap();
    assert_eq!(once.last_index(), Some(29));
    assert!((0..30).all(|index| once.lookup(&fingerprint(index)) == Some(index)));
}

#[test]
fn files_that_are_gone_already_are_no_failure() {
    let dir = tempfile::tempdir().unwrap();
    let mut once = Once::open(dir.path(), at_hour(0)).unwrap();
    once.insert(&entries(0..10), at_hour(0)).unwrap();
    std::fs::remove_file(&files(dir.path(), "once")[0]).unwrap();
    once.expire(at_hour(50)).unwrap();
    assert_eq!(once.lookup(&fingerprint(3)), None);
}
