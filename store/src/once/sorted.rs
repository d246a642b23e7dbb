//! A run on the disk, sorted by fingerprint: a filter says most absences, fences say where to look.
//!
//! ```text
//! header   "once-set", version u32, hour i64, from u64, through u64, entries u64, filter words u64,
//!          CRC-32 of filter and fences, CRC-32 of the header
//! entries  28 bytes each, in order, each with its own CRC-32
//! filter   u64 words
//! fences   the first 8 bytes of the first fingerprint of each page
//! ```
//!
//! Opening reads the header, the filter and the fences, never the entries.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::Path;

use model::Fingerprint;

use super::bloom::Bloom;
use super::coverage::Range;
use super::entry::{self, Entry};
use super::file::Name;
use super::log::number;

const MAGIC: &[u8; 8] = b"once-set";
const VERSION: u32 = 1;
/// Bytes before the entries.
pub(super) const HEADER: usize = 60;
/// Entries between two fences: what one look reads.
pub(super) const PAGE: usize = 128;
/// Bits of a filter for each entry, at most.
pub(super) const BITS: usize = 8;

#[derive(Debug)]
pub(super) struct Sorted {
    pub(super) name: Name,
    pub(super) file: File,
    pub(super) head: Head,
    pub(super) filter: Bloom,
    pub(super) fences: Vec<u64>,
}

/// What a header says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Head {
    pub(super) hour: i64,
    pub(super) covers: Range,
    pub(super) count: u64,
    pub(super) words: u64,
    /// The check of filter and fences.
    pub(super) check: u32,
}

impl Head {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_be_bytes());
        bytes.extend_from_slice(&self.hour.to_be_bytes());
        for field in [self.covers.0, self.covers.1, self.count, self.words] {
            bytes.extend_from_slice(&field.to_be_bytes());
        }
        bytes.extend_from_slice(&self.check.to_be_bytes());
        let check = crc32fast::hash(&bytes);
        bytes.extend_from_slice(&check.to_be_bytes());
        bytes
    }

    fn decode(bytes: &[u8; HEADER]) -> Option<Self> {
        let head = Self {
            hour: number(bytes, 12, 8).cast_signed(),
            covers: (number(bytes, 20, 8), number(bytes, 28, 8)),
            count: number(bytes, 36, 8),
            words: number(bytes, 44, 8),
            check: u32::try_from(number(bytes, 52, 4)).ok()?,
        };
        (head.encode() == bytes).then_some(head)
    }

    fn entry_bytes(&self) -> Option<u64> {
        self.count.checked_mul(entry::CHECKED as u64)
    }

    /// Bytes of filter and fences.
    fn tail_bytes(&self) -> Option<u64> {
        self.count.div_ceil(PAGE as u64).checked_add(self.words)?.checked_mul(8)
    }

    fn file_bytes(&self) -> Option<u64> {
        self.entry_bytes()?.checked_add(self.tail_bytes()?)?.checked_add(HEADER as u64)
    }
}

impl Sorted {
    /// Opens a run. Memory is bounded by the file's own length.
    pub(super) fn open(dir: &Path, name: Name) -> io::Result<Self> {
        let mut file = File::open(name.path(dir))?;
        let mut header = [0; HEADER];
        file.read_exact(&mut header)?;
        let head = Head::decode(&header)
            .filter(|head| head.hour == name.hour)
            .filter(|head| file.metadata().is_ok_and(|is| head.file_bytes() == Some(is.len())));
        let head = head.ok_or(io::ErrorKind::InvalidData)?;
        file.seek(SeekFrom::Start(HEADER as u64 + head.entry_bytes().unwrap_or(0)))?;
        let mut tail = Vec::new();
        file.read_to_end(&mut tail)?;
        let (filter, fences) = decode_tail(&tail, &head).ok_or(io::ErrorKind::InvalidData)?;
        Ok(Self { name, file, head, filter, fences })
    }

    /// The index of a fingerprint. A page that cannot be read has none.
    pub(super) fn get(&self, fingerprint: &Fingerprint) -> Option<u64> {
        if !self.filter.may_have(fingerprint) {
            return None;
        }
        let fence = fence(fingerprint);
        // The one page before the first greater fence, unless pages begin with the same bytes.
        let first = self.fences.partition_point(|known| *known < fence).saturating_sub(1);
        let end = self.fences.partition_point(|known| *known <= fence);
        (first..end).find_map(|page| self.get_in(page, fingerprint))
    }

    fn get_in(&self, page: usize, fingerprint: &Fingerprint) -> Option<u64> {
        let mut bytes = [0; PAGE * entry::CHECKED];
        let first = page * PAGE;
        let count = usize::try_from(self.head.count).ok()?.checked_sub(first)?.min(PAGE);
        let page = bytes.get_mut(..count * entry::CHECKED)?;
        self.file.read_exact_at(page, (HEADER + first * entry::CHECKED) as u64).ok()?;
        let (entries, _) = page.as_chunks::<{ entry::CHECKED }>();
        let place = entries
            .binary_search_by(|entry| entry.get(..16).unwrap_or_default().cmp(&fingerprint.0))
            .ok()?;
        entries.get(place).and_then(entry::decode_checked).map(|(_, index)| index)
    }

    /// All entries, from the first.
    pub(super) fn stream(&self) -> io::Result<Stream> {
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(HEADER as u64))?;
        Ok(Stream { reader: BufReader::with_capacity(1 << 16, file), left: self.head.count })
    }
}

/// Reads entries in order.
pub(super) struct Stream {
    reader: BufReader<File>,
    left: u64,
}

impl Iterator for Stream {
    type Item = io::Result<Entry>;

    /// Damaged entries are passed over: nobody finds them either.
    fn next(&mut self) -> Option<Self::Item> {
        while self.left > 0 {
            self.left -= 1;
            let mut bytes = [0; entry::CHECKED];
            if let Err(error) = self.reader.read_exact(&mut bytes) {
                self.left = 0;
                return Some(Err(error));
            }
            if let Some(entry) = entry::decode_checked(&bytes) {
                return Some(Ok(entry));
            }
        }
        None
    }
}

/// What a fence holds of a fingerprint.
pub(super) fn fence(fingerprint: &Fingerprint) -> u64 {
    number(&fingerprint.0, 0, 8)
}

fn decode_tail(bytes: &[u8], head: &Head) -> Option<(Bloom, Vec<u64>)> {
    if crc32fast::hash(bytes) != head.check {
        return None;
    }
    let numbers = bytes.as_chunks().0.iter().map(|bytes| u64::from_be_bytes(*bytes));
    let mut words: Vec<u64> = numbers.collect();
    let fences = words.split_off(usize::try_from(head.words).ok()?.min(words.len()));
    words.shrink_to_fit();
    Some((Bloom::from_words(words)?, fences))
}
