//! A record as it lies in a segment: lengths, checksum, log time, leaf, payload.
//!
//! Layout, numbers big-endian: payload length 4, leaf length 2, flags 2 (zero), CRC-32 4, log time 8,
//! leaf, payload. The checksum also covers the record's index, so a frame at another place is damaged.

use crate::hash::payload_hash;
use crate::leaf::{LEAF_LEN, Leaf, LeafError, minute_of};

/// The bytes before the leaf.
pub(crate) const HEADER_LEN: usize = 20;

/// The longest payload of a record, 64 MiB: more than any door lets in.
pub const MAX_PAYLOAD: usize = 64 << 20;

/// Where the checksum lies in the header.
const CRC: std::ops::Range<usize> = 8..12;

/// What is wrong with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The file ends before the frame does.
    #[error("the frame is cut off")]
    Cut,
    /// The lengths or flags are none that a frame can have.
    #[error("the frame's lengths are impossible")]
    Lengths,
    /// The bytes are not those that were written for this index.
    #[error("the frame's checksum is wrong")]
    Checksum,
    /// The leaf cannot be read.
    #[error("{0}")]
    Leaf(#[from] LeafError),
    /// The leaf speaks of another length, payload or time.
    #[error("the payload is not the one that the leaf commits to")]
    Payload,
}

/// The lengths that a frame's header states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lengths {
    pub(crate) payload: usize,
    pub(crate) leaf: usize,
}

impl Lengths {
    /// Reads a header; `Ok(None)` when all of it is zero, as in the reserved space of a segment.
    pub(crate) fn parse(header: &[u8; HEADER_LEN]) -> Result<Option<Self>, FrameError> {
        if *header == [0; HEADER_LEN] {
            return Ok(None);
        }
        let [p0, p1, p2, p3, l0, l1, f0, f1, ..] = *header;
        let payload = u32::from_be_bytes([p0, p1, p2, p3]) as usize;
        let leaf = usize::from(u16::from_be_bytes([l0, l1]));
        if payload > MAX_PAYLOAD || leaf != LEAF_LEN || [f0, f1] != [0, 0] {
            return Err(FrameError::Lengths);
        }
        Ok(Some(Self { payload, leaf }))
    }

    /// The bytes of the whole frame.
    pub(crate) fn frame(self) -> usize {
        HEADER_LEN + self.leaf + self.payload
    }
}

/// A frame that was read and checked: checksum, leaf, payload and time fit each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The record's place in the log.
    pub index: u64,
    /// When it was appended, in nanoseconds since the epoch.
    pub log_time: i64,
    /// Its commitment.
    pub leaf: Leaf,
    /// The same, as the bytes that are hashed into the tree.
    pub leaf_bytes: &'a [u8],
    /// What was stored.
    pub payload: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Reads the frame of record `index` at the start of `bytes`, and checks everything that can be
    /// checked without the tree.
    pub fn decode(index: u64, bytes: &'a [u8]) -> Result<Self, FrameError> {
        let header = bytes.first_chunk::<HEADER_LEN>().ok_or(FrameError::Cut)?;
        let lengths = Lengths::parse(header)?.ok_or(FrameError::Lengths)?;
        let frame = bytes.get(..lengths.frame()).ok_or(FrameError::Cut)?;
        if stated_checksum(header) != checksum(index, frame) {
            return Err(FrameError::Checksum);
        }
        let (leaf_bytes, payload) =
            frame[HEADER_LEN..].split_at_checked(lengths.leaf).ok_or(FrameError::Cut)?;
        let log_time = log_time(header);
        let leaf = Leaf::decode(leaf_bytes)?;
        let fits = leaf.payload_len as usize == payload.len()
            && leaf.minute == minute_of(log_time)
            && leaf.payload_hash == payload_hash(log_time, payload);
        if fits {
            Ok(Self { index, log_time, leaf, leaf_bytes, payload })
        } else {
            Err(FrameError::Payload)
        }
    }

    /// The bytes of the whole frame.
    pub fn encoded_len(&self) -> usize {
        encoded_len(self.payload.len())
    }
}

