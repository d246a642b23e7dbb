//! The `br` coding (RFC 7932). Its window is at most 16 MiB.
//!
//! It does not know the large-window extension, which is not part of the coding.

use brotli::enc::StandardAlloc;
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState};

use super::{Step, Stop};

/// The state of a `br` body.
pub(super) struct Brotli {
    state: BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>,
    written: usize,
    ended: bool,
}

impl Default for Brotli {
    fn default() -> Self {
        let memory = StandardAlloc::default;
        let state = BrotliState::new_strict(memory(), memory(), memory());
        Self { state, written: 0, ended: false }
    }
}

impl Brotli {
    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, Stop> {
        if self.ended {
            return Ok(Step { read: 0, written: 0, starved: true });
        }
        let (mut input_left, mut output_left) = (input.len(), output.len());
        let (mut read, mut written) = (0, 0);
        let result = BrotliDecompressStream(
            &mut input_left,
            &mut read,
            input,
            &mut output_left,
            &mut written,
            output,
            &mut self.written,
            &mut self.state,
        );
        self.ended = matches!(result, BrotliResult::ResultSuccess);
        match result {
            BrotliResult::ResultFailure => Err(Stop::Damaged),
            BrotliResult::NeedsMoreOutput => Ok(Step { read, written, starved: false }),
            BrotliResult::NeedsMoreInput | BrotliResult::ResultSuccess => {
                Ok(Step { read, written, starved: true })
            }
        }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.ended
    }
}
