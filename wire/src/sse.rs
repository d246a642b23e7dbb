//! Reads a stream of Server-Sent Events as it arrives (WHATWG HTML, section 9.2.6).
//!
//! Lines may end in LF, CR or CRLF, a leading byte order mark is skipped, comments and unknown
//! fields are ignored. Text that is not UTF-8 is read with replacement characters. An event larger
//! than the bound is skipped and counted. One deliberate difference from the standard: what stands
//! before the end of the stream without its blank line is given out too, because a recorder wants
//! what a broken connection had delivered.
//!
//! It does not look into the data, and it does not reconnect.

use std::borrow::Cow;

/// One event, as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// The `event` field; `message` where there is none.
    pub name: Cow<'a, str>,
    /// The `data` lines, joined by line feeds.
    pub data: Cow<'a, str>,
    /// The last `id` seen up to this event; empty where there is none.
    pub id: Cow<'a, str>,
}

/// An incremental reader. Memory is bounded by about three times the event size it was made with.
#[derive(Debug)]
pub struct Reader {
    max_event: usize,
    /// The beginning of a line whose end has not arrived.
    line: Vec<u8>,
    /// The pending line is larger than an event may be; `line` holds only its beginning.
    line_too_long: bool,
    /// The last byte was a CR, so that an LF now belongs to it.
    after_cr: bool,
    /// No line has been read, so a byte order mark may come.
    at_start: bool,
    block: Block,
    id: Vec<u8>,
    retry: Option<u64>,
    oversized: u64,
}

/// The fields of the event that is being read.
#[derive(Debug, Default)]
struct Block {
    name: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    /// Bytes of its lines so far.
    size: usize,
    too_large: bool,
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl Reader {
    /// A reader that skips events of more than `max_event` bytes.
    pub fn new(max_event: usize) -> Self {
        Self {
            max_event,
            line: Vec::new(),
            line_too_long: false,
            after_cr: false,
            at_start: true,
            block: Block::default(),
            id: Vec::new(),
            retry: None,
            oversized: 0,
        }
    }

    /// Reads the next bytes and gives each event that they complete to `sink`.
    pub fn push(&mut self, bytes: &[u8], sink: &mut dyn FnMut(Event<'_>)) {
        let mut rest = bytes;
        if self.after_cr && !rest.is_empty() {
            self.after_cr = false;
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        }
        while let Some(end) = memchr::memchr2(b'\n', b'\r', rest) {
            let (line, tail) = rest.split_at(end);
            self.end_line(line, sink);
            let was_cr = tail.first() == Some(&b'\r');
            rest = tail.get(1..).unwrap_or_default();
            if was_cr && rest.is_empty() {
                self.after_cr = true;
            } else if was_cr {
                rest = rest.strip_prefix(b"\n").unwrap_or(rest);
            }
        }
        self.keep(rest);
    }

    /// Ends the stream, and gives the event that had no blank line after it to `sink`.
    pub fn finish(&mut self, sink: &mut dyn FnMut(Event<'_>)) {
        if !self.line.is_empty() || self.line_too_long {
            self.end_line(b"", sink);
        }
        self.dispatch(sink);
    }

    /// How many events were larger than the bound, and skipped.
    pub fn oversized(&self) -> u64 {
        self.oversized
    }

    /// The last reconnection time that the stream named, milliseconds.
    pub fn retry(&self) -> Option<u64> {
        self.retry
    }

    fn keep(&mut self, bytes: &[u8]) {
        // The mark may be cut in two, and does not count.
        let room = (self.max_event + BYTE_ORDER_MARK.len()).saturating_sub(self.line.len());
        self.line_too_long |= bytes.len() > room;
        self.line.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    /// A line ends: `tail` is what came of it since the last call.
    fn end_line(&mut self, tail: &[u8], sink: &mut dyn FnMut(Event<'_>)) {
        if self.line.is_empty() && !self.line_too_long {
            self.read_line(tail, sink);
            return;
        }
        self.keep(tail);
        let line = std::mem::take(&mut self.line);
        if std::mem::take(&mut self.line_too_long) && line.first() != Some(&b':') {
            self.at_start = false;
            self.block.too_large = true;
        } else {
            self.read_line(&line, sink);
        }
        self.line = line;
        self.line.clear();
    }

    fn read_line(&mut self, line: &[u8], sink: &mut dyn FnMut(Event<'_>)) {
        let line = if std::mem::take(&mut self.at_start) {
            line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line)
        } else {
            line
        };
        if line.is_empty() {
            self.dispatch(sink);
        } else if line.first() != Some(&b':') {
            self.read_field(line);
        }
    }

    fn read_field(&mut self, line: &[u8]) {
        self.block.size = self.block.size.saturating_add(line.len());
        self.block.too_large |= self.block.size > self.max_event;
        if self.block.too_large {
            return;
        }
        let (name, value) = match memchr::memchr(b':', line) {
            Some(colon) => {
                let (name, rest) = line.split_at(colon);
                let value = rest.get(1..).unwrap_or_default();
                (name, value.strip_prefix(b" ").unwrap_or(value))
            }
            None => (line, &b""[..]),
        };
        match name {
            b"data" => self.block.push_data(value),
            b"event" => value.clone_into(&mut self.block.name),
            b"id" if !value.contains(&0) => value.clone_into(&mut self.id),
            b"retry" if value.iter().all(u8::is_ascii_digit) => {
                let digits = std::str::from_utf8(value).unwrap_or_default();
                self.retry = digits.parse().ok().or(self.retry);
            }
            _ => {}
        }
    }

    fn dispatch(&mut self, sink: &mut dyn FnMut(Event<'_>)) {
        if self.block.too_large {
            self.oversized += 1;
        } else if self.block.has_data {
            let name = match self.block.name.as_slice() {
                b"" => Cow::Borrowed("message"),
                name => String::from_utf8_lossy(name),
            };
            sink(Event {
                name,
                data: String::from_utf8_lossy(&self.block.data),
                id: String::from_utf8_lossy(&self.id),
            });
        }
        self.block.clear();
    }
}

impl Block {
    fn push_data(&mut self, value: &[u8]) {
        if self.has_data {
            self.data.push(b'\n');
        }
        self.has_data = true;
        self.data.extend_from_slice(value);
    }

    /// Makes ready for the next event, and keeps the memory.
    fn clear(&mut self) {
        self.name.clear();
        self.data.clear();
        self.has_data = false;
        self.size = 0;
        self.too_large = false;
    }
}