/// The bytes of a frame with a payload of that length.
pub(crate) fn encoded_len(payload: usize) -> usize {
    HEADER_LEN + LEAF_LEN + payload
}

/// Appends the frame of record `index`. The payload is at most [`MAX_PAYLOAD`] bytes long, as the
/// writer checks before it begins a batch.
pub(crate) fn encode(
    out: &mut Vec<u8>,
    index: u64,
    log_time: i64,
    leaf: &Leaf,
    payload: &[u8],
) -> [u8; LEAF_LEN] {
    let start = out.len();
    let leaf_bytes = leaf.encode();
    let leaf_len = u16::try_from(LEAF_LEN).unwrap_or(u16::MAX);
    out.extend_from_slice(&leaf.payload_len.to_be_bytes());
    out.extend_from_slice(&leaf_len.to_be_bytes());
    out.extend_from_slice(&[0; 6]);
    out.extend_from_slice(&log_time.to_be_bytes());
    out.extend_from_slice(&leaf_bytes);
    out.extend_from_slice(payload);
    let crc = checksum(index, &out[start..]);
    out[start + CRC.start..start + CRC.end].copy_from_slice(&crc.to_be_bytes());
    leaf_bytes
}

/// The index in `range` for which the whole `frame` was written.
pub(crate) fn index_of(mut range: std::ops::Range<u64>, frame: &[u8]) -> Option<u64> {
    let stated = stated_checksum(frame.first_chunk()?);
    let rest = checksum_without_index(frame);
    range.find(|index| with_index(*index, &rest) == stated)
}

/// CRC-32 over the index and the frame without its checksum.
fn checksum(index: u64, frame: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&index.to_be_bytes());
    crc.update(frame.get(..CRC.start).unwrap_or_default());
    crc.update(frame.get(CRC.end..).unwrap_or_default());
    crc.finalize()
}

fn checksum_without_index(frame: &[u8]) -> crc32fast::Hasher {
    let mut crc = crc32fast::Hasher::new();
    crc.update(frame.get(..CRC.start).unwrap_or_default());
    crc.update(frame.get(CRC.end..).unwrap_or_default());
    crc
}

/// The same checksum as [`checksum`], when most of it is known: many indexes are tried so.
fn with_index(index: u64, rest: &crc32fast::Hasher) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&index.to_be_bytes());
    crc.combine(rest);
    crc.finalize()
}

fn stated_checksum(header: &[u8; HEADER_LEN]) -> u32 {
    let [.., c0, c1, c2, c3, _, _, _, _, _, _, _, _] = *header;
    u32::from_be_bytes([c0, c1, c2, c3])
}

fn log_time(header: &[u8; HEADER_LEN]) -> i64 {
    header.last_chunk().map_or(0, |time| i64::from_be_bytes(*time))
}

// Whether the leaf is the one in the tree is not known here: that takes the tiles and a signed root.

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<u8> {
        let (time, payload) = (1_700_000_000_000_000_000, b"a sealed record".as_slice());
        let leaf = Leaf {
            class: 1,
            minute: minute_of(time),
            tenant: [1; 16],
            key: [2; 16],
            payload_hash: payload_hash(time, payload),
            payload_len: 15,
            commitment: [3; 32],
        };
        let mut bytes = Vec::new();
        encode(&mut bytes, 7, time, &leaf, payload);
        bytes
    }

    #[test]
    fn a_frame_is_read_as_it_was_written() {
        let bytes = sample();
        let frame = Frame::decode(7, &bytes).unwrap();
        assert_eq!((frame.index, frame.payload), (7, b"a sealed record".as_slice()));
        assert_eq!(frame.encoded_len(), bytes.len());
        assert_eq!(Frame::decode(8, &bytes), Err(FrameError::Checksum), "it belongs to its index");
        assert_eq!(index_of(0..100, &bytes), Some(7));
        assert_eq!(index_of(8..100, &bytes), None);
    }

    #[test]
    fn every_flipped_bit_is_seen() {
        let good = sample();
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(Frame::decode(7, &bad).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn every_cut_is_seen() {
        let good = sample();
        for length in 0..good.len() {
            assert_eq!(Frame::decode(7, &good[..length]), Err(FrameError::Cut), "{length}");
        }
    }
}
