//! The file that takes new entries: a header, then a frame for each batch.
//!
//! ```text
//! header  "once-log", version u32, hour i64, CRC-32 of these
//! frame   entries u32, from u64, through u64, CRC-32 of these and the entries; the entries
//! ```
//!
//! A frame says which ledger indexes are known with it. After the first frame that is torn or
//! damaged nothing is read: its indexes are then missing, and are read from the ledger again.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use super::coverage::{Coverage, Range};
use super::entry::{self, Entry};
use super::file;

const MAGIC: &[u8; 8] = b"once-log";
const VERSION: u32 = 1;
const HEADER: usize = 24;
const FRAME: usize = 24;
/// Entries of one frame.
pub(super) const FRAME_ENTRIES: usize = 4096;
/// Entries of one file, at most. A table may have fewer: a file keeps what came twice.
const MOST: usize = 1 << 19;

/// What a log file holds.
#[derive(Debug, PartialEq)]
pub struct Run {
    /// Hours since the epoch.
    pub hour: i64,
    /// Fingerprints and ledger indexes, in the order they were written.
    pub entries: Vec<Entry>,
    /// How the file ends.
    pub end: End,
    pub(super) covers: Coverage,
}

/// How a file ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With a whole frame.
    Whole,
    /// Within a frame: the last write did not come to its end.
    Torn,
    /// With a frame that does not match its check.
    Damaged,
}

/// Reads a log file of the once index, up to the first frame that is torn or damaged. Memory is
/// bounded whatever `reader` gives.
///
/// # Errors
/// When it is no such file, or cannot be read.
pub fn parse_run(mut reader: impl Read) -> io::Result<Run> {
    let mut header = [0; HEADER];
    reader.read_exact(&mut header)?;
    let hour = decode_header(&header).ok_or(io::ErrorKind::InvalidData)?;
    let mut run = Run { hour, entries: Vec::new(), end: End::Whole, covers: Coverage::default() };
    let mut body = Vec::new();
    run.end = loop {
        if let Some(end) = read_frame(&mut reader, &mut body, &mut run)? {
            break end;
        }
    };
    Ok(run)
}

/// Adds a frame to the run; gives the end when there is none.
fn read_frame(
    reader: &mut impl Read,
    body: &mut Vec<u8>,
    run: &mut Run,
) -> io::Result<Option<End>> {
    let mut head = [0; FRAME];
    match fill(reader, &mut head)? {
        0 => return Ok(Some(End::Whole)),
        FRAME => {}
        _ => return Ok(Some(End::Torn)),
    }
    let (fields, check) = head.split_at(FRAME - 4);
    let count = usize::try_from(number(fields, 0, 4)).unwrap_or(usize::MAX);
    if count > FRAME_ENTRIES || run.entries.len() + count > MOST {
        return Ok(Some(End::Damaged));
    }
    body.resize(count * entry::LEN, 0);
    if fill(reader, body)? < body.len() {
        return Ok(Some(End::Torn));
    }
    if checksum(fields, body).to_be_bytes() != *check {
        return Ok(Some(End::Damaged));
    }
    run.entries.extend(body.as_chunks().0.iter().map(entry::decode));
    run.covers.add((number(fields, 4, 8), number(fields, 12, 8)));
    Ok(None)
}

/// Reads until `bytes` is full or nothing follows.
fn fill(reader: &mut impl Read, bytes: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while let Some(rest @ [_, ..]) = bytes.get_mut(length..) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

/// A frame of at most [`FRAME_ENTRIES`] entries.
pub(super) fn encode_frame(entries: &[Entry], covers: Range) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(FRAME + entries.len() * entry::LEN);
    bytes.extend_from_slice(&u32::try_from(entries.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend_from_slice(&covers.0.to_be_bytes());
    bytes.extend_from_slice(&covers.1.to_be_bytes());
    bytes.extend_from_slice(&[0; 4]);
    for entry in entries {
        bytes.extend_from_slice(&entry::encode(entry));
    }
    let (head, body) = bytes.split_at_mut(FRAME);
    let (fields, check) = head.split_at_mut(FRAME - 4);
    check.copy_from_slice(&checksum(fields, body).to_be_bytes());
    bytes
}

pub(super) fn encode_header(hour: i64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&VERSION.to_be_bytes());
    bytes.extend_from_slice(&hour.to_be_bytes());
    let check = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&check.to_be_bytes());
    bytes
}

fn decode_header(bytes: &[u8; HEADER]) -> Option<i64> {
    let hour = i64::from_be_bytes(*bytes.get(12..)?.first_chunk()?);
    (encode_header(hour) == bytes).then_some(hour)
}

fn checksum(fields: &[u8], body: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(fields);
    hasher.update(body);
    hasher.finalize()
}

/// The big-endian number at `at`.
pub(super) fn number(bytes: &[u8], at: usize, length: usize) -> u64 {
    let bytes = bytes.get(at..at + length).unwrap_or_default();
    bytes.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

/// What a log is written to.
pub(super) trait Medium: Write {
    /// Drops what lies after `length` bytes.
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

impl Medium for File {
    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
}

/// A log that takes frames.
#[derive(Debug)]
pub(super) struct Log<M = File> {
    pub(super) medium: M,
    /// Bytes up to the end of the last whole frame.
    whole: u64,
    is_torn: bool,
}

impl Log {
    pub(super) fn create(dir: &Path, path: &Path, hour: i64) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create_new(true).open(path)?;
        let log = Self::begin(file, hour).and_then(|log| file::sync(dir).map(|()| log));
        if log.is_err() {
            // A file without a header holds nothing.
            let _ = std::fs::remove_file(path);
        }
        log
    }
}

impl<M: Medium> Log<M> {
    pub(super) fn begin(mut medium: M, hour: i64) -> io::Result<Self> {
        medium.write_all(&encode_header(hour))?;
        Ok(Self { medium, whole: HEADER as u64, is_torn: false })
    }

    /// Appends a frame as a whole, or not at all.
    pub(super) fn append(&mut self, frame: &[u8]) -> io::Result<()> {
        let written = self.medium.write_all(frame);
        match written {
            Ok(()) => self.whole += frame.len() as u64,
            Err(_) => self.is_torn = self.medium.cut(self.whole).is_err(),
        }
        written
    }

    /// Whether another file should take what comes.
    pub(super) const fn is_full(&self) -> bool {
        self.whole > ((MOST - FRAME_ENTRIES) * entry::LEN) as u64
    }

    /// Whether part of a frame could not be taken back, so that what follows would not be read.
    pub(super) const fn is_torn(&self) -> bool {
        self.is_torn
    }
}
