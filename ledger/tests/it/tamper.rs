//! A thousand tamperings of a log: each is found, with its place.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use ledger::{Frame, Problem, Report};

use crate::fixture::{
    Chance, MIDNIGHT, assert_clean, checked, copy, entries, entry, files, filled, open,
};

const SIZE: u64 = 800;
const SEGMENT_HEADER: usize = 24;

/// What was done to a log, and what a report must name.
struct Done {
    what: String,
    /// One of these files.
    files: Vec<String>,
    /// Or one of these records.
    records: Range<u64>,
}

/// The logs that the tamperings begin from.
struct Stage {
    /// A closed log.
    base: PathBuf,
    /// The same log when it was shorter.
    older: PathBuf,
    /// Another log by the same key, with one record changed.
    fork: PathBuf,
    /// The base's checkpoint.
    outside: String,
}

fn relative(dir: &Path, path: &Path) -> String {
    path.strip_prefix(dir).unwrap().display().to_string()
}

fn done(what: &str, files: &[String], records: Range<u64>) -> Done {
    Done { what: what.to_owned(), files: files.to_vec(), records }
}

/// The frames of a segment: first index, and where each begins and ends.
fn frames(path: &Path) -> (u64, Vec<Range<usize>>) {
    let bytes = fs::read(path).unwrap();
    let first: u64 = path.file_stem().unwrap().to_str().unwrap().parse().unwrap();
    let (mut at, mut found) = (SEGMENT_HEADER, Vec::new());
    while at < bytes.len() {
        let frame = Frame::decode(first + found.len() as u64, &bytes[at..]).unwrap();
        found.push(at..at + frame.encoded_len());
        at += frame.encoded_len();
    }
    (first, found)
}

fn segments(dir: &Path) -> Vec<PathBuf> {
    let is_segment = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "seg");
    files(&dir.join("segments")).into_iter().filter(is_segment).collect()
}

fn flip(dir: &Path, chance: &mut Chance) -> Done {
    let all = files(dir);
    let path = chance.pick(&all);
    let mut bytes = fs::read(path).unwrap();
    let place = chance.below(bytes.len() as u64) as usize;
    bytes[place] ^= 1 << chance.below(8);
    fs::write(path, bytes).unwrap();
    done(&format!("flipped byte {place}"), &[relative(dir, path)], 0..0)
}

fn cut(dir: &Path, chance: &mut Chance) -> Done {
    let all = files(dir);
    let path = chance.pick(&all);
    let bytes = fs::read(path).unwrap();
    let length = chance.below(bytes.len() as u64) as usize;
    fs::write(path, &bytes[..length]).unwrap();
    done(&format!("cut to {length}"), &[relative(dir, path)], 0..0)
}

fn insert(dir: &Path, chance: &mut Chance) -> Done {
    let all = files(dir);
    let path = chance.pick(&all);
    let mut bytes = fs::read(path).unwrap();
    let place = chance.below(bytes.len() as u64 + 1) as usize;
    let inserted: Vec<u8> = (0..=chance.below(200)).map(|_| 1 + chance.below(255) as u8).collect();
    bytes.splice(place..place, inserted);
    fs::write(path, bytes).unwrap();
    done(&format!("inserted at {place}"), &[relative(dir, path)], 0..0)
}

fn swap_records(dir: &Path, chance: &mut Chance) -> Done {
    let all = segments(dir);
    let path = chance.pick(&all);
    let (first, frames) = frames(path);
    if frames.len() < 2 {
        return flip(dir, chance);
    }
    let a = chance.below(frames.len() as u64 - 1) as usize;
    let b = a + 1 + chance.below((frames.len() - a - 1) as u64) as usize;
    let bytes = fs::read(path).unwrap();
    let part = |range: Range<usize>| &bytes[range];
    let swapped = [
        part(0..frames[a].start),
        part(frames[b].clone()),
        part(frames[a].end..frames[b].start),
        part(frames[a].clone()),
        part(frames[b].end..bytes.len()),
    ]
    .concat();
    fs::write(path, swapped).unwrap();
    done(&format!("swapped {a} and {b}"), &[], first + a as u64..first + b as u64 + 1)
}

