//! Logs to test with, and a source of chance that is the same at every run.

use std::fs;
use std::path::{Path, PathBuf};

use ledger::{Entry, Log, LogOptions, Report, Signer, VerifyOptions, VerifyingKey, verify};

pub(crate) const ORIGIN: &str = "example.com/log";

/// 2026-11-24 00:00 UTC.
pub(crate) const MIDNIGHT: i64 = 1_795_478_400_000_000_000;

pub(crate) const HOUR: i64 = 3_600_000_000_000;

pub(crate) fn signer() -> Signer {
    Signer::from_seed(ORIGIN, &[7; 32]).unwrap()
}

pub(crate) fn key() -> VerifyingKey {
    signer().verifying_key().unwrap()
}

pub(crate) fn open(dir: &Path, segment_bytes: u64) -> Log {
    Log::open(dir, LogOptions { origin: ORIGIN.to_owned(), segment_bytes }, signer()).unwrap()
}

/// Record number `i` of a made-up log: its payload is a few to a few hundred bytes.
pub(crate) fn entry(i: u64) -> Entry {
    let mut chance = Chance(i + 1);
    let length = 8 + chance.below(300);
    let mut payload: Vec<u8> = i.to_be_bytes().to_vec();
    payload.extend((0..length).map(|_| chance.below(256) as u8));
    Entry {
        class: (i % 5) as u8,
        tenant: [(i % 3) as u8; 16],
        key: [(i % 7) as u8; 16],
        commitment: [(i % 11) as u8; 32],
        payload,
    }
}

pub(crate) fn entries(range: std::ops::Range<u64>) -> Vec<Entry> {
    range.map(entry).collect()
}

/// A closed log of `size` records in batches of random size.
pub(crate) fn filled(dir: &Path, size: u64, segment_bytes: u64) {
    let mut log = open(dir, segment_bytes);
    let mut chance = Chance(size + 99);
    while log.size() < size {
        let from = log.size();
        let to = size.min(from + 1 + chance.below(200));
        log.append(&entries(from..to), MIDNIGHT + (from as i64) * 1_000_000).unwrap();
    }
    log.close().unwrap();
}

pub(crate) fn checked(dir: &Path, outside: &[String]) -> Report {
    let options =
        VerifyOptions { key: Some(key()), outside: outside.to_vec(), ..VerifyOptions::default() };
    verify(dir, &options)
}

#[track_caller]
pub(crate) fn assert_clean(dir: &Path) -> Report {
    let report = checked(dir, &[]);
    assert!(report.is_clean(), "{:#?}", report.problems);
    report
}

/// All files below a directory, in a stable order.
pub(crate) fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    found
}

pub(crate) fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&file, target).unwrap();
    }
    for folder in ["segments", "tile"] {
        fs::create_dir_all(to.join(folder)).unwrap();
    }
}

/// SplitMix64: chance that is the same at every run.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u64) as usize]
    }
}

/// The folder of data to measure with, or `None` with a word about it.
pub(crate) fn eval_data() -> Option<PathBuf> {
    let dir = std::env::var_os("PLAINSIGHT_EVAL_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let found = dir.try_exists().unwrap_or(false);
    if !found {
        println!("skipped: no data to measure with");
    }
    found.then_some(dir)
}
