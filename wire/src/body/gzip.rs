//! The `gzip` coding (RFC 1952), several members included.
//!
//! It does not keep what a header says beside the data: name, comment and time are skipped.

use flate2::Crc;

use super::deflate::Inflate;
use super::{Step, Stop};

/// The state of a `gzip` body.
pub(super) struct Gzip {
    part: Part,
    crc: Crc,
}

/// Where in a member the next byte belongs.
enum Part {
    /// The fixed ten bytes of the header.
    Header { seen: usize, flags: u8 },
    /// The two length bytes of the extra field.
    ExtraLength { flags: u8, low: Option<u8> },
    /// The extra field.
    Extra { flags: u8, left: u16 },
    /// A zero-terminated text: the name or the comment.
    Text { flags: u8 },
    /// The header's checksum.
    HeaderCrc { left: u8 },
    /// The compressed data.
    Data(Box<Inflate>),
    /// CRC-32 and length, little-endian.
    Trailer { bytes: [u8; 8], seen: usize },
}

const HAS_CRC: u8 = 0x02;
const HAS_EXTRA: u8 = 0x04;
const HAS_NAME: u8 = 0x08;
const HAS_COMMENT: u8 = 0x10;

impl Default for Gzip {
    fn default() -> Self {
        Self { part: Part::Header { seen: 0, flags: 0 }, crc: Crc::new() }
    }
}

impl Gzip {
    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, Stop> {
        if let Part::Data(inflate) = &mut self.part {
            let step = inflate.step(input, output)?;
            self.crc.update(output.get(..step.written).unwrap_or_default());
            if inflate.ended {
                self.part = Part::Trailer { bytes: [0; 8], seen: 0 };
            }
            return Ok(step);
        }
        let mut read = 0;
        for byte in input {
            self.take_byte(*byte)?;
            read += 1;
            if matches!(self.part, Part::Data(_)) {
                break;
            }
        }
        Ok(Step { read, written: 0, starved: read == input.len() })
    }

    /// Between two members, or after the last.
    pub(super) fn is_at_end(&self) -> bool {
        matches!(self.part, Part::Header { seen: 0, .. })
    }

    fn take_byte(&mut self, byte: u8) -> Result<(), Stop> {
        match &mut self.part {
            Part::Header { seen, flags } => {
                match (*seen, byte) {
                    (0, 0x1f) | (1, 0x8b) | (2, 8) | (4.., _) => {}
                    (3, new) => *flags = new,
                    _ => return Err(Stop::Damaged),
                }
                *seen += 1;
                if *seen == 10 {
                    self.part = after_header(*flags);
                }
            }
            Part::ExtraLength { low: low @ None, .. } => *low = Some(byte),
            Part::ExtraLength { flags, low: Some(low) } => {
                self.part = match u16::from_le_bytes([*low, byte]) {
                    0 => after_header(*flags),
                    left => Part::Extra { flags: *flags, left },
                };
            }
            Part::Extra { flags, left } => {
                *left -= 1;
                if *left == 0 {
                    self.part = after_header(*flags);
                }
            }
            Part::Text { flags } if byte == 0 => self.part = after_header(*flags),
            Part::HeaderCrc { left } if *left > 1 => *left -= 1,
            Part::HeaderCrc { .. } => self.part = after_header(0),
            Part::Text { .. } | Part::Data(_) => {}
            Part::Trailer { bytes, seen } => {
                if let Some(place) = bytes.get_mut(*seen) {
                    *place = byte;
                }
                *seen += 1;
                if *seen == bytes.len() {
                    let expected = u64::from_le_bytes(*bytes);
                    return self.end_member(expected);
                }
            }
        }
        Ok(())
    }

    fn end_member(&mut self, trailer: u64) -> Result<(), Stop> {
        let actual = u64::from(self.crc.sum()) | (u64::from(self.crc.amount()) << 32);
        *self = Self::default();
        if actual == trailer { Ok(()) } else { Err(Stop::Damaged) }
    }
}

/// The optional part that comes next, by the flags of those that are still to come.
fn after_header(flags: u8) -> Part {
    if flags & HAS_EXTRA != 0 {
        Part::ExtraLength { flags: flags & !HAS_EXTRA, low: None }
    } else if flags & HAS_NAME != 0 {
        Part::Text { flags: flags & !HAS_NAME }
    } else if flags & HAS_COMMENT != 0 {
        Part::Text { flags: flags & !HAS_COMMENT }
    } else if flags & HAS_CRC != 0 {
        Part::HeaderCrc { left: 2 }
    } else {
        Part::Data(Box::new(Inflate::new(false)))
    }
}
