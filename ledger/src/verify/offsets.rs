//! The offsets beside a segment, compared with where the records are.

use std::io::{self, BufReader, Read as _};
use std::path::Path;

use crate::files::open_regular;
use crate::offsets::OFFSET_LEN;
use crate::problem::Problem;
use crate::segment;

/// The file of offsets beside a segment, compared as the records come.
pub(super) struct Offsets {
    file: Option<io::Result<BufReader<std::fs::File>>>,
    /// How many were compared.
    compared: u64,
    wrong: Option<u64>,
    given_up: bool,
}

impl Offsets {
    pub(super) fn open(dir: &Path, first: u64) -> Self {
        let file = open_regular(&dir.join(segment::offsets_name(first))).transpose();
        Self {
            file: file.map(|file| file.map(BufReader::new)),
            compared: 0,
            wrong: None,
            given_up: false,
        }
    }

    /// Compares the next offset, which should be that of the record `place` in the segment.
    pub(super) fn compare(&mut self, place: u64, at: u64) {
        let Some(Ok(file)) = &mut self.file else {
            return;
        };
        if self.given_up || self.wrong.is_some() || place != self.compared {
            return;
        }
        let mut bytes = [0; 8];
        match file.read_exact(&mut bytes) {
            Ok(()) if u64::from_be_bytes(bytes) == at => self.compared += 1,
            Ok(()) => self.wrong = Some(place),
            // Too short: `verdict` says whether it may be.
            Err(_) => {}
        }
    }

    /// The segment is damaged, so that its offsets say nothing any more.
    pub(super) fn give_up(&mut self) {
        self.given_up = true;
    }

    pub(super) fn given_up(&self) -> bool {
        self.given_up
    }

    /// What is wrong with the file, when the segment has `known` records, `signed` of them signed.
    pub(super) fn verdict(&mut self, first: u64, signed: u64, known: u64) -> Option<Problem> {
        let name = segment::offsets_name(first);
        let file = match &self.file {
            None => {
                return Some(Problem::new(name, "the file is missing").of(first..first + signed));
            }
            Some(Err(error)) => {
                return Some(Problem::new(name, format!("could not read it: {error}")));
            }
            Some(Ok(file)) => file,
        };
        if self.given_up {
            return None;
        }
        let wrong = |place: u64| {
            let what = "the offset is not where the record is";
            Problem::new(&*name, what).at(place * OFFSET_LEN).of_one(first + place)
        };
        if let Some(place) = self.wrong {
            return Some(wrong(place));
        }
        let length = file.get_ref().metadata().map_or(0, |metadata| metadata.len());
        if self.compared < signed || length > known * OFFSET_LEN {
            return Some(wrong(self.compared.min(known)));
        }
        None
    }
}

// A reader does not depend on them; a wrong one only makes it slow, and shows that somebody was there.
