//! Two other programs on the same rows: Presidio (patterns only) and detect-secrets.
//!
//! They run in a Python environment of their own under `target/`, made when it is missing; the
//! versions are pinned in `bench/peers/requirements.txt`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::rows::{Row, Span};

/// A program, and how it is run.
struct Peer {
    name: &'static str,
    script: &'static str,
    mode: Option<&'static str>,
}

const PEERS: [Peer; 3] = [
    Peer { name: "Presidio", script: "presidio_rows.py", mode: Some("default") },
    Peer { name: "Presidio, all countries", script: "presidio_rows.py", mode: Some("all") },
    Peer { name: "detect-secrets", script: "secrets_rows.py", mode: None },
];

/// What a program found in each row, and its speed in MB/s where it was asked for.
pub(crate) struct Answer {
    pub(crate) name: &'static str,
    pub(crate) found: Vec<Vec<Span>>,
    pub(crate) speed: Option<f64>,
}

/// The programs, ready to run.
pub(crate) struct Peers {
    python: PathBuf,
    folder: PathBuf,
}

/// A line of a script's output.
#[derive(Deserialize)]
struct Line {
    found: Option<Vec<Span>>,
    speed: Option<f64>,
}

impl Peers {
    /// Makes the environment when it is missing; asks the package index then.
    pub(crate) fn prepare() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let environment = root.join("target/peers");
        let python = environment.join("bin/python");
        if !python.try_exists()? {
            run(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
            let pinned = root.join("bench/peers/requirements.txt");
            run(Command::new(&python).args(["-m", "pip", "install", "-q", "-r"]).arg(pinned))?;
        }
        Ok(Self { python, folder: root.join("bench/peers") })
    }

    /// Runs every program on the rows, and on a text for its speed.
    pub(crate) fn find(&self, rows: &[Row], speed: Option<&str>) -> Result<Vec<Answer>> {
        let folder = std::env::temp_dir();
        let path = folder.join(format!("bench-rows-{}.jsonl", std::process::id()));
        let lines: Result<Vec<String>, _> = rows.iter().map(serde_json::to_string).collect();
        std::fs::write(&path, lines?.join("\n"))?;
        let text = folder.join(format!("bench-text-{}.txt", std::process::id()));
        std::fs::write(&text, speed.unwrap_or_default())?;
        let answers = PEERS
            .iter()
            .map(|peer| self.one(peer, &path, speed.map(|_| text.as_path()), rows.len()))
            .collect();
        std::fs::remove_file(path)?;
        std::fs::remove_file(text)?;
        answers
    }

    fn one(&self, peer: &Peer, rows: &Path, text: Option<&Path>, count: usize) -> Result<Answer> {
        let mut command = Command::new(&self.python);
        command.arg(self.folder.join(peer.script)).arg(rows).args(peer.mode).args(text);
        let output = run(&mut command)?;
        let lines: Result<Vec<Line>, _> = output.lines().map(serde_json::from_str).collect();
        let lines = lines?;
        let speed = lines.iter().find_map(|line| line.speed);
        let found: Vec<_> = lines.into_iter().filter_map(|line| line.found).collect();
        ensure!(found.len() == count, "{} answered {} of {count} rows", peer.name, found.len());
        Ok(Answer { name: peer.name, found, speed })
    }
}

fn run(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("run {command:?}"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} failed: {errors}");
    Ok(String::from_utf8(output.stdout)?)
}
