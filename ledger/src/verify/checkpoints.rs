//! The checkpoints of a verification: the log's own, and those that were kept outside.

use std::path::Path;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::files::{ANCHOR, CHECKPOINT};
use crate::note::VerifyingKey;
use crate::problem::Problem;
use crate::published;
use crate::records::ReadError;

use super::findings::Findings;
use super::report::{Signature, VerifyOptions};
use super::tree::Root;

/// What the log says of itself.
pub(super) struct Local {
    pub(super) checkpoint: Option<Checkpoint>,
    pub(super) signature: Signature,
    /// The roots that the records must give, by the log's own checkpoints.
    pub(super) roots: Vec<Root>,
}

/// Reads the log's own checkpoints. The durable one first: it is never newer than the other, even
/// while a writer is at work.
pub(super) fn local(dir: &Path, options: &VerifyOptions, findings: &mut Findings) -> Local {
    let anchor = load(dir, ANCHOR, options.key.as_ref(), findings);
    let newest = load(dir, CHECKPOINT, options.key.as_ref(), findings);
    if let (Some((anchor, _)), Some((newest, _))) = (&anchor, &newest)
        && (anchor.size > newest.size || anchor.origin != newest.origin)
    {
        let what =
            format!("it is not older than the checkpoint, which signs {} records", newest.size);
        findings.add(Problem::new(ANCHOR, what).of(newest.size.min(anchor.size)..anchor.size));
    }
    let signature = newest.as_ref().map_or(Signature::Bad, |(_, signature)| *signature);
    let named = [(CHECKPOINT, &newest), (ANCHOR, &anchor)];
    let roots = named.iter().filter_map(|(file, loaded)| {
        let (checkpoint, _) = loaded.as_ref()?;
        Some(Root::of(file, checkpoint))
    });
    let roots = roots.collect();
    Local { checkpoint: newest.map(|(checkpoint, _)| checkpoint), signature, roots }
}

fn load(
    dir: &Path,
    file: &str,
    key: Option<&VerifyingKey>,
    findings: &mut Findings,
) -> Option<(Checkpoint, Signature)> {
    let mut wrong = |what: String| findings.add(Problem::new(file, what));
    let text = match published::read(dir, file) {
        Ok(Some(text)) => text,
        Ok(None) => {
            wrong("the file is missing".to_owned());
            return None;
        }
        Err(ReadError::Checkpoint(error)) => {
            wrong(error.to_string());
            return None;
        }
        Err(error) => {
            wrong(error.to_string());
            return None;
        }
    };
    let (checkpoint, signature) = match key.map(|key| open(&text, key)) {
        None => (Checkpoint::parse_unverified(&text), Signature::Unchecked),
        Some(Ok(checkpoint)) => (Ok(checkpoint), Signature::Good),
        Some(Err(error)) => {
            wrong(error.to_string());
            (Checkpoint::parse_unverified(&text), Signature::Bad)
        }
    };
    match checkpoint {
        Ok(checkpoint) => Some((checkpoint, signature)),
        Err(error) => {
            if signature == Signature::Unchecked {
                wrong(error.to_string());
            }
            None
        }
    }
}

fn open(text: &str, key: &VerifyingKey) -> Result<Checkpoint, CheckpointError> {
    Checkpoint::open(text, std::slice::from_ref(key))
}

/// The checkpoints that were kept outside, as roots that the records must give. One that is larger
/// than the log shows that the log was rolled back.
pub(super) fn outside(
    options: &VerifyOptions,
    signed: Option<&Checkpoint>,
    findings: &mut Findings,
) -> Vec<Root> {
    let mut roots = Vec::new();
    for (number, text) in options.outside.iter().enumerate() {
        let name = format!("outside checkpoint {}", number + 1);
        let opened = match &options.key {
            Some(key) => open(text, key),
            None => Checkpoint::parse_unverified(text),
        };
        let kept = match opened {
            Ok(kept) => kept,
            Err(error) => {
                findings.add(Problem::new(name, error.to_string()));
                continue;
            }
        };
        let size = signed.map_or(0, |signed| signed.size);
        if signed.is_some_and(|signed| signed.origin != kept.origin) {
            findings.add(Problem::new(name, CheckpointError::Origin.to_string()));
            continue;
        }
        if kept.size > size {
            let what = format!(
                "the log was rolled back: it signs {size} records, and once signed {}",
                kept.size
            );
            findings.add(Problem::new(name.clone(), what).of(size..kept.size));
        }
        roots.push(Root::of(&name, &kept));
    }
    roots
}

// Whether the roots are right is found out by `tree`, when it has come to their sizes.
