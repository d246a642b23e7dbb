//! Undoes the content codings of the *recorded copy* of a body, as it arrives (RFC 9110, 8.4.1).
//!
//! Knows `gzip`, `deflate`, `br`, `zstd` and `identity`, and up to two of them on top of each
//! other. Bounded twice, in decoded bytes and in how many decoded bytes one coded byte may give,
//! so that a bomb costs no more than its bound.
//!
//! It does not touch the body that is forwarded, and it does not encode.

mod brotli;
mod deflate;
mod gzip;
mod zstd;

use thiserror::Error;

/// How much a body may decode to.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Decoded bytes that are given out at most.
    pub max_decoded: u64,
    /// Decoded bytes that one coded byte may give, once [`Limits::GRACE`] bytes are decoded.
    pub max_ratio: u64,
}

impl Limits {
    /// Decoded bytes below which no ratio is looked at: short texts compress as they like.
    pub const GRACE: u64 = 1 << 20;
}

impl Default for Limits {
    /// 64 MiB, and a ratio of 200: language compresses about 4 to 1, `deflate` ends at 1032.
    fn default() -> Self {
        Self { max_decoded: 64 << 20, max_ratio: 200 }
    }
}

/// A `Content-Encoding` that cannot be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UnknownCoding {
    /// The coding is none of those known.
    #[error("content coding is not known")]
    Name,
    /// The coding needs more memory than there is.
    #[error("content coding has no memory to work in")]
    Memory,
    /// More than two codings on top of each other.
    #[error("body has more than two content codings")]
    Depth,
}

/// Why decoding stopped before the coded bytes ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Stop {
    /// The bytes are not of the coding that was announced, or a checksum is wrong.
    #[error("coded body is damaged")]
    Damaged,
    /// More decoded bytes than [`Limits::max_decoded`].
    #[error("decoded body is larger than the limit")]
    TooLarge,
    /// More decoded bytes for each coded one than [`Limits::max_ratio`].
    #[error("coded body expands more than the limit")]
    TooDense,
}

/// How decoding ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Decoded bytes that were given out.
    pub decoded: u64,
    /// The coded bytes broke off before their end mark.
    pub truncated: bool,
    /// Decoding stopped early, and why.
    pub stop: Option<Stop>,
}

impl Ending {
    /// Whether all of the body was decoded.
    pub fn is_whole(&self) -> bool {
        !self.truncated && self.stop.is_none()
    }
}

/// What one step of a coding did.
struct Step {
    /// Coded bytes taken.
    read: usize,
    /// Decoded bytes put out.
    written: usize,
    /// It can go no further before there is more input.
    starved: bool,
}

/// One coding's state.
enum Coding {
    Gzip(gzip::Gzip),
    Deflate(deflate::Deflate),
    Brotli(Box<brotli::Brotli>),
    Zstd(zstd::Zstd),
}

impl Coding {
    fn named(name: &str) -> Result<Option<Self>, UnknownCoding> {
        Ok(Some(match name.to_ascii_lowercase().as_str() {
            "" | "identity" => return Ok(None),
            "gzip" | "x-gzip" => Self::Gzip(gzip::Gzip::default()),
            "deflate" => Self::Deflate(deflate::Deflate::default()),
            "br" => Self::Brotli(Box::default()),
            "zstd" => Self::Zstd(zstd::Zstd::new().map_err(|_| UnknownCoding::Memory)?),
            _ => return Err(UnknownCoding::Name),
        }))
    }

    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, Stop> {
        match self {
            Self::Gzip(gzip) => gzip.step(input, output),
            Self::Deflate(deflate) => deflate.step(input, output),
            Self::Brotli(brotli) => brotli.step(input, output),
            Self::Zstd(zstd) => zstd.step(input, output),
        }
    }

    /// Whether the coded bytes may end here.
    fn is_at_end(&self) -> bool {
        match self {
            Self::Gzip(gzip) => gzip.is_at_end(),
            Self::Deflate(deflate) => deflate.is_at_end(),
            Self::Brotli(brotli) => brotli.is_at_end(),
            Self::Zstd(zstd) => zstd.is_at_end(),
        }
    }
}

/// Decodes a body piece by piece.
pub struct Decoder {
    /// The last coding that was applied comes first.
    codings: Vec<Coding>,
    limits: Limits,
    coded: u64,
    decoded: u64,
    stop: Option<Stop>,
}

impl Decoder {
    /// A decoder for the value of a `Content-Encoding` field; empty means `identity`.
    ///
    /// # Errors
    /// When a coding is not known, or more than two are stacked.
    pub fn new(content_encoding: &str, limits: Limits) -> Result<Self, UnknownCoding> {
        let mut codings = Vec::new();
        for name in content_encoding.split(',').rev() {
            codings.extend(Coding::named(name.trim())?);
        }
        if codings.len() > 2 {
            return Err(UnknownCoding::Depth);
        }
        Ok(Self { codings, limits, coded: 0, decoded: 0, stop: None })
    }

    /// Takes the next coded bytes and gives the decoded ones to `sink`. After a [`Stop`] the rest
    /// is ignored.
    pub fn push(&mut self, coded: &[u8], sink: &mut dyn FnMut(&[u8])) {
        if self.stop.is_some() {
            return;
        }
        self.coded += coded.len() as u64;
        let mut bounded =
            Bounded { limits: self.limits, coded: self.coded, decoded: &mut self.decoded, sink };
        self.stop = decode(&mut self.codings, coded, &mut bounded).err();
    }

    /// Ends the body. An empty body is whole, whatever its coding.
    pub fn finish(self) -> Ending {
        let at_end = self.codings.iter().all(Coding::is_at_end);
        Ending {
            decoded: self.decoded,
            truncated: self.stop.is_none() && self.coded > 0 && !at_end,
            stop: self.stop,
        }
    }
}

/// Counts what comes out, and stops it at the limits.
struct Bounded<'a> {
    limits: Limits,
    coded: u64,
    decoded: &'a mut u64,
    sink: &'a mut dyn FnMut(&[u8]),
}

impl Bounded<'_> {
    fn put(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        let room = usize::try_from(self.limits.max_decoded - *self.decoded).unwrap_or(usize::MAX);
        let fits = bytes.get(..room).unwrap_or(bytes);
        *self.decoded += fits.len() as u64;
        (self.sink)(fits);
        if fits.len() < bytes.len() {
            return Err(Stop::TooLarge);
        }
        let allowed = self.coded.saturating_mul(self.limits.max_ratio).max(Limits::GRACE);
        if *self.decoded > allowed { Err(Stop::TooDense) } else { Ok(()) }
    }
}

/// Runs `input` through the codings in turn. At most two deep.
fn decode(codings: &mut [Coding], input: &[u8], out: &mut Bounded<'_>) -> Result<(), Stop> {
    let Some((first, rest)) = codings.split_first_mut() else {
        return out.put(input);
    };
    let mut input = input;
    let mut buffer = [0_u8; 16 * 1024];
    loop {
        let step = first.step(input, &mut buffer)?;
        input = input.get(step.read..).unwrap_or_default();
        if let Some(decoded @ [_, ..]) = buffer.get(..step.written) {
            decode(rest, decoded, out)?;
        }
        if step.starved && input.is_empty() {
            return Ok(());
        }
        if step.read == 0 && step.written == 0 {
            // Input that no coding wants: bytes after the end.
            return if input.is_empty() { Ok(()) } else { Err(Stop::Damaged) };
        }
    }
}
