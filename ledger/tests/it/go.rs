//! The same log checked by somebody else's code: Go's `sumdb/note` and `tlog`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::fixture::{filled, key};

/// The status with which the script says that Go is not there.
const SKIPPED: i32 = 77;

/// Runs the script; `program` is what it has built, if it has.
fn run(program: Option<&Path>, arguments: &[&str]) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/go/run");
    let program = program.map(|program| ("VERIFY_GO", program));
    Command::new(script).args(arguments).envs(program).output().unwrap()
}

/// Whether Go accepts; `None` when it is not installed.
fn accepted(output: &Output) -> Option<bool> {
    if output.status.code() == Some(SKIPPED) {
        println!("{}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    Some(output.status.success())
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn go_accepts_the_log_and_its_proofs_and_nothing_altered() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = dir.path().join("ledger");
    filled(&ledger, 700, 32 << 10);
    fs::create_dir(dir.path().join("keys")).unwrap();
    fs::write(dir.path().join("keys/ledger.vkey"), format!("{}\n", key())).unwrap();

    let program = dir.path().join("verify");
    if accepted(&run(None, &["build", text(&program)])).is_none() {
        return;
    }
    let run = |arguments: &[&str]| run(Some(&program), arguments);
    let output = run(&[text(dir.path()), "0", "255", "256", "699"]);
    assert_eq!(accepted(&output), Some(true), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 5);

    for index in [0, 1, 255, 256, 511, 512, 699] {
        let (proof, leaf) = write_proof(dir.path(), &ledger, index);
        let check = |leaf: &Path, more: &[&str]| {
            let vkey = dir.path().join("keys/ledger.vkey");
            let fixed =
                ["record", "-vkey", text(&vkey), "-leaf", text(leaf), "-proof", text(&proof)];
            accepted(&run(&[&fixed, more].concat()))
        };
        assert_eq!(check(&leaf, &[]), Some(true), "record {index}");
        assert_eq!(check(&leaf, &["-index", "300"]), Some(false), "record {index} elsewhere");
        let mut bytes = fs::read(&leaf).unwrap();
        bytes[50] ^= 1;
        fs::write(&leaf, bytes).unwrap();
        assert_eq!(check(&leaf, &[]), Some(false), "record {index} altered");
    }

    let segment = ledger.join("segments/00000000000000000000.seg");
    let mut bytes = fs::read(&segment).unwrap();
    bytes[24 + 20 + 60] ^= 1;
    fs::write(&segment, bytes).unwrap();
    assert_eq!(accepted(&run(&[text(dir.path())])), Some(false), "an altered leaf in a segment");
}

fn write_proof(dir: &Path, ledger: &Path, index: u64) -> (PathBuf, PathBuf) {
    let proof = ledger::prove(ledger, index).unwrap();
    let paths = (dir.join("record.tlog-proof"), dir.join("record.leaf"));
    fs::write(&paths.0, proof.to_string()).unwrap();
    fs::write(&paths.1, &proof.leaf).unwrap();
    paths
}
