//! The 518 test vectors of transparency-dev/merkle.

use std::fs;
use std::process::Command;

use ledger::{
    Hash, ProofError, check_consistency, check_inclusion, check_subtree_consistency,
    check_subtree_inclusion, leaf_hash,
};
use serde_json::Value;

use crate::fixture::{eval_data, files};

/// A number; one vector has one that is too large for an `i64` and is refused in any case.
fn number(case: &Value, field: &str) -> u64 {
    case[field].as_u64().unwrap()
}

/// A hash of a proof or leaf. One of another length than 32 bytes is no hash, and matches nothing.
fn hash(value: &Value) -> Option<Hash> {
    Hash::from_base64(value.as_str().unwrap_or_default())
}

/// A root. Some vectors write a few words instead of a hash, where only equality matters; an empty
/// one is refused, as our type refuses it.
fn root(value: &Value) -> Option<Hash> {
    let text = value.as_str().filter(|text| !text.is_empty())?;
    Hash::from_base64(text).or_else(|| Some(leaf_hash(text.as_bytes())))
}

fn check(kind: &str, case: &Value) -> Option<Result<(), ProofError>> {
    let proof = case["proof"].as_array().cloned().unwrap_or_default();
    let proof: Vec<Hash> = proof.iter().map(hash).collect::<Option<_>>()?;
    let at = |field: &str| number(case, field);
    let leaf = || hash(&case["leafHash"]);
    let of = |field: &str| root(&case[field]);
    Some(match kind {
        "inclusion" => {
            check_inclusion(at("leafIdx"), at("treeSize"), &leaf()?, &proof, &of("root")?)
        }
        "subtreeinclusion" => {
            let range = at("start")..at("end");
            check_subtree_inclusion(at("leafIdx"), range, &leaf()?, &proof, &of("root")?)
        }
        "consistency" => {
            check_consistency(at("size1"), at("size2"), &of("root1")?, &of("root2")?, &proof)
        }
        "subtreeconsistency" => {
            let range = at("start")..at("end");
            check_subtree_consistency(range, at("size"), &of("root1")?, &of("root2")?, &proof)
        }
        other => panic!("unknown kind {other}"),
    })
}

#[test]
fn all_vectors_of_transparency_dev_merkle() {
    let Some(data) = eval_data() else { return };
    let dir = tempfile::tempdir().unwrap();
    let archive = data.join("merkle/testdata.tar.gz");
    let unpacked =
        Command::new("tar").arg("xzf").arg(archive).arg("-C").arg(dir.path()).status().unwrap();
    assert!(unpacked.success());
    let (mut cases, mut wrong) = (0, Vec::new());
    for file in files(dir.path()) {
        let case: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let path = file.strip_prefix(dir.path().join("testdata")).unwrap();
        let kind = path.iter().next().unwrap().to_str().unwrap();
        let accepted = check(kind, &case) == Some(Ok(()));
        if accepted == case["wantErr"].as_bool().unwrap() {
            wrong.push(format!("{}: {case}", path.display()));
        }
        cases += 1;
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(cases, 518);
}
