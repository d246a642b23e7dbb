//! The hash function of the tree: SHA-256 with the domain separation of RFC 6962 section 2.1.

use std::fmt;

use aws_lc_rs::digest::{self, Context, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A SHA-256 value: of a leaf, of a node, or of a payload.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The number of bytes of a hash.
    pub const LEN: usize = 32;

    /// From a slice; `None` unless it has 32 bytes.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// From standard base64 with padding, as in checkpoints and proofs (RFC 4648 section 4).
    /// `None` for anything but the one canonical spelling.
    pub fn from_base64(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text).ok()?;
        Self::from_slice(&bytes)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The root of the empty tree, `MTH({}) = SHA-256()`.
pub fn empty_root() -> Hash {
    take(digest::digest(&SHA256, &[]))
}

/// The hash of a leaf, `SHA-256(0x00 || leaf)`.
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    let mut context = Context::new(&SHA256);
    context.update(&[0]);
    context.update(leaf);
    take(context.finish())
}

/// The hash of an inner node, `SHA-256(0x01 || left || right)`.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1_u8; 1 + 2 * Hash::LEN];
    bytes[1..=Hash::LEN].copy_from_slice(&left.0);
    bytes[1 + Hash::LEN..].copy_from_slice(&right.0);
    take(digest::digest(&SHA256, &bytes))
}

/// What a leaf says of its payload, `SHA-256(log_time || payload)`, the time as 8 bytes big-endian,
/// so that a record cannot be moved in time without the leaf saying so.
pub fn payload_hash(log_time: i64, payload: &[u8]) -> Hash {
    let mut context = Context::new(&SHA256);
    context.update(&log_time.to_be_bytes());
    context.update(payload);
    take(context.finish())
}

fn take(digest: digest::Digest) -> Hash {
    let mut hash = Hash::default();
    hash.0.copy_from_slice(digest.as_ref());
    hash
}

// Which hashes belong together is the business of `tree`.
