//! The leaf of a record: a commitment of 106 bytes that outlives everything else and says nothing
//! of anybody.
//!
//! Layout, numbers big-endian: version 1, class 1, minute 4, tenant 16, key 16, payload hash 32,
//! payload length 4, commitment 32.

use crate::hash::Hash;

/// The first byte of the leaves that this version writes and reads.
pub const LEAF_VERSION: u8 = 1;

/// The number of bytes of a leaf.
pub const LEAF_LEN: usize = 106;

const NANOS_PER_MINUTE: i64 = 60_000_000_000;

/// A record's commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// The class of the record, as the caller numbers them.
    pub class: u8,
    /// The log time in whole minutes since the Unix epoch: coarse, so that a leaf alone does not
    /// place somebody at a moment.
    pub minute: u32,
    /// A random id that stands for the tenant.
    pub tenant: [u8; 16],
    /// A random id that stands for the key under which the payload is sealed.
    pub key: [u8; 16],
    /// The hash of log time and payload, see [`crate::hash::payload_hash`].
    pub payload_hash: Hash,
    /// The number of bytes of the payload.
    pub payload_len: u32,
    /// A keyed commitment to the plain text.
    pub commitment: [u8; 32],
}

/// Why bytes are not a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LeafError {
    /// Written by a version that this one does not know.
    #[error("the leaf has version {0}, and only version 1 is known")]
    Version(u8),
    /// Too short or too long.
    #[error("the leaf has {0} bytes instead of 106")]
    Length(usize),
}

impl Leaf {
    /// The bytes that are hashed into the tree.
    pub fn encode(&self) -> [u8; LEAF_LEN] {
        let mut bytes = [0; LEAF_LEN];
        let fields: [&[u8]; 7] = [
            &[LEAF_VERSION, self.class],
            &self.minute.to_be_bytes(),
            &self.tenant,
            &self.key,
            &self.payload_hash.0,
            &self.payload_len.to_be_bytes(),
            &self.commitment,
        ];
        let mut at = 0;
        for field in fields {
            bytes[at..at + field.len()].copy_from_slice(field);
            at += field.len();
        }
        bytes
    }

    /// Reads a leaf. Every leaf has exactly one encoding.
    pub fn decode(bytes: &[u8]) -> Result<Self, LeafError> {
        let bytes: &[u8; LEAF_LEN] =
            bytes.try_into().map_err(|_| LeafError::Length(bytes.len()))?;
        let mut rest = bytes.as_slice();
        let [version, class] = take(&mut rest);
        if version != LEAF_VERSION {
            return Err(LeafError::Version(version));
        }
        Ok(Self {
            class,
            minute: u32::from_be_bytes(take(&mut rest)),
            tenant: take(&mut rest),
            key: take(&mut rest),
            payload_hash: Hash(take(&mut rest)),
            payload_len: u32::from_be_bytes(take(&mut rest)),
            commitment: take(&mut rest),
        })
    }
}

/// The coarse time of a log time: whole minutes since the epoch, 0 for anything before it.
pub fn minute_of(log_time: i64) -> u32 {
    u32::try_from(log_time.div_euclid(NANOS_PER_MINUTE)).unwrap_or(0)
}

/// The next `N` bytes; the caller has checked that the whole has the right length.
fn take<const N: usize>(rest: &mut &[u8]) -> [u8; N] {
    match rest.split_first_chunk::<N>() {
        Some((head, tail)) => {
            *rest = tail;
            *head
        }
        None => [0; N],
    }
}

// What the payload means, and how the commitment is keyed, is not known here.

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Leaf {
        Leaf {
            class: 3,
            minute: 29_000_000,
            tenant: [1; 16],
            key: [2; 16],
            payload_hash: Hash([3; 32]),
            payload_len: 2048,
            commitment: [4; 32],
        }
    }

    #[test]
    fn a_leaf_is_read_as_it_was_written() {
        let bytes = sample().encode();
        assert_eq!(Leaf::decode(&bytes), Ok(sample()));
        assert_eq!(hex::encode(&bytes[..8]), "010301ba81400101");
        assert_eq!(Leaf::decode(&bytes[1..]), Err(LeafError::Length(105)));
        let mut other = bytes;
        other[0] = 2;
        assert_eq!(Leaf::decode(&other), Err(LeafError::Version(2)));
    }

    #[test]
    fn minutes_are_rounded_down() {
        assert_eq!(minute_of(-1), 0);
        assert_eq!(minute_of(59_999_999_999), 0);
        assert_eq!(minute_of(60_000_000_000), 1);
        assert_eq!(minute_of(i64::MAX), 153_722_867);
    }
}
