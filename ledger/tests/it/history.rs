//! The history of checkpoints is that of what was signed, batch by batch.

use std::path::Path;

use ledger::{Checkpoint, Reader, Signed};

use crate::fixture::*;

/// A log of batches of these sizes, a second apart, and what was signed after each.
fn batches(dir: &Path, sizes: &[u64]) -> Vec<Checkpoint> {
    let mut log = open(dir, 20_000);
    let mut signed = Vec::new();
    for (number, size) in (0..).zip(sizes) {
        let from = log.size();
        log.append(&entries(from..from + size), MIDNIGHT + number * 1_000_000_000).unwrap();
        signed.push(Checkpoint::parse_unverified(log.checkpoint()).unwrap());
    }
    signed
}

fn told(history: &[Signed]) -> Vec<(u64, ledger::Hash)> {
    history.iter().map(|one| (one.size, one.root)).collect()
}

#[test]
fn it_tells_every_checkpoint_that_was_signed() {
    let folder = tempfile::tempdir().unwrap();
    // Tiles of 256 are passed within batches and at their ends.
    let sizes = [1, 1, 2, 252, 300, 1, 513, 7, 1];
    let signed = batches(folder.path(), &sizes);
    let reader = Reader::open(folder.path()).unwrap();
    let history = reader.history(None, 100).unwrap();
    let expected: Vec<_> = signed.iter().rev().map(|one| (one.size, one.root)).collect();
    assert_eq!(told(&history), expected);
    let added: Vec<u64> = history.iter().rev().map(|one| one.added).collect();
    assert_eq!(added, sizes);
    for (number, one) in (0..).zip(history.iter().rev()) {
        let begun = MIDNIGHT + number * 1_000_000_000;
        assert_eq!(one.log_time, begun + one.added as i64 - 1, "the time of its newest record");
    }
    // The log was closed, so the newest is the durable one as well.
    let newest = Checkpoint::open(history[0].note.as_deref().unwrap(), &[key()]).unwrap();
    assert_eq!((newest.size, newest.root), (history[0].size, history[0].root));
    assert!(history[1..].iter().all(|one| one.note.is_none()), "older notes were replaced");
    for old in &signed {
        assert!(reader.prove_consistency(old).is_ok(), "{}", old.size);
    }
}

#[test]
fn pages_follow_one_another_and_a_size_within_a_batch_is_that_of_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let signed = batches(folder.path(), &[3, 5, 1, 40, 1, 1, 90]);
    let reader = Reader::open(folder.path()).unwrap();
    let (mut pages, mut up_to) = (Vec::new(), None);
    loop {
        let page = reader.history(up_to, 2).unwrap();
        let Some(last) = page.last() else { break };
        up_to = Some(last.size - last.added);
        pages.extend(told(&page));
    }
    let expected: Vec<_> = signed.iter().rev().map(|one| (one.size, one.root)).collect();
    assert_eq!(pages, expected);
    let first = |up_to| reader.history(Some(up_to), 1).unwrap().first().map(|one| one.size);
    assert_eq!((first(48), first(49), first(50)), (Some(9), Some(49), Some(50)));
    assert_eq!((first(2), first(0), first(u64::MAX)), (None, None, Some(141)));
}

#[test]
fn the_durable_checkpoint_has_its_note_and_a_clock_set_back_makes_no_gap() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path(), 1 << 20);
    log.append(&entries(0..2), MIDNIGHT + HOUR).unwrap();
    let anchored = log.checkpoint().to_owned();
    log.close().unwrap();
    let mut log = open(folder.path(), 1 << 20);
    log.append(&entries(2..3), MIDNIGHT + 2 * HOUR).unwrap();
    log.append(&entries(3..5), MIDNIGHT).unwrap();
    let reader = Reader::open(folder.path()).unwrap();
    let history = reader.history(None, 10).unwrap();
    let sizes: Vec<u64> = history.iter().map(|one| one.size).collect();
    assert_eq!(sizes, [5, 2], "two batches whose times touch are told as one");
    assert_eq!(history[1].note.as_deref(), Some(anchored.as_str()));
    assert_eq!(history[0].note.as_deref(), Some(log.checkpoint()));
}

#[test]
fn an_empty_log_has_none_and_an_altered_tile_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path(), 1 << 20));
    assert_eq!(Reader::open(folder.path()).unwrap().history(None, 10).unwrap(), []);
    let folder = tempfile::tempdir().unwrap();
    batches(folder.path(), &[300, 310, 10]);
    let tile = folder.path().join("tile/0/001");
    let mut bytes = std::fs::read(&tile).unwrap();
    bytes[40] ^= 1;
    std::fs::write(&tile, bytes).unwrap();
    assert!(Reader::open(folder.path()).unwrap().history(None, 10).is_err());
}
