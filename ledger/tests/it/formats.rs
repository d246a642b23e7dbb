//! The formats on disk and on the wire, as they are: a change here is a change for every auditor.

use std::fs;

use ledger::Signers;

use crate::fixture::{MIDNIGHT, files, key, open, signer};

fn tiny(dir: &std::path::Path) {
    let mut log = open(dir, 1 << 20);
    let entry = |payload: &[u8]| ledger::Entry {
        class: 1,
        tenant: [0x11; 16],
        key: [0x22; 16],
        commitment: [0x33; 32],
        payload: payload.to_vec(),
    };
    log.append(&[entry(b"first"), entry(b"second"), entry(b"")], MIDNIGHT).unwrap();
    log.close().unwrap();
}

#[test]
fn the_files_of_a_tiny_log() {
    let dir = tempfile::tempdir().unwrap();
    tiny(dir.path());
    let names: Vec<String> = files(dir.path())
        .iter()
        .map(|path| path.strip_prefix(dir.path()).unwrap().display().to_string())
        .collect();
    insta::assert_snapshot!("names", names.join("\n"));
    let segment = fs::read(dir.path().join("segments/00000000000000000000.seg")).unwrap();
    let lines: Vec<String> = segment.chunks(32).map(hex::encode).collect();
    insta::assert_snapshot!("segment", lines.join("\n"));
    let offsets = fs::read(dir.path().join("segments/00000000000000000000.idx")).unwrap();
    insta::assert_snapshot!("offsets", hex::encode(&offsets));
    insta::assert_snapshot!(
        "checkpoint",
        fs::read_to_string(dir.path().join("checkpoint")).unwrap()
    );
}

#[test]
fn the_texts() {
    let dir = tempfile::tempdir().unwrap();
    tiny(dir.path());
    insta::assert_snapshot!("vkey", key().to_string());
    insta::assert_snapshot!("proof", ledger::prove(dir.path(), 1).unwrap().to_string());
    insta::assert_snapshot!("note", Signers::from(signer()).sign("a text\n"));
}
