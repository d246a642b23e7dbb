//! Segment files: their names, their header, and reading their frames one after the other.
//!
//! Header, numbers big-endian: magic 8, version 2, zero 2, first index 8, CRC-32 of these 4.

use std::fs;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use crate::files::{SEGMENTS, open_regular};
use crate::frame::{self, Frame, FrameError, Lengths};
use crate::leaf::LEAF_LEN;

/// The bytes before the first frame.
pub(crate) const HEADER_LEN: usize = 24;

const MAGIC: &[u8; 8] = b"plainlog";
const VERSION: u16 = 1;

/// The digits of an index in a file's name; enough for every `u64`.
const DIGITS: usize = 20;

/// How much a sequential reader takes at once.
pub(crate) const SEQUENTIAL: usize = 256 << 10;

/// How much a reader of single records takes at once.
pub(crate) const RANDOM: usize = 8 << 10;

/// The header of the segment that begins with record `first`.
pub(crate) fn header(first: u64) -> [u8; HEADER_LEN] {
    let mut bytes = [0; HEADER_LEN];
    bytes[..8].copy_from_slice(MAGIC);
    bytes[8..10].copy_from_slice(&VERSION.to_be_bytes());
    bytes[12..20].copy_from_slice(&first.to_be_bytes());
    let crc = crc32fast::hash(&bytes[..20]);
    bytes[20..].copy_from_slice(&crc.to_be_bytes());
    bytes
}

/// The path of the segment that begins with record `first`, relative to the log.
pub(crate) fn name(first: u64) -> String {
    format!("{SEGMENTS}/{first:020}.seg")
}

/// The path of its offsets, relative to the log.
pub(crate) fn offsets_name(first: u64) -> String {
    format!("{SEGMENTS}/{first:020}.idx")
}

