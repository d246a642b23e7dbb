//! Words that do not belong into a finished file: postponed work, paths of one machine.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Said of work that is not done. Split here so that this file does not find itself.
const POSTPONED: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];
/// Folders that exist on one machine only.
const MACHINE: [&str; 3] = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];
const NAMES: [&str; 5] = ["utils", "util", "helpers", "helper", "manager"];

/// The files that git tracks or would track.
pub(crate) fn tracked(root: &Path) -> Result<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .context("could not run git")?;
    ensure!(output.status.success(), "git ls-files failed");
    let files = String::from_utf8(output.stdout)?;
    Ok(files.lines().filter(|file| root.join(file).is_file()).map(str::to_owned).collect())
}

/// Every place with such a word, and every file with a name that says nothing.
pub(crate) fn check(root: &Path, files: &[String]) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for file in files {
        let stem = Path::new(file).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if NAMES.contains(&stem) {
            problems.push(format!("{file}: a name that says nothing"));
        }
        let bytes = std::fs::read(root.join(file)).with_context(|| file.clone())?;
        let Ok(text) = std::str::from_utf8(&bytes) else {
            continue;
        };
        if is_prose(file) {
            problems.extend(words(text).map(|(line, word)| format!("{file}:{line}: {word}")));
        }
    }
    Ok(problems)
}

fn is_prose(file: &str) -> bool {
    [".rs", ".md", ".toml", ".py", ".sh", ".go", ".yml"].iter().any(|ending| file.ends_with(ending))
}

fn words(text: &str) -> impl Iterator<Item = (usize, &'static str)> {
    text.lines().enumerate().flat_map(|(number, line)| {
        POSTPONED
            .iter()
            .chain(&MACHINE)
            .filter(|word| line.contains(**word))
            .map(move |word| (number + 1, *word))
    })
}
