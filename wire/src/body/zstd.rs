//! The `zstd` coding (RFC 8878), several frames included.
//!
//! It does not take windows above 8 MiB, which RFC 9659 forbids for the coding.

use zstd::stream::raw::{DParameter, Decoder, Operation};

use super::{Step, Stop};

/// The logarithm of the largest window.
const MAX_WINDOW_LOG: u32 = 23;

/// The state of a `zstd` body.
pub(super) struct Zstd {
    decoder: Decoder<'static>,
    between_frames: bool,
}

impl Zstd {
    /// # Errors
    /// When the library has no memory for it.
    pub(super) fn new() -> Result<Self, Stop> {
        let mut decoder = Decoder::new().map_err(|_| Stop::Damaged)?;
        let window = DParameter::WindowLogMax(MAX_WINDOW_LOG);
        decoder.set_parameter(window).map_err(|_| Stop::Damaged)?;
        Ok(Self { decoder, between_frames: true })
    }

    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, Stop> {
        if input.is_empty() && self.between_frames {
            return Ok(Step { read: 0, written: 0, starved: true });
        }
        let status = self.decoder.run_on_buffers(input, output).map_err(|_| Stop::Damaged)?;
        self.between_frames = status.remaining == 0;
        Ok(Step {
            read: status.bytes_read,
            written: status.bytes_written,
            starved: status.bytes_written < output.len(),
        })
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.between_frames
    }
}
