//! Checkpoints (C2SP tlog-checkpoint): the note in which a log commits to its size and root.

use std::fmt;

use crate::hash::Hash;
use crate::note::{Note, NoteError, VerifyingKey};
use crate::signer::Signers;

/// What a log says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log.
    pub origin: String,
    /// The number of its leaves.
    pub size: u64,
    /// The root of the tree of those leaves.
    pub root: Hash,
}

/// Why a checkpoint was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// It is no note, or not signed by the right key.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The note's text is not that of a checkpoint.
    #[error("the checkpoint is malformed: {0}")]
    Malformed(&'static str),
    /// It is of another log.
    #[error("the checkpoint is of another log")]
    Origin,
}

impl Checkpoint {
    /// Reads the text of a checkpoint, without its signatures. Extension lines are allowed and
    /// ignored.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let malformed = CheckpointError::Malformed;
        let lines = text.strip_suffix('\n').ok_or(malformed("the last line has no newline"))?;
        let mut lines = lines.split('\n');
        let mut next = |what| lines.next().filter(|line| !line.is_empty()).ok_or(malformed(what));
        let origin = next("the origin is missing")?.to_owned();
        let size = parse_size(next("the size is missing")?)
            .ok_or(malformed("the size is not a plain number"))?;
        let root = Hash::from_base64(next("the root is missing")?)
            .ok_or(malformed("the root is not a SHA-256 in base64"))?;
        if lines.any(str::is_empty) {
            return Err(malformed("an extension line is empty"));
        }
        Ok(Self { origin, size, root })
    }

    /// Reads a signed checkpoint without checking who signed it.
    pub fn parse_unverified(note: &str) -> Result<Self, CheckpointError> {
        Self::parse(&Note::parse(note)?.text)
    }

    /// Reads a signed checkpoint and checks that one of `keys` signed it, and that its origin is the
    /// name of one of them.
    pub fn open(note: &str, keys: &[VerifyingKey]) -> Result<Self, CheckpointError> {
        let note = Note::parse(note)?;
        note.verify(keys)?;
        let checkpoint = Self::parse(&note.text)?;
        if keys.iter().any(|key| key.name() == checkpoint.origin) {
            Ok(checkpoint)
        } else {
            Err(CheckpointError::Origin)
        }
    }

    /// The signed note.
    pub fn sign(&self, signers: &Signers) -> String {
        signers.sign(&self.to_string())
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n", self.origin, self.size, self.root)
    }
}

/// A decimal number without leading zeroes, as tree sizes and indexes are written.
pub(crate) fn parse_size(text: &str) -> Option<u64> {
    let plain =
        text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten()
}

// Witness cosignatures are ignored here, as signatures of unknown keys.

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signer::Signer;

    #[test]
    fn a_signed_checkpoint_is_read_again() {
        let signers = Signers::from(Signer::from_seed("example.com/log", &[1; 32]).unwrap());
        let key = signers.log().verifying_key().unwrap();
        let checkpoint =
            Checkpoint { origin: "example.com/log".to_owned(), size: 42, root: Hash([9; 32]) };
        let note = checkpoint.sign(&signers);
        assert!(note.starts_with("example.com/log\n42\nCQkJ"), "{note}");
        assert_eq!(Checkpoint::open(&note, std::slice::from_ref(&key)), Ok(checkpoint));
        let altered = note.replace("\n42\n", "\n43\n");
        let forged = CheckpointError::Note(NoteError::Forged);
        assert_eq!(Checkpoint::open(&altered, &[key]), Err(forged));
    }

    #[test]
    fn malformed_checkpoints_are_refused() {
        let root = Hash([0; 32]);
        assert!(Checkpoint::parse(&format!("o\n1\n{root}\nextension\n")).is_ok());
        for text in [
            String::new(),
            format!("o\n1\n{root}"),
            format!("\n1\n{root}\n"),
            format!("o\n01\n{root}\n"),
            format!("o\n-1\n{root}\n"),
            format!("o\n99999999999999999999\n{root}\n"),
            "o\n1\nAAAA\n".to_owned(),
            format!("o\n1\n{root}\n\n"),
        ] {
            assert!(Checkpoint::parse(&text).is_err(), "{text:?}");
        }
    }
}