/// The first index of the file called `name` with that extension; `None` for any other name.
pub(crate) fn parse_name(name: &str, extension: &str) -> Option<u64> {
    let digits = name.strip_suffix(extension)?.strip_suffix('.')?;
    let plain = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

/// The first indexes of all segments, ascending. Files with other names are passed over.
pub(crate) fn list(dir: &Path) -> io::Result<Vec<u64>> {
    let mut firsts = Vec::new();
    for entry in fs::read_dir(dir.join(SEGMENTS))? {
        let name = entry?.file_name();
        firsts.extend(name.to_str().and_then(|name| parse_name(name, "seg")));
    }
    firsts.sort_unstable();
    Ok(firsts)
}

/// The segment that holds record `index`, and the first index of the one after it.
pub(crate) fn containing(firsts: &[u64], index: u64) -> Option<(u64, Option<u64>)> {
    let after = firsts.partition_point(|first| *first <= index);
    let first = firsts.get(after.checked_sub(1)?)?;
    Some((*first, firsts.get(after).copied()))
}

/// What a scanner finds at its place.
#[derive(Debug)]
pub(crate) enum Step<'a> {
    /// A good frame; the scanner now stands behind it.
    Frame(Frame<'a>),
    /// The end of the file.
    End,
    /// Zeros, as in space that is reserved for later frames.
    Blank,
    /// Something that is not the frame that belongs here.
    Bad(FrameError),
}

/// Reads the frames of one segment in order, with bounded memory.
pub(crate) struct Scanner {
    file: fs::File,
    chunk: usize,
    buffer: Vec<u8>,
    buffer_at: u64,
    offset: u64,
    index: u64,
}

/// Why a segment cannot be scanned.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScanError {
    #[error("the file is missing")]
    Missing,
    #[error("the segment's header is damaged")]
    Header,
    #[error("could not read the segment: {0}")]
    Io(#[from] io::Error),
}

impl Scanner {
    /// Opens the segment that begins with record `first` and checks its header. `chunk` bytes are
    /// read at once.
    pub(crate) fn open(dir: &Path, first: u64, chunk: usize) -> Result<Self, ScanError> {
        let path: PathBuf = dir.join(name(first));
        let file = open_regular(&path)?.ok_or(ScanError::Missing)?;
        let mut scanner =
            Self { file, chunk, buffer: Vec::new(), buffer_at: 0, offset: 0, index: first };
        if scanner.peek(HEADER_LEN)? != header(first).as_slice() {
            return Err(ScanError::Header);
        }
        scanner.offset = HEADER_LEN as u64;
        Ok(scanner)
    }

    /// The byte at which the scanner stands.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// The index that the frame at this place should have.
    pub(crate) fn index(&self) -> u64 {
        self.index
    }

    /// The length of the file now.
    pub(crate) fn file_len(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    /// Goes to another place, where record `index` should be.
    pub(crate) fn seek(&mut self, offset: u64, index: u64) {
        self.offset = offset;
        self.index = index;
    }

    /// Up to `length` bytes from here on; fewer at the end of the file.
    fn peek(&mut self, length: usize) -> io::Result<&[u8]> {
        let skip =
            self.offset.checked_sub(self.buffer_at).and_then(|skip| usize::try_from(skip).ok());
        match skip.filter(|skip| *skip <= self.buffer.len()) {
            Some(skip) if self.buffer.len() - skip >= length => {}
            Some(skip) => {
                self.buffer.drain(..skip);
                self.buffer_at = self.offset;
                self.fill(length)?;
            }
            None => {
                self.buffer.clear();
                self.buffer_at = self.offset;
                self.fill(length)?;
            }
        }
        let start = usize::try_from(self.offset - self.buffer_at).unwrap_or(usize::MAX);
        let bytes = self.buffer.get(start..).unwrap_or_default();
        Ok(bytes.get(..length).unwrap_or(bytes))
    }

    /// Reads on until the buffer has `length` bytes or the file ends.
    fn fill(&mut self, length: usize) -> io::Result<()> {
        let target = length.max(self.chunk);
        let mut have = self.buffer.len();
        self.buffer.resize(target.max(have), 0);
        while have < length {
            let at = self.buffer_at + have as u64;
            match self.file.read_at(&mut self.buffer[have..], at) {
                Ok(0) => break,
                Ok(count) => have += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.buffer.truncate(have);
        Ok(())
    }

    /// The length that the frame here says it has, if the file is that long.
    fn frame_len(&mut self) -> io::Result<Result<Option<usize>, FrameError>> {
        let header = self.peek(frame::HEADER_LEN)?;
        let Some(header) = header.first_chunk() else {
            let blank = header.iter().all(|byte| *byte == 0);
            return Ok(if blank { Ok(None) } else { Err(FrameError::Cut) });
        };
        let lengths = match Lengths::parse(header) {
            Ok(Some(lengths)) => lengths,
            Ok(None) => return Ok(Ok(None)),
            Err(error) => return Ok(Err(error)),
        };
        let end = self.offset + lengths.frame() as u64;
        // Asked before the buffer grows, so that a false length cannot claim memory.
        if lengths.frame() > self.chunk && end > self.file_len()? {
            return Ok(Err(FrameError::Cut));
        }
        Ok(Ok(Some(lengths.frame())))
    }

    /// The next frame, and a step behind it if it is good.
    pub(crate) fn next_step(&mut self) -> io::Result<Step<'_>> {
        if self.peek(1)?.is_empty() {
            return Ok(Step::End);
        }
        let length = match self.frame_len()? {
            Ok(Some(length)) => length,
            Ok(None) => return Ok(Step::Blank),
            Err(error) => return Ok(Step::Bad(error)),
        };
        self.peek(length)?;
        let start = usize::try_from(self.offset - self.buffer_at).unwrap_or(usize::MAX);
        match Frame::decode(self.index, self.buffer.get(start..).unwrap_or_default()) {
            Ok(frame) => {
                self.offset += length as u64;
                self.index += 1;
                Ok(Step::Frame(frame))
            }
            Err(error) => Ok(Step::Bad(error)),
        }
    }

    /// Whether the frame of record `index` is at `offset`. Stays where it was.
    pub(crate) fn holds(&mut self, index: u64, offset: u64) -> io::Result<bool> {
        if offset >= self.file_len()? {
            return Ok(false);
        }
        let back = (self.offset, self.index);
        self.seek(offset, index);
        let held = matches!(self.next_step()?, Step::Frame(_));
        self.seek(back.0, back.1);
        Ok(held)
    }

    /// The index in `range` for which the frame here was written, going by its checksum.
    pub(crate) fn index_of(&mut self, range: std::ops::Range<u64>) -> io::Result<Option<u64>> {
        let Ok(Some(length)) = self.frame_len()? else {
            return Ok(None);
        };
        let bytes = self.peek(length)?;
        Ok(if bytes.len() == length { frame::index_of(range, bytes) } else { None })
    }

    /// The next place behind this one where a frame could begin, going by its leaf length and flags.
    pub(crate) fn next_candidate(&mut self) -> io::Result<Option<u64>> {
        let back = self.offset;
        self.offset += 1;
        let found = loop {
            let chunk = self.chunk;
            let bytes = self.peek(chunk)?;
            if bytes.len() < frame::HEADER_LEN {
                break None;
            }
            let (step, place) = (bytes.len() - (MARK_AT + MARK.len() - 1), find_mark(bytes));
            if let Some(place) = place {
                break Some(self.offset + place as u64);
            }
            self.offset += step as u64;
        };
        self.offset = back;
        Ok(found)
    }

    /// Where the frame here ends by its own word, if the file is that long.
    pub(crate) fn stated_end(&mut self) -> io::Result<Option<u64>> {
        let length = self.frame_len()?.ok().flatten();
        Ok(length.map(|length| self.offset + length as u64))
    }

    /// The first byte from here on that is not zero.
    pub(crate) fn first_nonzero(&mut self) -> io::Result<Option<u64>> {
        let back = self.offset;
        let found = loop {
            let chunk = self.chunk;
            let bytes = self.peek(chunk)?;
            if bytes.is_empty() {
                break None;
            }
            let (length, place) = (bytes.len(), bytes.iter().position(|byte| *byte != 0));
            if let Some(place) = place {
                break Some(self.offset + place as u64);
            }
            self.offset += length as u64;
        };
        self.offset = back;
        Ok(found)
    }
}

/// What every frame has behind its payload length: the length of the leaf, and no flags.
const MARK: [u8; 4] = [0, 106, 0, 0];
const _: () = assert!(LEAF_LEN == 106, "the mark has the length of a leaf");
const MARK_AT: usize = 4;

fn find_mark(bytes: &[u8]) -> Option<usize> {
    bytes.get(MARK_AT..)?.windows(MARK.len()).position(|window| window == MARK)
}

// Which records are signed is not known here; a scanner reads whatever is in the file.

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_twenty_digits() {
        assert_eq!(name(7), "segments/00000000000000000007.seg");
        assert_eq!(parse_name("00000000000000000007.seg", "seg"), Some(7));
        for other in [
            "7.seg",
            "00000000000000000007.idx",
            "0000000000000000007x.seg",
            "00000000000000000007seg",
        ] {
            assert_eq!(parse_name(other, "seg"), None, "{other}");
        }
    }

    #[test]
    fn a_record_is_in_the_last_segment_that_begins_at_or_before_it() {
        assert_eq!(containing(&[0, 10, 20], 9), Some((0, Some(10))));
        assert_eq!(containing(&[0, 10, 20], 10), Some((10, Some(20))));
        assert_eq!(containing(&[0, 10, 20], 99), Some((20, None)));
        assert_eq!(containing(&[5], 4), None);
    }
}
