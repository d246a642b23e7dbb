//! The `deflate` coding: zlib as RFC 9110 says, or raw DEFLATE as some servers send it.
//!
//! It does not check the Adler-32 of the raw form, which has none.

use flate2::{Decompress, FlushDecompress, Status};

use super::{Step, Stop};

/// The state of a `deflate` body.
#[derive(Default)]
pub(super) struct Deflate {
    /// The first byte, until the second shows which of the two forms this is.
    first: Option<u8>,
    inflate: Option<Inflate>,
}

impl Deflate {
    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, Stop> {
        if let Some(inflate) = &mut self.inflate {
            return inflate.step(input, output);
        }
        match (self.first, input) {
            (None, [first, ..]) => {
                self.first = Some(*first);
                Ok(Step { read: 1, written: 0, starved: input.len() == 1 })
            }
            (Some(first), [second, ..]) => {
                let mut inflate = Inflate::new(is_zlib(first, *second));
                // A code is longer than one byte's bits, so the first byte gives no output.
                inflate.step(&[first], output)?;
                self.inflate.insert(inflate).step(input, output)
            }
            (_, []) => Ok(Step { read: 0, written: 0, starved: true }),
        }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.inflate.as_ref().is_some_and(|inflate| inflate.ended)
    }
}

/// The check of RFC 1950, section 2.2.
fn is_zlib(first: u8, second: u8) -> bool {
    first & 0x0f == 8 && u16::from_be_bytes([first, second]).is_multiple_of(31)
}

/// A DEFLATE stream (RFC 1951), with or without the zlib frame.
pub(super) struct Inflate {
    state: Decompress,
    pub(super) ended: bool,
}

impl Inflate {
    pub(super) fn new(zlib: bool) -> Self {
        Self { state: Decompress::new(zlib), ended: false }
    }

    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, Stop> {
        if self.ended {
            return Ok(Step { read: 0, written: 0, starved: true });
        }
        let (read_before, written_before) = (self.state.total_in(), self.state.total_out());
        let status = self
            .state
            .decompress(input, output, FlushDecompress::None)
            .map_err(|_| Stop::Damaged)?;
        self.ended = status == Status::StreamEnd;
        let written = size(self.state.total_out() - written_before);
        Ok(Step {
            read: size(self.state.total_in() - read_before),
            written,
            starved: written < output.len(),
        })
    }
}

fn size(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
