//! Parts of what crates say of themselves.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};

use crate::random::Random;

/// Characters of a file to take parts of, at least, and of a part at most.
const SHORTEST: usize = 500;
const LONGEST: usize = 1900;
/// Files of a crate, and how many parts are taken of each at most.
const FILES: [(&str, usize); 3] = [("README.md", 3), ("CHANGELOG.md", 1), ("src/lib.rs", 1)];
/// Bytes of a file for each part.
const FOR_A_PART: usize = 3000;

/// Parts of files of the crates of Cargo.lock.
pub(super) fn documents(folder: &Path) -> Result<Vec<String>> {
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
    let lock = std::fs::read_to_string(&lock).with_context(|| lock.display().to_string())?;
    let mut random = Random::new(1);
    let mut parts = Vec::new();
    for name in locked(&lock) {
        for (file, most) in FILES {
            let Ok(bytes) = std::fs::read(folder.join(&name).join(file)) else { continue };
            let text = String::from_utf8_lossy(&bytes);
            let count = if text.len() < SHORTEST { 0 } else { text.len() / FOR_A_PART + 1 };
            parts.extend((0..count.min(most)).map(|_| part(&text, &mut random)));
        }
    }
    Ok(parts)
}

/// The crates of a Cargo.lock, each with its version.
fn locked(lock: &str) -> BTreeSet<String> {
    let value = |line: &str, key| {
        let rest = line.strip_prefix(key)?.strip_prefix(" = \"")?;
        rest.strip_suffix('"').map(str::to_owned)
    };
    let mut name = String::new();
    let mut crates = BTreeSet::new();
    for line in lock.lines() {
        if let Some(new) = value(line, "name") {
            name = new;
        } else if let Some(version) = value(line, "version") {
            crates.insert(format!("{name}-{version}"));
        }
    }
    crates
}

/// Some lines of a file.
fn part(text: &str, random: &mut Random) -> String {
    let from = random.below(text.len().saturating_sub(800).max(1));
    let bytes = text.as_bytes().get(from..).unwrap_or_default();
    let line = bytes.iter().position(|byte| *byte == b'\n').map_or(0, |place| from + place + 1);
    let length = random.between(400, LONGEST);
    text.get(line..).unwrap_or_default().chars().take(length).collect()
}
