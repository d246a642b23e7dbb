//! The rule files that are in force: the shipped ones and an operator's own.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use aws_lc_rs::digest::{Context, SHA256};
use detect::{Problem, Rule, RuleSet};

/// The most files that are read.
const MOST_FILES: usize = 20_000;
/// The largest rule file, in bytes.
const LARGEST: u64 = 4 << 20;

/// Names and texts of rule files, in the order in which they are loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleFiles {
    texts: Vec<(String, String)>,
}

/// What a set of files looks like from outside; a change of it is a reason to read them again.
pub type Look = Vec<(PathBuf, Option<SystemTime>, u64)>;

impl RuleFiles {
    /// The rules that come with the program.
    pub fn shipped() -> Self {
        let texts = detect::shipped().into_iter().map(|(name, text)| (name.into(), text.into()));
        Self { texts: texts.collect() }
    }

    /// The files that a configuration puts in force.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(crate) fn in_force(config: &super::Config) -> io::Result<Self> {
        let mut files = if config.shipped { Self::shipped() } else { Self::default() };
        files.read(&config.rules)?;
        Ok(files)
    }

    /// Adds the files at `paths` and in the folders at `paths`, in the order of their names.
    ///
    /// # Errors
    /// When one cannot be read, is larger than 4 MiB, or there are more than 20,000.
    pub fn read(&mut self, paths: &[PathBuf]) -> io::Result<()> {
        for file in files(paths)? {
            let size = of(std::fs::metadata(&file), &file)?.len();
            if size > LARGEST {
                return Err(io::Error::other(format!("{}: {size} bytes", file.display())));
            }
            let bytes = of(std::fs::read(&file), &file)?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            self.texts.push((file.display().to_string(), text));
        }
        Ok(())
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The rules in them, and what is wrong with those that are left out.
    pub fn load(&self) -> (RuleSet, Vec<Problem>) {
        RuleSet::load(self.texts.iter().map(|(name, text)| (name.as_str(), text.as_str())))
    }

    /// The text of a rule in them: its document of its file.
    pub fn text_of(&self, rule: &Rule) -> Option<String> {
        let (_, text) = self.texts.iter().find(|(name, _)| *name == rule.file)?;
        let lines = text.lines().skip(rule.line.saturating_sub(1));
        let own = lines.skip_while(|line| line.trim_end() == "---");
        let own: Vec<&str> = own.take_while(|line| line.trim_end() != "---").collect();
        Some(own.join("\n") + "\n")
    }

    /// SHA-256 over names and texts, hexadecimal: which rules were in force.
    pub fn digest(&self) -> String {
        let mut context = Context::new(&SHA256);
        for part in self.texts.iter().flat_map(|(name, text)| [name, text]) {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        hex::encode(context.finish())
    }

    /// Keeps them in `folder` under their digest, unless they are there.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn keep(&self, folder: &Path) -> io::Result<()> {
        let path = kept_at(folder, &self.digest());
        if path.try_exists()? {
            return Ok(());
        }
        std::fs::create_dir_all(folder)?;
        let packed = zstd::encode_all(&*serde_json::to_vec(&self.texts)?, 9)?;
        let fresh = path.with_extension("new");
        std::fs::write(&fresh, packed)?;
        std::fs::rename(fresh, path)
    }

    /// The files that were kept in `folder` under this digest.
    ///
    /// # Errors
    /// When they are not there, or are others than the digest says.
    pub fn kept(folder: &Path, digest: &str) -> io::Result<Self> {
        if !digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(io::Error::other("a digest of rules is hexadecimal"));
        }
        let path = kept_at(folder, digest);
        let texts = zstd::decode_all(&*of(std::fs::read(&path), &path)?)?;
        let files = Self { texts: serde_json::from_slice(&texts)? };
        if files.digest() != digest {
            return Err(io::Error::other(format!("{}: has been changed", path.display())));
        }
        Ok(files)
    }
}

/// What the files at `paths` look like now.
///
/// # Errors
/// When one cannot be read.
pub fn look(paths: &[PathBuf]) -> io::Result<Look> {
    let seen = |file: PathBuf| {
        let meta = of(std::fs::metadata(&file), &file)?;
        Ok((file, meta.modified().ok(), meta.len()))
    };
    files(paths)?.into_iter().map(seen).collect()
}

fn kept_at(folder: &Path, digest: &str) -> PathBuf {
    folder.join(format!("{digest}.json.zst"))
}

fn files(paths: &[PathBuf]) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        collect(path, &mut files)?;
    }
    files.sort();
    files.dedup();
    Ok(files)
}

/// A file that is named is read whatever its name; of a folder, those that end as rules do. Links
/// within a folder are not followed.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if of(std::fs::metadata(path), path)?.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    let mut open = vec![path.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in of(std::fs::read_dir(&folder), &folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let path = entry.path();
            let is_rule = path.extension().is_some_and(|end| end == "yml" || end == "yaml");
            if kind.is_dir() {
                open.push(path);
            } else if kind.is_file() && is_rule {
                files.push(path);
            }
            if files.len() > MOST_FILES {
                let folder = folder.display();
                return Err(io::Error::other(format!("{folder}: more than {MOST_FILES} files")));
            }
        }
    }
    Ok(())
}

/// An error that names its file.
fn of<T>(result: io::Result<T>, path: &Path) -> io::Result<T> {
    result.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_files_come_back_and_changed_ones_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let rules = folder.path().join("rules");
        std::fs::create_dir(&rules).unwrap();
        std::fs::write(rules.join("b.yml"), "title: b").unwrap();
        std::fs::write(rules.join("a.yaml"), "title: a").unwrap();
        std::fs::write(rules.join("notes.txt"), "no rule").unwrap();
        let mut files = RuleFiles::default();
        files.read(std::slice::from_ref(&rules)).unwrap();
        assert_eq!(files.len(), 2);
        let kept = folder.path().join("kept");
        files.keep(&kept).unwrap();
        assert_eq!(RuleFiles::kept(&kept, &files.digest()).unwrap(), files);

        let other = zstd::encode_all(&b"[[\"a\",\"title: c\"]]"[..], 1).unwrap();
        std::fs::write(kept_at(&kept, &files.digest()), other).unwrap();
        assert!(RuleFiles::kept(&kept, &files.digest()).is_err());
        assert!(RuleFiles::kept(&kept, "../../key").is_err());
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = RuleFiles::default().read(&[PathBuf::from("none.yml")]).unwrap_err();
        assert!(error.to_string().contains("none.yml"));
    }
}
