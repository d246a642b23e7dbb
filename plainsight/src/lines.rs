//! The lines of an input, in batches that are bounded by lines and by bytes.
//!
//! Of a line that is too long no more is kept than its end.

use std::io::{BufRead, Read, Result};

/// A line, without its line feed; `None` for one that is too long.
pub(crate) type Line = Option<Vec<u8>>;

/// How much is gathered at once.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    /// Lines of a batch.
    pub(crate) lines: usize,
    /// Bytes of a batch, beyond which only the line that reaches them goes.
    pub(crate) bytes: usize,
    /// Bytes of a line.
    pub(crate) longest: usize,
}

/// The next lines of `input`, one at least unless it has ended.
///
/// # Errors
/// When the input cannot be read.
pub(crate) fn batch(input: &mut impl BufRead, bounds: Bounds) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    let mut bytes = 0;
    while lines.len() < bounds.lines && bytes < bounds.bytes {
        let mut line = Vec::new();
        let limit = u64::try_from(bounds.longest + 1).unwrap_or(u64::MAX);
        if input.by_ref().take(limit).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        } else if line.len() > bounds.longest {
            input.skip_until(b'\n')?;
            lines.push(None);
            continue;
        }
        bytes += line.len();
        lines.push(Some(line));
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_bounded_and_long_lines_are_passed_over() -> Result<()> {
        let mut input: &[u8] = b"a\n\nbcd\nfar too long\nxy\nz";
        let bounds = Bounds { lines: 3, bytes: 100, longest: 4 };
        let line = |text: &str| Some(text.as_bytes().to_vec());
        assert_eq!(batch(&mut input, bounds)?, [line("a"), line(""), line("bcd")]);
        assert_eq!(batch(&mut input, bounds)?, [None, line("xy"), line("z")]);
        assert!(batch(&mut input, bounds)?.is_empty());

        let mut input: &[u8] = b"abcd\nef\n";
        let few = Bounds { bytes: 3, ..bounds };
        assert_eq!(batch(&mut input, few)?, [line("abcd")]);
        assert_eq!(batch(&mut input, few)?, [line("ef")]);
        Ok(())
    }
}
