//! How fast a core looks through texts, beside a plain read of the same bytes.
//!
//! One thread, and the best of several rounds, since the machine is seldom ours alone.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use inspect::Inspector;
use model::Origin;

use super::ours::NoKeys;
use super::texts::Text;

/// A message's usual size.
const MESSAGE: usize = 2048;
const ROUNDS: usize = 40;
/// Messages that are timed together: more than a core's first cache holds.
const BLOCK: usize = 128;
const HEAD: &str = "\n### Speed\n\nOne thread, messages of 2 KB, best of forty rounds. `find` is detection, `scan` is detection, signs of an\nattack and redaction; the read is `memchr` for a byte that is not there.\n\n| text | find | scan | read | find ÷ read | characters to a finding |\n|---|---|---|---|---|---|\n";

/// Megabytes a second of each text, as a table.
pub(crate) fn table(inspector: &Inspector, texts: &[Text]) -> String {
    let mut table = HEAD.to_owned();
    for text in texts {
        let messages = messages(&text.text);
        let find = rate(&messages, |message| inspector.is_clean(message));
        let scan = rate(&messages, |message| findings(inspector, message) == 0);
        let read = rate(&messages, |message| memchr::memchr(1, message.as_bytes()).is_none());
        let found: usize = messages.iter().map(|message| findings(inspector, message)).sum();
        let between = text.text.chars().count().checked_div(found);
        let _ = writeln!(
            table,
            "| {} | {find:.0} MB/s | {scan:.0} MB/s | {read:.0} MB/s | {:.4} | {} |",
            text.name,
            find / read,
            between.map_or_else(|| "none".to_owned(), |count| count.to_string()),
        );
    }
    table
}

fn findings(inspector: &Inspector, message: &str) -> usize {
    inspector.scan(message, Origin::User, &NoKeys).sensitive.len()
}

/// The text in messages, cut between characters.
fn messages(text: &str) -> Vec<&str> {
    let mut messages = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (message, after) = rest.split_at(boundary(rest));
        messages.push(message);
        rest = after;
    }
    messages
}

/// Where a first message may end.
fn boundary(text: &str) -> usize {
    let is_boundary = |end: &usize| text.is_char_boundary(*end);
    (MESSAGE..text.len()).find(is_boundary).unwrap_or(text.len())
}

/// Megabytes a second. Of each block of messages the best round counts, so that only a block
/// suffers where another program takes the core.
fn rate(messages: &[&str], look: impl Fn(&str) -> bool) -> f64 {
    let round = |block: &[&str]| {
        let begin = Instant::now();
        for message in block {
            black_box(look(black_box(message)));
        }
        begin.elapsed().as_secs_f64()
    };
    let best = |block: &[&str]| (0..ROUNDS).map(|_| round(block)).fold(f64::INFINITY, f64::min);
    let seconds: f64 = messages.chunks(BLOCK).map(best).sum();
    let bytes: usize = messages.iter().map(|message| message.len()).sum();
    bytes as f64 / seconds / 1e6
}
