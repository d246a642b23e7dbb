//! Segments that have ended, and those that had hardly begun, while a log is opened.

use std::io;
use std::path::Path;

use crate::offsets;
use crate::problem::Problem;
use crate::segment::{self, RANDOM, ScanError, Scanner, Step};

use super::OpenError;

/// Sees that the segment from `first` holds exactly the records before `next`; by its last offset if
/// that is right, else by reading it through.
pub(super) fn check_sealed(dir: &Path, first: u64, next: u64) -> Result<(), OpenError> {
    let file = segment::name(first);
    let mut scanner = Scanner::open(dir, first, RANDOM).map_err(scan_error(&file))?;
    if ends_with(dir, &mut scanner, first, next).map_err(OpenError::io(&*file))? {
        return Ok(());
    }
    let mut starts = Vec::new();
    let why = loop {
        let at = scanner.offset();
        match scanner.next_step().map_err(OpenError::io(&*file))? {
            Step::Frame(_) => starts.push(at),
            Step::Bad(error) => break error.to_string(),
            Step::End | Step::Blank => {
                break "the segment does not reach to the next one".to_owned();
            }
        }
    };
    let (at, index) = (scanner.offset(), scanner.index());
    if index != next {
        return Err(Problem::new(file, why).at(at).of_one(index).into());
    }
    offsets::write(dir, first, &starts).map_err(OpenError::io(segment::offsets_name(first)))?;
    cut(dir, first, at)
}

/// Whether the last offset leads to record `next - 1`, and that to the end of the file.
fn ends_with(dir: &Path, scanner: &mut Scanner, first: u64, next: u64) -> io::Result<bool> {
    if offsets::count(dir, first)? != Some(next - first) {
        return Ok(false);
    }
    let Some(offset) = offsets::lookup(dir, first, next - 1)? else {
        return Ok(false);
    };
    if !scanner.holds(next - 1, offset)? {
        return Ok(false);
    }
    let begin = (scanner.offset(), scanner.index());
    scanner.seek(offset, next - 1);
    let end = scanner.stated_end()?;
    scanner.seek(begin.0, begin.1);
    Ok(end == Some(scanner.file_len()?))
}

/// Cuts off what lies behind the last record of an ended segment, durably.
pub(super) fn cut(dir: &Path, first: u64, end: u64) -> Result<(), OpenError> {
    let name = segment::name(first);
    let file = std::fs::OpenOptions::new().write(true).open(dir.join(&name));
    let cut = file.and_then(|file| file.set_len(end).and_then(|()| file.sync_all()));
    cut.map_err(OpenError::io(name))
}

/// Whether a segment was being made when the power went: its header is short or blank.
pub(super) fn has_torn_header(dir: &Path, first: u64) -> Result<bool, OpenError> {
    use std::io::Read as _;
    let name = segment::name(first);
    let mut head = Vec::new();
    std::fs::File::open(dir.join(&name))
        .and_then(|file| file.take(segment::HEADER_LEN as u64).read_to_end(&mut head))
        .map_err(OpenError::io(name))?;
    Ok(head.len() < segment::HEADER_LEN || head.iter().all(|byte| *byte == 0))
}

pub(super) fn scan_error(file: &str) -> impl FnOnce(ScanError) -> OpenError {
    let file = file.to_owned();
    move |error| match error {
        ScanError::Io(source) => OpenError::Io { file, source },
        other => Problem::new(file, other.to_string()).into(),
    }
}

// What is in the records is not looked at, unless the offsets are wrong: that is for `verify`.
