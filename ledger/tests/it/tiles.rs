//! Tiles as others read them, and the tile of CVE-2026-56865: an altered one is never accepted.

use std::fs;

use ledger::{
    Checkpoint, ReadError, Reader, check_consistency, leaf_hash, parse_entries, parse_hashes,
    prove, root_of,
};

use crate::fixture::{MIDNIGHT, assert_clean, checked, copy, entries, filled, key, open};

#[test]
fn tiles_and_bundles_are_those_of_the_records() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 700, 64 << 10);
    let reader = Reader::open(dir.path()).unwrap();
    let leaves: Vec<Vec<u8>> =
        reader.iter(0).map(|stored| stored.unwrap().leaf.encode().to_vec()).collect();
    let hashes: Vec<_> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
    for (path, range) in [
        ("000", 0..256),
        ("001", 256..512),
        ("002.p/188", 512..700),
        ("002.p/5", 512..517),
        ("001.p/9", 256..265),
    ] {
        let tile = reader.tile(&format!("tile/0/{path}")).unwrap().unwrap();
        assert_eq!(parse_hashes(&tile).unwrap(), &hashes[range.clone()], "{path}");
        let bundle = reader.tile(&format!("tile/entries/{path}")).unwrap().unwrap();
        assert_eq!(parse_entries(&bundle).unwrap(), &leaves[range], "{path}");
    }
    let above = reader.tile("tile/1/000.p/2").unwrap().unwrap();
    let roots = [root_of(&hashes[..256]), root_of(&hashes[256..512])];
    assert_eq!(parse_hashes(&above).unwrap(), roots);
    for absent in [
        "tile/0/002",
        "tile/0/002.p/189",
        "tile/1/000",
        "tile/1/000.p/3",
        "tile/2/000.p/1",
        "tile/9/000",
        "checkpoint",
        "tile/../checkpoint",
    ] {
        assert_eq!(reader.tile(absent).unwrap(), None, "{absent}");
    }
}

#[test]
fn proofs_are_checked_and_read_again() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 1500, 64 << 10);
    for index in [0, 1, 255, 256, 1279, 1280, 1499] {
        let proof = prove(dir.path(), index).unwrap();
        assert_eq!(proof.verify(&[key()]).unwrap().size, 1500);
        let again: ledger::Proof = proof.to_string().parse().unwrap();
        assert_eq!(again, proof);
        let mut other = proof.clone();
        other.leaf[40] ^= 1;
        assert!(other.verify(&[key()]).is_err());
        let moved = ledger::Proof { index: index ^ 1, ..proof };
        assert!(moved.verify(&[key()]).is_err());
    }
    assert!(matches!(prove(dir.path(), 1500), Err(ReadError::NoSuchRecord { .. })));
}

#[test]
fn a_log_proves_that_it_continues_its_older_checkpoints() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = open(dir.path(), 64 << 10);
    let mut kept = Vec::new();
    for round in 0..20 {
        log.append(&entries(round * 37..round * 37 + 37), MIDNIGHT + round as i64 * 100).unwrap();
        kept.push(Checkpoint::open(log.checkpoint(), &[key()]).unwrap());
    }
    let newest = kept.last().unwrap().clone();
    let empty = Checkpoint { size: 0, root: ledger::empty_root(), ..newest.clone() };
    let reader = Reader::open(dir.path()).unwrap();
    assert_eq!(reader.prove_consistency(&empty).unwrap(), []);
    for old in &kept {
        let proof = reader.prove_consistency(old).unwrap();
        let checked = check_consistency(old.size, newest.size, &old.root, &newest.root, &proof);
        assert_eq!(checked, Ok(()));
        let fork = Checkpoint { root: leaf_hash(b"fork"), ..old.clone() };
        assert!(matches!(reader.prove_consistency(&fork), Err(ReadError::Damaged(_))));
    }
}

/// A log of as many tiles as the published attack needs: several hundred leaf tiles below a full
/// tile of level 1, and a partial one beside it.
#[test]
fn an_altered_leaf_tile_is_found_and_never_accepted() {
    let base = tempfile::tempdir().unwrap();
    let size = 70_003;
    let mut log = open(base.path(), 64 << 20);
    while log.size() < size {
        let from = log.size();
        log.append(&entries(from..size.min(from + 5000)), MIDNIGHT + from as i64).unwrap();
    }
    log.close().unwrap();
    assert_clean(base.path());
    for (tile, index) in [
        ("tile/0/003", 800),
        ("tile/0/000", 0),
        ("tile/0/255", 65_300),
        ("tile/0/272", 69_700),
        ("tile/1/000", 5),
    ] {
        let path = base.path().join(tile);
        let good = fs::read(&path).unwrap();
        let mut bad = good.clone();
        bad[100] ^= 0x40;
        fs::write(&path, &bad).unwrap();
        let report = checked(base.path(), &[]);
        assert!(
            report.problems.iter().any(|problem| problem.file == tile),
            "{:?}",
            report.problems
        );
        let reader = Reader::open(base.path()).unwrap();
        assert!(reader.tile(tile).is_err(), "{tile} was given out");
        assert!(reader.tile(&format!("{tile}.p/9")).is_err(), "a part of {tile} was given out");
        if tile.starts_with("tile/0") {
            assert!(reader.tile(&tile.replace("tile/0", "tile/entries")).is_err());
        }
        assert!(reader.prove(index).is_err(), "{tile} was used in a proof");
        fs::write(&path, &good).unwrap();
        assert!(Reader::open(base.path()).unwrap().prove(index).is_ok());
    }
    let copied = tempfile::tempdir().unwrap();
    copy(base.path(), copied.path());
    assert_clean(copied.path());
}