fn drop_record(dir: &Path, chance: &mut Chance) -> Done {
    let all = segments(dir);
    let path = chance.pick(&all);
    let (first, frames) = frames(path);
    let from = chance.below(frames.len() as u64) as usize;
    let to = (from + 1 + chance.below(3) as usize).min(frames.len());
    let mut bytes = fs::read(path).unwrap();
    bytes.drain(frames[from].start..frames[to - 1].end);
    fs::write(path, bytes).unwrap();
    done(&format!("dropped {from}..{to}"), &[], first + from as u64..first + to as u64)
}

fn repeat_record(dir: &Path, chance: &mut Chance) -> Done {
    let all = segments(dir);
    let path = chance.pick(&all);
    let (_, frames) = frames(path);
    let which = chance.pick(&frames).clone();
    let place = chance.pick(&frames).start;
    let mut bytes = fs::read(path).unwrap();
    let repeated = bytes[which].to_vec();
    bytes.splice(place..place, repeated);
    fs::write(path, bytes).unwrap();
    done(&format!("repeated a record at {place}"), &[relative(dir, path)], 0..0)
}

fn drop_file(dir: &Path, chance: &mut Chance) -> Done {
    let all = files(dir);
    let path = chance.pick(&all);
    fs::remove_file(path).unwrap();
    let file = relative(dir, path);
    let offsets = file.replace(".seg", ".idx");
    let after = segments(dir).iter().map(|path| relative(dir, path)).find(|other| *other > file);
    let named: Vec<String> = [Some(file), Some(offsets), after].into_iter().flatten().collect();
    done("dropped the file", &named, 0..0)
}

fn two_files(dir: &Path, chance: &mut Chance) -> Option<(PathBuf, PathBuf)> {
    let all = files(dir);
    let (a, b) = (chance.pick(&all).clone(), chance.pick(&all).clone());
    (fs::read(&a).unwrap() != fs::read(&b).unwrap()).then_some((a, b))
}

fn swap_files(dir: &Path, chance: &mut Chance) -> Done {
    let Some((a, b)) = two_files(dir, chance) else {
        return flip(dir, chance);
    };
    let (in_a, in_b) = (fs::read(&a).unwrap(), fs::read(&b).unwrap());
    fs::write(&a, in_b).unwrap();
    fs::write(&b, in_a).unwrap();
    done("swapped the files", &[relative(dir, &a), relative(dir, &b)], 0..0)
}

fn replace_file(dir: &Path, chance: &mut Chance) -> Done {
    let Some((from, to)) = two_files(dir, chance) else {
        return flip(dir, chance);
    };
    fs::copy(from, &to).unwrap();
    done("replaced the file by another", &[relative(dir, &to)], 0..0)
}

fn rename_file(dir: &Path, chance: &mut Chance) -> Done {
    let all = files(dir);
    let path = chance.pick(&all);
    let renamed = match chance.below(3) {
        0 => path.with_extension("bak"),
        1 => dir.join("tile/0/x001/234"),
        _ => dir.join("segments/00000000000000054321.seg"),
    };
    fs::create_dir_all(renamed.parent().unwrap()).unwrap();
    fs::rename(path, &renamed).unwrap();
    done("renamed the file", &[relative(dir, &renamed), relative(dir, path)], 0..0)
}

fn add_file(dir: &Path, chance: &mut Chance) -> Done {
    let names = [
        "notes.txt",
        "segments/extra",
        "tile/0/x000/000",
        "tile/3/000",
        "tile/0/000.p/7",
        "tile/entries/900",
        "segments/00000000000000099999.idx",
    ];
    let path = dir.join(chance.pick(&names));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, b"not of the log").unwrap();
    done("added a file", &[relative(dir, &path)], 0..0)
}

