//! Signed notes (C2SP signed-note): a text, and under it the signatures of one or more keys.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Verifiers must accept at least 16 signatures and should have a limit.
const MAX_SIGNATURES: usize = 64;

/// More than any checkpoint with 64 post-quantum signatures needs.
const MAX_BYTES: usize = 1 << 20;

/// The identifier of plain Ed25519 signatures and keys.
pub(crate) const ED25519_TYPE: u8 = 0x01;

/// Why a note or key was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not the text of a note.
    #[error("the note is malformed: {0}")]
    Malformed(&'static str),
    /// Not the text of a key.
    #[error("the key is malformed: {0}")]
    Key(&'static str),
    /// None of the given keys signed the note.
    #[error("the note carries no signature of a known key")]
    Unsigned,
    /// A signature says that it is of a known key, and it is not.
    #[error("the signature of a known key is wrong")]
    Forged,
}

/// One signature line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    /// The name of the key.
    pub name: String,
    /// The first four bytes of the key's hash.
    pub key_id: u32,
    /// The signature itself.
    pub signature: Vec<u8>,
}

/// A note that was read but not yet trusted: call [`Note::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The signed text, with its last newline.
    pub text: String,
    /// The signatures, in their order.
    pub signatures: Vec<NoteSignature>,
}

impl Note {
    /// Reads a note. The text is everything up to the last empty line.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        if note.len() > MAX_BYTES {
            return Err(NoteError::Malformed("it is longer than 1 MiB"));
        }
        if note.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
            return Err(NoteError::Malformed("it has control characters"));
        }
        let (text, signatures) = note
            .rfind("\n\n")
            .and_then(|end| note.split_at_checked(end + 1))
            .ok_or(NoteError::Malformed("it has no empty line before the signatures"))?;
        let lines = signatures
            .strip_prefix('\n')
            .and_then(|lines| lines.strip_suffix('\n'))
            .ok_or(NoteError::Malformed("its last line has no newline"))?;
        let signatures = lines.split('\n').take(MAX_SIGNATURES + 1).map(parse_signature);
        let signatures = signatures.collect::<Result<Vec<_>, _>>()?;
        if signatures.len() > MAX_SIGNATURES {
            return Err(NoteError::Malformed("it has more than 64 signatures"));
        }
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// Checks that at least one of `keys` signed the text. Signatures of other keys are ignored; a
    /// wrong signature under the name and id of one of `keys` is an error even beside good ones.
    pub fn verify(&self, keys: &[VerifyingKey]) -> Result<(), NoteError> {
        let mut verified = false;
        for signature in &self.signatures {
            let known =
                |key: &&VerifyingKey| key.name == signature.name && key.id == signature.key_id;
            if let Some(key) = keys.iter().find(known) {
                key.verify(self.text.as_bytes(), &signature.signature)?;
                verified = true;
            }
        }
        if verified { Ok(()) } else { Err(NoteError::Unsigned) }
    }
}

fn parse_signature(line: &str) -> Result<NoteSignature, NoteError> {
    let malformed = NoteError::Malformed("a signature line is not `— name base64`");
    let (name, encoded) =
        line.strip_prefix("— ").and_then(|rest| rest.split_once(' ')).ok_or(malformed)?;
    let bytes = STANDARD.decode(encoded).map_err(|_| malformed)?;
    let (id, signature) = bytes.split_first_chunk::<4>().ok_or(malformed)?;
    if !is_key_name(name) || signature.is_empty() {
        return Err(malformed);
    }
    Ok(NoteSignature {
        name: name.to_owned(),
        key_id: u32::from_be_bytes(*id),
        signature: signature.to_vec(),
    })
}

/// Writes one signature line, with its newline.
pub(crate) fn signature_line(name: &str, key_id: u32, signature: &[u8]) -> String {
    let bytes = [&key_id.to_be_bytes(), signature].concat();
    format!("— {name} {}\n", STANDARD.encode(bytes))
}

/// Whether a name can stand in a signature line: not empty, no spaces, no plus.
pub(crate) fn is_key_name(name: &str) -> bool {
    let allowed = |c: char| !c.is_whitespace() && !c.is_control() && c != '+';
    !name.is_empty() && name.chars().all(allowed)
}

/// The id of an Ed25519 key: the first four bytes of the hash of its name, type and public part.
pub(crate) fn key_id(name: &str, public: &[u8; 32]) -> u32 {
    use aws_lc_rs::digest::{SHA256, digest};
    let material = [name.as_bytes(), b"\n", &[ED25519_TYPE], public].concat();
    let hash = digest(&SHA256, &material);
    hash.as_ref().first_chunk::<4>().map_or(0, |id| u32::from_be_bytes(*id))
}

