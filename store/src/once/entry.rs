//! An entry as it lies on the disk: fingerprint, index, CRC-32, 28 bytes, big-endian.

use model::Fingerprint;

/// Bytes of an entry.
pub(super) const LEN: usize = 28;

pub(super) fn encode(fingerprint: &Fingerprint, index: u64, into: &mut Vec<u8>) {
    let start = into.len();
    into.extend_from_slice(&fingerprint.0);
    into.extend_from_slice(&index.to_be_bytes());
    let check = crc32fast::hash(into.get(start..).unwrap_or_default());
    into.extend_from_slice(&check.to_be_bytes());
}

/// The entry; `None` when it is damaged.
pub(super) fn decode(bytes: &[u8; LEN]) -> Option<(Fingerprint, u64)> {
    let (body, check) = bytes.split_last_chunk::<4>()?;
    let (fingerprint, index) = body.split_first_chunk::<16>()?;
    let index = u64::from_be_bytes(index.try_into().ok()?);
    (crc32fast::hash(body) == u32::from_be_bytes(*check))
        .then_some((Fingerprint(*fingerprint), index))
}
