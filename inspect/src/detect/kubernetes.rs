//! Values in a Kubernetes Secret: base 64 under `data`, plain text under `stringData`.

use super::bytes::{at, before, run};
use super::is_placeholder;
use crate::matched::Match;

/// The word that begins a manifest's kind.
pub(super) const KIND: &str = "kind:";
/// How far a document goes on before and behind its kind.
const REACH: usize = 8 << 10;
const SHORTEST: usize = 6;

/// The values of the document whose `kind:` ends at `end`.
pub(super) fn find(text: &str, start: usize, end: usize, matches: &mut Vec<Match>) {
    let bytes = text.as_bytes();
    if !is_secret(bytes, end) || before(bytes, start).is_ascii_alphanumeric() {
        return;
    }
    let mut inside: Option<(usize, bool)> = None;
    let first = document_start(bytes, start);
    for (place, line) in lines(bytes, first, bytes.len().min(end + REACH)) {
        let indent = run(line, 0, REACH, |byte| byte == b' ' || byte == b'\t');
        let content = line.get(indent..).unwrap_or_default().trim_ascii_end();
        if content.starts_with(b"---") || place > end && content.starts_with(KIND.as_bytes()) {
            return;
        }
        match inside {
            Some((outer, plain)) if indent > outer => {
                matches.extend(value(text, place + indent, content, plain));
            }
            _ if content.is_empty() => {}
            _ => inside = block(content).map(|plain| (indent, plain)),
        }
    }
}

/// Whether the kind is that of a secret.
fn is_secret(bytes: &[u8], end: usize) -> bool {
    let place = run(bytes, end, 4, |byte| byte == b' ' || byte == b'"' || byte == b'\'');
    let word = bytes.get(place..place + 6).unwrap_or_default();
    word.eq_ignore_ascii_case(b"secret") && !at(bytes, place + 6).is_ascii_alphanumeric()
}

/// Where the document begins: behind `---`, or another kind.
fn document_start(bytes: &[u8], start: usize) -> usize {
    let from = start.saturating_sub(REACH);
    let window = bytes.get(from..start).unwrap_or_default();
    let bounds = [b"\n---".as_slice(), b"kind:"];
    let last = bounds.iter().filter_map(|bound| memchr::memmem::rfind(window, bound)).max();
    from + last.map_or(0, |place| place + 4)
}

/// The lines between two places, each with its own.
fn lines(bytes: &[u8], from: usize, to: usize) -> impl Iterator<Item = (usize, &[u8])> {
    let text = bytes.get(from..to).unwrap_or_default();
    let mut place = from;
    text.split(|byte| *byte == b'\n').map(move |line| {
        let start = place;
        place += line.len() + 1;
        (start, line)
    })
}

/// Whether a line opens a block of values, and whether those are plain.
fn block(content: &[u8]) -> Option<bool> {
    match content {
        b"data:" => Some(false),
        b"stringData:" => Some(true),
        _ => None,
    }
}

/// The value of a line `name: value`, or of one in a literal block.
fn value(text: &str, place: usize, content: &[u8], plain: bool) -> Option<Match> {
    if content.starts_with(b"#") {
        return None;
    }
    let sign = content.iter().position(|byte| *byte == b':').map_or(0, |sign| sign + 1);
    let quotes = |byte: u8| matches!(byte, b' ' | b'\t' | b'"' | b'\'');
    let begin = run(content, sign, 16, quotes);
    let rest = content.get(begin..)?;
    let trailing = rest.iter().rev().take_while(|byte| quotes(**byte)).count();
    let value = rest.get(..rest.len() - trailing)?;
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    let range = place + begin..place + begin + value.len();
    let shown = text.get(range.clone())?;
    let fits = value.len() >= SHORTEST && (plain || value.iter().all(is_base64));
    (fits && !is_placeholder(shown)).then(|| Match::secret("kubernetes-secret-yaml", range, 0.9))
}
