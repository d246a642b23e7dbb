//! `plainsight rules import`: rules of other projects as Sigma files of our events.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use detect::import::{Imported, LeftOut, Origin};

use super::coverage_of_shipped;
use crate::cli::Verdict;
use crate::output;

/// The most files that one run reads.
const MOST_FILES: usize = 100_000;

/// Options of `rules import`.
#[derive(Args)]
pub(crate) struct Options {
    /// Whose rules
    from: From,

    /// Files and folders
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// The folder to write to; files that are there are replaced
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum From {
    /// Agent Threat Rules: the folder `rules` of the npm package agent-threat-rules
    Atr,
    /// NOVA: .nov files
    Nova,
}

/// Imports, and says what was left out and why.
pub(super) fn run(options: &Options) -> Result<Verdict> {
    let mut files = Vec::new();
    for path in &options.paths {
        collect(path, options.from, &mut files)?;
    }
    files.sort_unstable();
    if files.is_empty() {
        bail!("no rule files of this kind are there");
    }
    std::fs::create_dir_all(&options.out).with_context(|| options.out.display().to_string())?;
    let atlas = coverage_of_shipped()?.atlas.into_keys().collect();
    let mut origin = Origin { file: String::new(), atlas };
    let mut written = HashSet::new();
    let (mut whole, mut in_part) = (0_usize, 0_usize);
    for path in &files {
        origin.file = path.display().to_string();
        let text = std::fs::read(path).with_context(|| origin.file.clone())?;
        let text = String::from_utf8_lossy(&text);
        let imported = match options.from {
            From::Atr => detect::import::atr(&origin, &text),
            From::Nova => detect::import::nova(&origin, &text),
        };
        write(&imported, &options.out, &mut written)?;
        imported.left_out.iter().for_each(tell);
        let lost = |left: &&LeftOut| left.part.is_none();
        whole += imported.left_out.iter().filter(lost).count();
        in_part += imported.left_out.len() - imported.left_out.iter().filter(lost).count();
    }
    output::say(&format!(
        "{} files read, {} rules written to {}; left out: {whole} rules, {in_part} parts of rules",
        files.len(),
        written.len(),
        options.out.display(),
    ));
    Ok(Verdict::Fine)
}

fn collect(path: &Path, from: From, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).with_context(|| path.display().to_string())? {
            let entry = entry?;
            let is_link = entry.file_type()?.is_symlink();
            let path = entry.path();
            if path.is_dir() && !is_link {
                collect(&path, from, files)?;
            } else if is_of(&path, from) {
                files.push(path);
            }
        }
    } else {
        files.push(path.to_owned());
    }
    if files.len() > MOST_FILES {
        bail!("more than {MOST_FILES} files");
    }
    Ok(())
}

fn is_of(path: &Path, from: From) -> bool {
    let ends: &[&str] = match from {
        From::Atr => &["yml", "yaml"],
        From::Nova => &["nov"],
    };
    path.extension().and_then(OsStr::to_str).is_some_and(|end| ends.contains(&end))
}

fn write(imported: &Imported, folder: &Path, written: &mut HashSet<String>) -> Result<()> {
    for rule in &imported.rules {
        if !written.insert(rule.file.clone()) {
            output::complain(&format!("{}: left out: another rule has the same name", rule.name));
            continue;
        }
        let path = folder.join(&rule.file);
        std::fs::write(&path, &rule.text).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

fn tell(left: &LeftOut) {
    let part = left.part.as_ref().map(|part| format!("{part}: ")).unwrap_or_default();
    output::complain(&format!("{}: {part}left out: {}", left.rule, left.reason));
}
