//! Documents and requests of others of which none is an attack: more kinds of them than the labelled
//! rows have. They are learned from, and never judged.
//!
//! ```text
//! sources of crates  → parts of their README, CHANGELOG and first file
//! package agentdojo  → messages, files, appointments, reviews; what its users ask for
//! ```

mod agentdojo;
mod crates;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::rows::{Kind, Row};

/// Bytes of a document at least.
const SHORTEST: usize = 60;

/// Where they lie.
#[derive(clap::Args)]
pub(super) struct Folders {
    /// Learn from documents of the crates of Cargo.lock too, whose sources lie here (a folder of
    /// cargo's registry)
    #[arg(long, value_name = "DIR")]
    crates: Option<PathBuf>,
    /// Learn from messages, files and requests of the package agentdojo too, unpacked here
    #[arg(long, value_name = "DIR")]
    agentdojo: Option<PathBuf>,
}

impl Folders {
    /// The documents in these folders, in the same order each time.
    pub(super) fn rows(&self) -> Result<Vec<Row>> {
        let mut texts: Vec<(String, &str)> = Vec::new();
        let mut put = |source, new: Vec<String>| {
            texts.extend(new.into_iter().map(|text| (text, source)));
        };
        if let Some(folder) = &self.crates {
            put("crates documents", crates::documents(folder)?);
        }
        if let Some(folder) = self.agentdojo.as_ref().map(|folder| folder.join("agentdojo")) {
            put("agentdojo requests", agentdojo::requests(&folder.join("default_suites"))?);
            put("agentdojo documents", agentdojo::documents(&folder.join("data/suites"))?);
        }
        let long = texts.into_iter().filter(|(text, _)| text.len() > SHORTEST);
        Ok(long.map(|(text, source)| Row::new(text, Kind::Benign, source.to_owned())).collect())
    }
}

/// The names and texts of the files below a folder whose names end so, in order.
fn files(folder: &Path, end: &str) -> Result<Vec<(String, String)>> {
    let mut paths = Vec::new();
    collect(folder, end, &mut paths)?;
    paths.sort_unstable();
    let read = |path: &PathBuf| {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).with_context(|| name.clone())?;
        Ok((name, text))
    };
    paths.iter().map(read).collect()
}

fn collect(folder: &Path, end: &str, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, end, files)?;
        } else if path.extension().is_some_and(|other| other == end) {
            files.push(path);
        }
    }
    Ok(())
}
