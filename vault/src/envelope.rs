//! The database's own key, wrapped under the root key, in a file beside the database.
//!
//! ```text
//! 2 9f31…    root epoch, and the wrapped key in hexadecimal
//! ```
//!
//! There are two lines only while the root key is being rotated, so that the database opens with
//! the old root key and with the new one, whichever of them its own rows are wrapped under.
//! The file does not say which of the two counts: the database does.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::VaultError;
use crate::primitive::Key;
use crate::root::{io, sync_folder, write_private};

/// More than two lines ever have.
const LONGEST: u64 = 4096;

pub(crate) struct Envelope {
    path: PathBuf,
    lines: Vec<(u32, Vec<u8>)>,
}

impl Envelope {
    /// Without a line.
    pub(crate) const fn empty(path: PathBuf) -> Self {
        Self { path, lines: Vec::new() }
    }

    /// `None` where there is no such file.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, VaultError> {
        let mut text = String::new();
        let file = match File::open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(|source| io(path, source))?,
        };
        let damaged = || VaultError::Envelope { path: path.to_owned() };
        file.take(LONGEST).read_to_string(&mut text).map_err(|_| damaged())?;
        let lines = text.lines().map(line).collect::<Option<Vec<_>>>().ok_or_else(damaged)?;
        if lines.is_empty() {
            return Err(damaged());
        }
        Ok(Some(Self { path: path.to_owned(), lines }))
    }

    /// The epoch of a root key, and the database's key; `None` when it opens no line.
    pub(crate) fn open(&self, root: &Key) -> Result<Option<(u32, Key)>, VaultError> {
        let wrapping = wrapping(root)?;
        for (epoch, wrapped) in &self.lines {
            if let Some(bytes) = wrapping.unwrap(&epoch.to_be_bytes(), wrapped)? {
                let bytes = bytes.try_into().map_err(|_| VaultError::Altered)?;
                return Ok(Some((*epoch, Key::new(bytes))));
            }
        }
        Ok(None)
    }

    /// Adds the line of an epoch, on the disk.
    pub(crate) fn add(&mut self, epoch: u32, root: &Key, database: &Key) -> Result<(), VaultError> {
        let wrapped = wrapping(root)?.wrap(&epoch.to_be_bytes(), database.bytes())?;
        self.lines.push((epoch, wrapped));
        self.write()
    }

    /// Leaves the line of one epoch, on the disk.
    pub(crate) fn keep_only(&mut self, epoch: u32) -> Result<(), VaultError> {
        if self.lines.iter().all(|(of, _)| *of == epoch) {
            return Ok(());
        }
        self.lines.retain(|(of, _)| *of == epoch);
        self.write()
    }

    /// Whole or not at all.
    fn write(&self) -> Result<(), VaultError> {
        let lines = self.lines.iter();
        let lines =
            lines.map(|(epoch, wrapped)| [epoch.to_string(), hex::encode(wrapped)].join(" "));
        let text = lines.collect::<Vec<_>>().join("\n") + "\n";
        let begun = self.path.with_extension("new");
        write_private(&begun, &text)
            .and_then(|()| std::fs::rename(&begun, &self.path))
            .map_err(|source| io(&self.path, source))?;
        self.path.parent().map_or(Ok(()), sync_folder)
    }
}

fn wrapping(root: &Key) -> Result<Key, VaultError> {
    root.derive(&[b"plainsight envelope"])
}

fn line(text: &str) -> Option<(u32, Vec<u8>)> {
    let (epoch, wrapped) = text.split_once(' ')?;
    Some((epoch.parse().ok()?, hex::decode(wrapped).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_with_each_root_and_with_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("envelope");
        assert!(Envelope::read(&path).unwrap().is_none());
        let (one, two, database) = (Key::new([1; 32]), Key::new([2; 32]), Key::new([7; 32]));
        let mut envelope = Envelope::empty(path.clone());
        envelope.add(1, &one, &database).unwrap();
        envelope.add(2, &two, &database).unwrap();
        let mut envelope = Envelope::read(&path).unwrap().unwrap();
        let opened = |envelope: &Envelope, root: &Key| {
            envelope.open(root).unwrap().map(|(epoch, key)| (epoch, *key.bytes()))
        };
        assert_eq!(opened(&envelope, &one), Some((1, [7; 32])));
        assert_eq!(opened(&envelope, &two), Some((2, [7; 32])));
        assert_eq!(opened(&envelope, &Key::new([3; 32])), None);
        envelope.keep_only(2).unwrap();
        let envelope = Envelope::read(&path).unwrap().unwrap();
        assert_eq!(opened(&envelope, &one), None);
        assert_eq!(opened(&envelope, &two), Some((2, [7; 32])));
    }

    #[test]
    fn a_line_for_another_epoch_does_not_open() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("envelope");
        let root = Key::new([1; 32]);
        Envelope::empty(path.clone()).add(1, &root, &Key::new([7; 32])).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replacen('1', "2", 1)).unwrap();
        assert!(Envelope::read(&path).unwrap().unwrap().open(&root).unwrap().is_none());
        for damaged in ["", "1", "x 00", "1 0g", "1 00\n2", "\u{e9}"] {
            std::fs::write(&path, damaged).unwrap();
            assert!(matches!(Envelope::read(&path), Err(VaultError::Envelope { .. })), "{damaged}");
        }
    }
}
