//! How fast a core looks through texts, beside a plain read of the same bytes.
//!
//! One thread. The best of several rounds, since the machine is seldom ours alone.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use inspect::Inspector;
use model::Origin;

use super::ours::NoKeys;
use super::prose::Text;

/// A message's usual size.
const PIECE: usize = 2048;
const ROUNDS: usize = 7;

/// Megabytes a second of each text, as a table.
pub(crate) fn table(inspector: &Inspector, texts: &[Text]) -> String {
    let mut table = "\n### Speed\n\nOne thread, messages of 2 KB, best of seven rounds. `find` is detection, `scan` is detection, signs of an\nattack and redaction; the read is `memchr` for a byte that is not there.\n\n| text | find | scan | read | find ÷ read | characters to a finding |\n|---|---|---|---|---|---|\n".to_owned();
    for text in texts {
        let pieces = pieces(&text.text);
        let bytes: usize = pieces.iter().map(|piece| piece.len()).sum();
        let find = rate(bytes, || all(&pieces, |piece| inspector.is_clean(piece)));
        let mut findings = 0;
        let scan = rate(bytes, || findings = scan(inspector, &pieces));
        let read =
            rate(bytes, || all(&pieces, |piece| memchr::memchr(1, piece.as_bytes()).is_none()));
        let _ = writeln!(
            table,
            "| {} | {find:.0} MB/s | {scan:.0} MB/s | {read:.0} MB/s | {:.4} | {} |",
            text.name,
            find / read,
            text.text
                .chars()
                .count()
                .checked_div(findings)
                .map_or("none".to_owned(), |n| n.to_string()),
        );
    }
    table
}

/// The text in messages, cut between characters.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(boundary(rest));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// Where a first message may end.
fn boundary(text: &str) -> usize {
    let is_boundary = |end: &usize| text.is_char_boundary(*end);
    (PIECE..text.len()).find(is_boundary).unwrap_or(text.len())
}

fn all(pieces: &[&str], look: impl Fn(&str) -> bool) {
    for piece in pieces {
        black_box(look(black_box(piece)));
    }
}

fn scan(inspector: &Inspector, pieces: &[&str]) -> usize {
    let found = |piece: &&str| inspector.scan(piece, Origin::User, &NoKeys).sensitive.len();
    pieces.iter().map(found).sum()
}

/// Megabytes a second in the best round.
fn rate(bytes: usize, mut look: impl FnMut()) -> f64 {
    let mut round = || {
        let begin = Instant::now();
        look();
        begin.elapsed().as_secs_f64()
    };
    let best = (0..ROUNDS).map(|_| round()).fold(f64::INFINITY, f64::min);
    bytes as f64 / best / 1e6
}
