//! The files of a directory: a log takes new entries, a sorted run answers from the disk.

use std::path::{Path, PathBuf};

use super::OnceError;

/// What a file is, by its extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Log,
    Sorted,
}

/// The name of a file: its hour since the epoch, and its number, which no other file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    pub(super) hour: i64,
    pub(super) number: u32,
    pub(super) kind: Kind,
}

/// The extension of a run that is being sorted.
const UNFINISHED: &str = "sorting";

impl Name {
    pub(super) fn path(self, dir: &Path) -> PathBuf {
        let extension = match self.kind {
            Kind::Log => "once",
            Kind::Sorted => "sorted",
        };
        dir.join(format!("{}-{}.{extension}", self.hour, self.number))
    }

    pub(super) fn unfinished(self, dir: &Path) -> PathBuf {
        self.path(dir).with_extension(UNFINISHED)
    }

    fn parse(file: &str) -> Option<Self> {
        let (stem, extension) = file.rsplit_once('.')?;
        let kind = match extension {
            "once" => Kind::Log,
            "sorted" => Kind::Sorted,
            _ => return None,
        };
        let (hour, number) = stem.rsplit_once('-')?;
        Some(Self { hour: hour.parse().ok()?, number: number.parse().ok()?, kind })
    }
}

/// The files in `dir`, by hour and number. What a sort left unfinished is removed; other
/// files are left alone.
pub(super) fn list(dir: &Path) -> Result<Vec<Name>, OnceError> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(OnceError::at(dir))? {
        let path = entry.map_err(OnceError::at(dir))?.path();
        if path.extension().is_some_and(|extension| extension == UNFINISHED) {
            remove(&path)?;
        }
        names.extend(path.file_name().and_then(|file| file.to_str()).and_then(Name::parse));
    }
    names.sort_unstable();
    Ok(names)
}

/// Removes a file, which may be gone already.
pub(super) fn remove(path: &Path) -> Result<(), OnceError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(OnceError::at(path)(error))
        }
        _ => Ok(()),
    }
}

/// Makes the names in `dir` outlive a power cut.
pub(super) fn sync(dir: &Path) -> std::io::Result<()> {
    std::fs::File::open(dir)?.sync_all()
}
