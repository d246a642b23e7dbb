//! An entry as it lies on the disk: fingerprint and index, big-endian; alone with a CRC-32.

use model::Fingerprint;

/// A fingerprint, and the ledger index of the part that has it.
pub(super) type Entry = (Fingerprint, u64);

/// Bytes of an entry.
pub(super) const LEN: usize = 24;
/// Bytes of an entry with its own check.
pub(super) const CHECKED: usize = LEN + 4;

pub(super) fn encode((fingerprint, index): &Entry) -> [u8; LEN] {
    let mut bytes = [0; LEN];
    let (head, tail) = bytes.split_at_mut(16);
    head.copy_from_slice(&fingerprint.0);
    tail.copy_from_slice(&index.to_be_bytes());
    bytes
}

pub(super) fn decode(bytes: &[u8; LEN]) -> Entry {
    let mut entry = ([0; 16], [0; 8]);
    let (head, tail) = bytes.split_at(16);
    entry.0.copy_from_slice(head);
    entry.1.copy_from_slice(tail);
    (Fingerprint(entry.0), u64::from_be_bytes(entry.1))
}

pub(super) fn encode_checked(entry: &Entry) -> [u8; CHECKED] {
    let body = encode(entry);
    let mut bytes = [0; CHECKED];
    let (head, check) = bytes.split_at_mut(LEN);
    head.copy_from_slice(&body);
    check.copy_from_slice(&crc32fast::hash(&body).to_be_bytes());
    bytes
}

/// The entry; `None` when it is damaged.
pub(super) fn decode_checked(bytes: &[u8; CHECKED]) -> Option<Entry> {
    let (body, check) = bytes.split_first_chunk::<LEN>()?;
    (crc32fast::hash(body).to_be_bytes() == *check).then(|| decode(body))
}
