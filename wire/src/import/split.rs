//! Cuts a file into its records as it is read: one a line, the items of an array, or a single
//! document over many lines.
//!
//! In a file of lines a bad one costs only itself. It does not parse what it cuts.

/// A record, or the place of one that is too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A record.
    Record {
        /// Its ordinal in the file, from 1. In a file of lines, the line's number.
        number: u64,
        /// Its bytes, without white space around them.
        bytes: &'a [u8],
    },
    /// A record above the bound. It was skipped.
    TooLarge {
        /// Its ordinal in the file, from 1.
        number: u64,
    },
}

/// Cuts a file into records. Memory is bounded by the size of a record.
#[derive(Debug)]
pub struct Splitter {
    max_record: usize,
    layout: Layout,
    number: u64,
    kept: Vec<u8>,
    too_large: bool,
    depth: u32,
    in_string: bool,
    escaped: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// Nothing but white space has come.
    Unknown,
    /// The first line is being read. If it is whole, the file is one of lines.
    FirstLine,
    Lines,
    /// One array around all.
    Array,
    /// Documents that span lines.
    Documents,
}

impl Splitter {
    /// A splitter that skips records of more than `max_record` bytes.
    pub fn new(max_record: usize) -> Self {
        Self {
            max_record,
            layout: Layout::Unknown,
            number: 0,
            kept: Vec::new(),
            too_large: false,
            depth: 0,
            in_string: false,
            escaped: false,
        }
    }

    /// Takes the next bytes and gives each record that they complete to `sink`.
    pub fn push(&mut self, bytes: &[u8], sink: &mut dyn FnMut(Piece<'_>)) {
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.layout == Layout::Lines {
                rest = self.take_line(rest, sink);
            } else if let Some((byte, tail)) = rest.split_first() {
                self.take_byte(*byte, sink);
                rest = tail;
            }
        }
    }

    /// Ends the file, and gives what stands after the last line's end to `sink`.
    pub fn finish(&mut self, sink: &mut dyn FnMut(Piece<'_>)) {
        if !self.kept.trim_ascii().is_empty() || self.too_large {
            self.emit(sink);
        }
    }

    fn take_line<'a>(&mut self, bytes: &'a [u8], sink: &mut dyn FnMut(Piece<'_>)) -> &'a [u8] {
        let Some(end) = memchr::memchr(b'\n', bytes) else {
            self.keep(bytes);
            return b"";
        };
        let (line, rest) = bytes.split_at(end);
        self.keep(line);
        self.emit(sink);
        rest.get(1..).unwrap_or_default()
    }

    fn take_byte(&mut self, byte: u8, sink: &mut dyn FnMut(Piece<'_>)) {
        if self.layout == Layout::Unknown {
            match byte {
                // Blank lines count, and so does a byte order mark as white space.
                b'\n' => self.number += 1,
                b' ' | b'\t' | b'\r' | 0xef | 0xbb | 0xbf => {}
                b'[' => {
                    self.layout = Layout::Array;
                    self.number = 0;
                }
                _ => self.layout = Layout::FirstLine,
            }
            if self.layout != Layout::FirstLine {
                return;
            }
        }
        let was_in_string = self.in_string;
        self.follow(byte);
        match self.layout {
            Layout::FirstLine if byte == b'\n' && (self.depth == 0 || was_in_string) => {
                self.layout = Layout::Lines;
                self.emit(sink);
            }
            Layout::FirstLine if byte == b'\n' => {
                self.layout = Layout::Documents;
                self.number = 0;
                self.keep(b"\n");
            }
            Layout::Array if self.depth == 0 && !self.in_string && matches!(byte, b',' | b']') => {
                self.end_item(byte, sink);
            }
            Layout::Documents if self.depth == 0 && byte == b'}' => {
                self.keep(b"}");
                self.emit(sink);
            }
            _ => self.keep(&[byte]),
        }
    }

    /// An array's item ends. Its own closing bracket is no part of it.
    fn end_item(&mut self, byte: u8, sink: &mut dyn FnMut(Piece<'_>)) {
        let closes_item = byte == b']' && self.kept.trim_ascii_start().first() == Some(&b'[');
        if closes_item {
            self.keep(b"]");
        } else if !self.kept.trim_ascii().is_empty() || self.too_large {
            self.emit(sink);
        }
    }

    /// Keeps count of brackets and quotes.
    fn follow(&mut self, byte: u8) {
        if self.escaped {
            self.escaped = false;
        } else if self.in_string {
            match byte {
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
        } else {
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth = self.depth.saturating_add(1),
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = self.max_record.saturating_sub(self.kept.len());
        self.too_large |= bytes.len() > room;
        self.kept.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    fn emit(&mut self, sink: &mut dyn FnMut(Piece<'_>)) {
        self.number += 1;
        let number = self.number;
        if self.too_large {
            sink(Piece::TooLarge { number });
        } else if let bytes @ [_, ..] = self.kept.trim_ascii() {
            sink(Piece::Record { number, bytes });
        }
        self.kept.clear();
        self.too_large = false;
        self.depth = 0;
        self.in_string = false;
        self.escaped = false;
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, Splitter};

    fn split(text: &str, chunk: usize) -> Vec<(u64, String)> {
        let mut pieces = Vec::new();
        let mut splitter = Splitter::new(40);
        let mut sink = |piece: Piece<'_>| match piece {
            Piece::Record { number, bytes } => {
                pieces.push((number, String::from_utf8(bytes.to_vec()).unwrap()));
            }
            Piece::TooLarge { number } => pieces.push((number, "too large".to_owned())),
        };
        for bytes in text.as_bytes().chunks(chunk) {
            splitter.push(bytes, &mut sink);
        }
        splitter.finish(&mut sink);
        pieces
    }

    fn expect(text: &str, expected: &[(u64, &str)]) {
        for chunk in [1, 3, text.len()] {
            let found = split(text, chunk);
            let found: Vec<_> =
                found.iter().map(|(number, text)| (*number, text.as_str())).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn lines() {
        expect("{\"a\":1}\n\n{\"b\n{\"c\":3}", &[(1, "{\"a\":1}"), (3, "{\"b"), (4, "{\"c\":3}")]);
        expect("\n{\"a\":1}\r\n", &[(2, "{\"a\":1}")]);
        let long = format!("{{\"a\":\"{}\"}}\n{{}}\n", "x".repeat(50));
        expect(&long, &[(1, "too large"), (2, "{}")]);
    }

    #[test]
    fn an_array() {
        expect(
            "[\n {\"a\": \"],\"},\n {\"b\": [1, 2]}\n]\n",
            &[(1, "{\"a\": \"],\"}"), (2, "{\"b\": [1, 2]}")],
        );
        expect("[[1,2],3]", &[(1, "[1,2]"), (2, "3")]);
        expect("[]", &[]);
    }

    #[test]
    fn a_document_over_lines() {
        expect("{\n \"a\": {\"b\": 1}\n}\n", &[(1, "{\n \"a\": {\"b\": 1}\n}")]);
    }
}