/// Puts a whole other log in place of this one; only the outside checkpoint can show it.
fn put(dir: &Path, other: &Path, what: &str) -> Done {
    fs::remove_dir_all(dir).unwrap();
    copy(other, dir);
    done(what, &["outside checkpoint 1".to_owned()], 0..0)
}

/// Replaces the records by those of the fork, each valid by itself, and keeps everything signed.
fn forge_records(dir: &Path, fork: &Path) -> Done {
    fs::remove_dir_all(dir.join("segments")).unwrap();
    copy(&fork.join("segments"), &dir.join("segments"));
    let junk = ["segments", "tile"].map(|folder| dir.join("segments").join(folder));
    for folder in junk {
        fs::remove_dir_all(folder).unwrap();
    }
    done("forged a record", &["checkpoint".to_owned()], 300..301)
}

fn tamper(stage: &Stage, dir: &Path, kind: u64, chance: &mut Chance) -> Done {
    match kind {
        0..=3 => flip(dir, chance),
        4 | 5 => cut(dir, chance),
        6 => insert(dir, chance),
        7 => swap_records(dir, chance),
        8 => drop_record(dir, chance),
        9 => repeat_record(dir, chance),
        10 => drop_file(dir, chance),
        11 => swap_files(dir, chance),
        12 => replace_file(dir, chance),
        13 => rename_file(dir, chance),
        14 => add_file(dir, chance),
        15 => put(dir, &stage.older, "rolled back to an older copy"),
        16 => put(dir, &stage.fork, "replaced by a fork"),
        _ => forge_records(dir, &stage.fork),
    }
}

fn names(done: &Done, report: &Report) -> bool {
    let overlaps =
        |range: &Range<u64>| range.start < done.records.end && done.records.start < range.end;
    let named = |problem: &Problem| {
        done.files.contains(&problem.file) || problem.indexes.as_ref().is_some_and(overlaps)
    };
    report.problems.iter().any(named)
}

fn fork_of(dir: &Path) {
    let mut log = open(dir, 24 << 10);
    let mut chance = Chance(SIZE + 99);
    while log.size() < SIZE {
        let from = log.size();
        let to = SIZE.min(from + 1 + chance.below(200));
        let mut batch = entries(from..to);
        if (from..to).contains(&300) {
            batch[(300 - from) as usize].payload[0] ^= 1;
        }
        log.append(&batch, MIDNIGHT + (from as i64) * 1_000_000).unwrap();
    }
    log.close().unwrap();
}

#[test]
fn a_thousand_tamperings_are_found_with_their_place() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    filled(&at("older"), SIZE - 150, 24 << 10);
    copy(&at("older"), &at("base"));
    let mut log = open(&at("base"), 24 << 10);
    log.append(&entries(SIZE - 150..SIZE), MIDNIGHT * 2 - MIDNIGHT + 1_000_000_000).unwrap();
    log.close().unwrap();
    fork_of(&at("fork"));
    assert!(segments(&at("base")).len() > 4);
    let outside = fs::read_to_string(at("base/checkpoint")).unwrap();
    let stage = Stage { base: at("base"), older: at("older"), fork: at("fork"), outside };
    for log in [&stage.base, &stage.older, &stage.fork] {
        assert_clean(log);
    }
    let mut missed = Vec::new();
    for round in 0..1000 {
        let mut chance = Chance(round);
        let target = at("tampered");
        copy(&stage.base, &target);
        let done = tamper(&stage, &target, round % 18, &mut chance);
        let report = checked(&target, std::slice::from_ref(&stage.outside));
        if !names(&done, &report) {
            let found: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
            missed.push(format!("round {round}, {} {:?}: {found:#?}", done.what, done.files));
        }
        fs::remove_dir_all(&target).unwrap();
    }
    assert!(missed.is_empty(), "{} missed, the first: {}", missed.len(), missed.join("\n"));
}

