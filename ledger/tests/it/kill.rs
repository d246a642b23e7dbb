//! kill -9 at random moments: what was acknowledged is there, once, and the log verifies.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use ledger::Reader;

use crate::fixture::{Chance, MIDNIGHT, assert_clean, entries, entry, open};

const DIR: &str = "LEDGER_KILL_DIR";
const SEGMENT: u64 = 48 << 10;

/// The writer that is killed; a test only in name, run by the other one.
#[test]
fn writer() {
    let Some(dir) = std::env::var_os(DIR) else {
        return;
    };
    let mut log = open(Path::new(&dir), SEGMENT);
    let mut chance = Chance(log.size());
    for _ in 0..100_000 {
        let from = log.size();
        let to = from + 1 + chance.below(60);
        log.append(&entries(from..to), MIDNIGHT + from as i64).unwrap();
        println!("\nappended {to}");
        std::io::stdout().flush().unwrap();
    }
}

/// Starts the writer, kills it when it has acknowledged some batches, and gives the last size it named.
fn killed(dir: &Path, batches: u64, delay: Duration) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["kill::writer", "--exact", "--nocapture"])
        .env(DIR, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut acknowledged = 0;
    let mut left = batches;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let Some(size) = line.strip_prefix("appended ") else {
            continue;
        };
        acknowledged = size.parse().unwrap();
        left = left.saturating_sub(1);
        if left == 0 {
            std::thread::sleep(delay);
            child.kill().unwrap();
            left = u64::MAX;
        }
    }
    child.wait().unwrap();
    acknowledged
}

#[test]
fn nothing_acknowledged_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let mut chance = Chance(5);
    let mut size = 0;
    for round in 0..25 {
        let delay = Duration::from_micros(chance.below(6000));
        let acknowledged = killed(dir.path(), 1 + chance.below(8), delay);
        assert!(acknowledged > size, "round {round}");
        // A reader needs no recovery: what is signed is whole.
        let reader = Reader::open(dir.path()).unwrap();
        assert!(reader.size().unwrap() >= acknowledged, "round {round}");
        let log = open(dir.path(), SEGMENT);
        assert!(log.size() >= acknowledged, "round {round}");
        size = log.size();
        log.close().unwrap();
        assert_eq!(assert_clean(dir.path()).size, size);
    }
    let reader = Reader::open(dir.path()).unwrap();
    let mut count = 0;
    for stored in reader.iter(0) {
        let stored = stored.unwrap();
        assert_eq!(
            (stored.index, stored.payload),
            (count, entry(count).payload),
            "no gap, none twice"
        );
        count += 1;
    }
    assert_eq!(count, size);
    assert!(fs::read_dir(dir.path().join("segments")).unwrap().count() > 6);
}