/// The public half of a key, by which anybody checks a note. Its text is the C2SP `vkey`,
/// `name+hash+base64`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    name: String,
    id: u32,
    public: [u8; 32],
}

impl VerifyingKey {
    /// From its parts; an error when the name cannot stand in a note.
    pub fn new(name: &str, public: [u8; 32]) -> Result<Self, NoteError> {
        if !is_key_name(name) {
            return Err(NoteError::Key("the name is empty or has spaces or a plus"));
        }
        Ok(Self { name: name.to_owned(), id: key_id(name, &public), public })
    }

    /// The name under which it signs: the log's origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id in its signature lines.
    pub fn id(&self) -> u32 {
        self.id
    }

    fn verify(&self, text: &[u8], signature: &[u8]) -> Result<(), NoteError> {
        UnparsedPublicKey::new(&ED25519, &self.public)
            .verify(text, signature)
            .map_err(|_| NoteError::Forged)
    }
}

impl FromStr for VerifyingKey {
    type Err = NoteError;

    fn from_str(vkey: &str) -> Result<Self, NoteError> {
        let (name, id, key) = split_key(vkey.trim_end_matches('\n'))?;
        let key = Self::new(name, key)?;
        if key.id == id { Ok(key) } else { Err(NoteError::Key("the hash is not that of the key")) }
    }
}

/// Takes `name+hash+base64` apart, for public and private keys alike.
pub(crate) fn split_key(text: &str) -> Result<(&str, u32, [u8; 32]), NoteError> {
    let shape = NoteError::Key("it is not `name+hash+base64`");
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(shape);
    };
    let mut id_bytes = [0; 4];
    hex::decode_to_slice(id, &mut id_bytes).map_err(|_| shape)?;
    let bytes = STANDARD.decode(encoded).map_err(|_| shape)?;
    let (kind, key) = bytes.split_first().ok_or(shape)?;
    if *kind != ED25519_TYPE {
        return Err(NoteError::Key("it is not an Ed25519 key"));
    }
    let key = key.try_into().map_err(|_| NoteError::Key("it does not have 32 bytes"))?;
    Ok((name, u32::from_be_bytes(id_bytes), key))
}

/// Puts `name+hash+base64` together.
pub(crate) fn join_key(name: &str, id: u32, key: &[u8; 32]) -> String {
    let bytes = [&[ED25519_TYPE], key.as_slice()].concat();
    format!("{name}+{id:08x}+{}", STANDARD.encode(bytes))
}

impl fmt::Display for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&join_key(&self.name, self.id, &self.public))
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

// Private keys are the business of `signer`; what the text means, that of `checkpoint`.

#[cfg(test)]
mod tests {
    use super::*;

    // The example of golang.org/x/mod/sumdb/note, and of the specification.
    const VKEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n\
        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn the_example_of_the_reference_implementation_verifies() {
        let key: VerifyingKey = VKEY.parse().unwrap();
        assert_eq!(key.to_string(), VKEY);
        assert_eq!(Note::parse(NOTE).unwrap().verify(std::slice::from_ref(&key)), Ok(()));
        let altered = NOTE.replace("answer", "Answer");
        assert_eq!(Note::parse(&altered).unwrap().verify(&[key]), Err(NoteError::Forged));
    }

    #[test]
    fn a_note_of_a_stranger_is_refused() {
        let note = Note::parse(NOTE).unwrap();
        assert_eq!(note.verify(&[]), Err(NoteError::Unsigned));
        let other = VerifyingKey::new("PeterNeumann", [7; 32]).unwrap();
        assert_eq!(note.verify(&[other]), Err(NoteError::Unsigned));
    }

    #[test]
    fn malformed_notes_and_keys_are_refused() {
        for note in [
            "",
            "\n",
            "text\n",
            "text\n\n",
            "text\n\n— a\n",
            "text\n\n— a AAAA\n",
            "a\tb\n\n— a AAAAAAA=\n",
        ] {
            assert!(Note::parse(note).is_err(), "{note:?}");
        }
        for key in [
            "",
            "a",
            "a+00000000",
            "a+0+AA==",
            &VKEY.replace("c74f", "c74e"),
            &VKEY.replace('P', "+"),
        ] {
            assert!(key.parse::<VerifyingKey>().is_err(), "{key:?}");
        }
    }
}