#[test]
fn the_report_is_stable_and_bounded() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 600, 24 << 10);
    for segment in segments(dir.path()) {
        let mut bytes = fs::read(&segment).unwrap();
        for place in (100..bytes.len()).step_by(1000) {
            bytes[place] ^= 1;
        }
        fs::write(segment, bytes).unwrap();
    }
    let report = checked(dir.path(), &[]);
    assert_eq!(report, checked(dir.path(), &[]));
    assert!(report.problems.len() > 100, "it goes on after the first");
    let options = ledger::VerifyOptions { max_problems: 10, ..ledger::VerifyOptions::default() };
    let short = ledger::verify(dir.path(), &options);
    assert_eq!(short.problems.len(), 10);
    assert!(short.omitted > 90);
    assert!(!short.is_clean());
}

#[test]
fn an_unsigned_tail_is_told_and_is_no_damage() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 300, 1 << 20);
    let signed = fs::read(dir.path().join("checkpoint")).unwrap();
    let mut log = open(dir.path(), 1 << 20);
    log.append(&entries(300..600), MIDNIGHT * 2 - MIDNIGHT + 5_000_000_000).unwrap();
    log.close().unwrap();
    fs::write(dir.path().join("checkpoint"), &signed).unwrap();
    fs::write(dir.path().join("checkpoint.anchor"), &signed).unwrap();
    let report = assert_clean(dir.path());
    assert_eq!((report.size, report.unsigned, report.records), (300, 300, 600));
    let path = dir.path().join("segments/00000000000000000000.seg");
    let mut bytes = fs::read(&path).unwrap();
    bytes.extend_from_slice(b"garbage");
    fs::write(&path, bytes).unwrap();
    let report = checked(dir.path(), &[]);
    assert_eq!(report.problems.len(), 1, "{:?}", report.problems);
    assert_eq!(report.problems[0].what, "there are bytes behind the last record");
}

#[test]
fn reserved_room_is_no_damage() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 10, 1 << 20);
    let path = dir.path().join("segments/00000000000000000000.seg");
    let mut bytes = fs::read(&path).unwrap();
    bytes.resize(bytes.len() + 100_000, 0);
    fs::write(&path, bytes).unwrap();
    assert_clean(dir.path());
}

#[test]
fn without_a_key_the_report_says_so() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 10, 1 << 20);
    let report = ledger::verify(dir.path(), &ledger::VerifyOptions::default());
    assert!(report.is_clean());
    assert_eq!(report.signature, ledger::Signature::Unchecked);
    assert_eq!(checked(dir.path(), &[]).signature, ledger::Signature::Good);
    let other = ledger::Signer::from_seed("example.com/log", &[9; 32]).unwrap();
    let key = Some(other.verifying_key().unwrap());
    let report = ledger::verify(dir.path(), &ledger::VerifyOptions { key, ..Default::default() });
    assert_eq!(report.signature, ledger::Signature::Bad);
    assert_eq!(report.problems.len(), 2, "both checkpoints: {:?}", report.problems);
}

#[test]
fn older_and_foreign_outside_checkpoints() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = open(dir.path(), 1 << 20);
    let mut kept = Vec::new();
    for i in 0..30 {
        log.append(&[entry(i)], MIDNIGHT + i as i64).unwrap();
        kept.push(log.checkpoint().to_owned());
    }
    log.close().unwrap();
    assert!(checked(dir.path(), &kept).is_clean(), "every older checkpoint is continued");
    let foreign = kept[3].replace("example.com/log\n4", "example.com/log\n5");
    assert_eq!(checked(dir.path(), &[foreign]).problems.len(), 1);
    assert_eq!(checked(dir.path(), &["junk".to_owned()]).problems.len(), 1);
}
