//! Server-Sent Events, by the standard's own examples and by random cuts.

use proptest::prelude::*;
use wire::sse::{Event, Reader};

use crate::chunk::{cuts, pieces};

type Owned = (String, String, String);

fn read_in(pieces: &[&[u8]], max_event: usize) -> (Vec<Owned>, u64) {
    let mut events = Vec::new();
    let mut reader = Reader::new(max_event);
    let mut sink = |event: Event<'_>| {
        events.push((event.name.into_owned(), event.data.into_owned(), event.id.into_owned()));
    };
    for piece in pieces {
        reader.push(piece, &mut sink);
    }
    reader.finish(&mut sink);
    (events, reader.oversized())
}

fn read(text: &str) -> Vec<Owned> {
    read_in(&[text.as_bytes()], 1 << 20).0
}

fn data(text: &str) -> Vec<String> {
    read(text).into_iter().map(|(_, data, _)| data).collect()
}

#[test]
fn the_examples_of_the_standard() {
    assert_eq!(data("data: YHOO\ndata: +2\ndata: 10\n\n"), ["YHOO\n+2\n10"]);
    let text = ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n";
    let own = |text: &str| text.to_owned();
    assert_eq!(
        read(text),
        [
            (own("message"), own("first event"), own("1")),
            (own("message"), own("second event"), own("")),
            (own("message"), own(" third event"), own("")),
        ]
    );
    assert_eq!(data("data\n\ndata\ndata\n\ndata:"), ["", "\n", ""]);
    assert_eq!(data("data:test\n\ndata: test\n\n"), ["test", "test"]);
}

#[test]
fn every_line_end_and_the_mark() {
    for end in ["\n", "\r", "\r\n"] {
        let text = ["\u{feff}event: add", "data: 1", "", "data: 2", ""].join(end) + end;
        let events = read(&text);
        assert_eq!(events.len(), 2, "{text:?}");
        assert_eq!((events[0].0.as_str(), events[0].1.as_str()), ("add", "1"));
    }
}

#[test]
fn what_has_no_blank_line_after_it_is_given_out() {
    assert_eq!(data("data: whole\n\ndata: bro"), ["whole", "bro"]);
    assert_eq!(data("event: name only\n\n"), [""; 0]);
}

#[test]
fn an_event_too_large_is_skipped_and_counted() {
    let text = format!(
        "data: {}\n\ndata: small\n\n: {}\ndata: after\n\n",
        "x".repeat(100),
        "c".repeat(100)
    );
    let (events, oversized) = read_in(&[text.as_bytes()], 50);
    let data: Vec<_> = events.iter().map(|(_, data, _)| data.as_str()).collect();
    assert_eq!((data, oversized), (vec!["small", "after"], 1));
    let lines = "data: 0123456789\n".repeat(10) + "\ndata: b\n\n";
    assert_eq!(read_in(&[lines.as_bytes()], 50).1, 1);
}

#[test]
fn retry_is_digits_only() {
    let mut reader = Reader::new(100);
    reader.push(b"retry: 1500\nretry: soon\nid: a\0b\ndata: x\n\n", &mut |event| {
        assert_eq!(event.id, "");
    });
    assert_eq!(reader.retry(), Some(1500));
}

proptest! {
    #[test]
    fn any_chunking_gives_the_same_events(
        lines in prop::collection::vec(
            prop::sample::select(vec![
                "data: a", "data:b", "data", ":c", "event: e", "id: 7", "", "", "\u{feff}", "retry: 5",
                "data: 0123456789012345678901234567890123456789", "data: é\u{1f600}",
            ]),
            0..30,
        ),
        ends in prop::collection::vec(prop::sample::select(vec!["\n", "\r", "\r\n"]), 30),
        cuts in cuts(),
    ) {
        let text: String = lines.iter().zip(&ends).flat_map(|(line, end)| [*line, *end]).collect();
        let whole = read_in(&[text.as_bytes()], 32);
        prop_assert_eq!(read_in(&pieces(text.as_bytes(), &cuts), 32), whole);
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..500), cuts in cuts()) {
        let whole = read_in(&[&bytes], 32);
        prop_assert_eq!(read_in(&pieces(&bytes, &cuts), 32), whole);
    }
}
