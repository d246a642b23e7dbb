//! Texts in pieces: streams, messages, JSON that is too large or too deep.

use std::fmt::Write as _;

use inspect::Sensitive;
use model::*;
use proptest::prelude::*;
use serde_json::json;

use crate::world::{TestKeys, inspector};

fn streamed(text: &str, cuts: &[usize]) -> Vec<Sensitive> {
    let mut stream = inspector().stream();
    let (mut found, mut place) = (Vec::new(), 0);
    for cut in cuts {
        let mut cut = (*cut).min(text.len()).max(place);
        while !text.is_char_boundary(cut) {
            cut += 1;
        }
        found.extend(stream.push(&text[place..cut]).unwrap());
        place = cut;
    }
    found.extend(stream.push(&text[place..]).unwrap());
    found.extend(stream.finish().unwrap());
    found
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zäé漢]{1,8} ",
        "[0-9]{1,20}[ .-]?",
        Just("4111 1111 1111 1111".to_owned()),
        Just("4111\u{200b}1111\u{200b}1111\u{200b}1111".to_owned()),
        Just("person-1@example.com".to_owned()),
        Just("password=hunter22! ".to_owned()),
        Just("Y29udGFjdCBwZXJzb24tMUBleGFtcGxlLmNvbSB0b2RheQ==".to_owned()),
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_split_gives_the_same(pieces in prop::collection::vec(piece(), 0..16), mut cuts in prop::collection::vec(0_usize..400, 0..6)) {
        let text = pieces.concat();
        cuts.sort_unstable();
        let whole = inspector().scan(&text, Origin::User, &TestKeys).sensitive;
        prop_assert_eq!(streamed(&text, &cuts), whole);
    }
}

#[test]
fn a_long_text_is_inspected_to_its_end_in_any_pieces() {
    let filler = "Nothing to see in this sentence, nor in the next one; it only fills the page.\n";
    let mut text = String::new();
    for number in 0..4 {
        text.push_str(&filler.repeat(9_000));
        writeln!(text, "Grüße an person-{number}@example.com, 4111 1111 1111 1111.").unwrap();
    }
    let scan = inspector().scan(&text, Origin::User, &TestKeys);
    let count = |kind: &str| scan.sensitive.iter().filter(|found| found.kind == kind).count();
    assert_eq!((count("EMAIL_ADDRESS"), count("CREDIT_CARD")), (4, 4));
    assert_eq!(scan.inspection, Inspection::Complete);
    assert_eq!(streamed(&text, &[100, 1 << 20, (1 << 20) + 1, 2_000_001]), scan.sensitive);
}

fn said(role: Role, content: &str) -> Segment {
    Segment { role, origin: role.origin(), ..crate::world::said(content) }
}

fn inspected(content: Vec<Segment>) -> Record {
    let mut record = Record { content, ..Record::default() };
    inspector().inspect(&mut record, &TestKeys);
    record
}

fn texts(record: &Record) -> Vec<&str> {
    record.content.iter().map(text_of).collect()
}

fn text_of(segment: &Segment) -> &str {
    match &segment.body {
        Body::Text { content } => content,
        _ => "",
    }
}

#[test]
fn a_value_that_is_cut_between_messages_goes_out_of_both() {
    let (user, assistant) = (Role::User, Role::Assistant);
    let cases = [
        vec![said(user, "my card is 4111 1111"), said(user, "1111 1111, keep it")],
        vec![
            said(user, "my card is 4111 1111 "),
            said(assistant, "Go on."),
            said(user, "1111 1111"),
        ],
        vec![said(user, "card: 4111"), said(user, "1111"), said(user, "1111"), said(user, "1111")],
        vec![said(user, "write to person-1@exam"), said(user, "ple.com please")],
        vec![said(user, "ghp_0123456789abcd"), said(user, "ef0123456789abcdef0123 and more")],
    ];
    for case in cases {
        let record = inspected(case);
        let all = texts(&record).concat();
        for left in ["1111,", "4111", "exam", "ple.com", "ef0123", "ghp_"] {
            assert!(!all.contains(left), "{left} is left in {all}");
        }
        assert!(record.findings.len() >= 2, "{:?}", record.findings);
        let first = record.findings[0].fingerprint;
        assert!(record.findings.iter().all(|found| found.fingerprint == first));
        let mut again = record.clone();
        inspector().inspect(&mut again, &TestKeys);
        assert_eq!(texts(&again), texts(&record));
    }
}

#[test]
fn messages_that_end_and_begin_with_numbers_keep_them() {
    let record = inspected(vec![
        said(Role::User, "how much is 48213"),
        said(Role::Assistant, "2 times 24106.5"),
        said(Role::User, "and 4200?"),
    ]);
    assert_eq!(texts(&record), ["how much is 48213", "2 times 24106.5", "and 4200?"]);
}

#[test]
fn json_within_json_beyond_the_bound_is_inspected_as_text_and_says_so() {
    let mut nested =
        json!({"note": "person-1@example.com", "password": "correct horse"}).to_string();
    for _ in 0..6 {
        nested = json!({ "inner": nested }).to_string();
    }
    let record = inspected(vec![said(Role::User, &nested)]);
    let left = texts(&record)[0];
    assert!(!left.contains("person-1") && !left.contains("correct horse"), "{left}");
    assert_eq!(record.inspection, Inspection::Partial);
    let deep = format!("{}\"person-1@example.com\"{}", "[".repeat(200), "]".repeat(200));
    let record = inspected(vec![said(Role::User, &deep)]);
    assert!(!texts(&record)[0].contains("person-1"));
    assert_eq!(record.inspection, Inspection::Partial);
}

#[test]
fn large_json_is_read_as_json() {
    let filler: Vec<String> =
        (0..40_000).map(|number| format!("entry {number} with words in it for size")).collect();
    let text = json!({"list": filler, "credentials": {"deep": {"er": "plain words"}}}).to_string();
    assert!(text.len() > 1 << 20);
    let record = inspected(vec![said(Role::User, &text)]);
    assert!(!texts(&record)[0].contains("plain words"));
    assert_eq!(record.inspection, Inspection::Complete);
}

#[test]
fn a_text_of_more_layers_than_it_may_have_is_dropped() {
    // Every few characters are to be read the other way around.
    let text = "\u{202e}abc".repeat(30_000);
    let record = inspected(vec![said(Role::User, &text), said(Role::User, "and this?")]);
    assert_eq!(record.inspection, Inspection::Partial);
    assert_eq!(texts(&record), ["[not inspected]", "and this?"]);
}

#[test]
fn only_the_exact_form_of_a_pseudonym_is_one() {
    let of = |user: &str| {
        let actor = Actor { user: Some(user.to_owned()), ..Actor::default() };
        let mut record = Record { actor, ..Record::default() };
        inspector().inspect(&mut record, &TestKeys);
        record.actor.user.unwrap()
    };
    assert_eq!(of("u_0123456789abcdef"), "u_0123456789abcdef");
    assert!(!of("u_person-1@example.com").contains("person-1"));
    assert!(
        !of("u_4111111111111111").contains("4111111111111111")
            || of("u_4111111111111111") == "u_4111111111111111"
    );
}

#[test]
fn names_of_files_and_addresses_are_inspected() {
    let reference = |uri: &str| {
        let body =
            Body::Reference { modality: Modality::Image, mime_type: None, uri: uri.to_owned() };
        let mut record =
            Record { content: vec![Segment { body, ..said(Role::User, "") }], ..Record::default() };
        inspector().inspect(&mut record, &TestKeys);
        String::from_utf8(encode(&record)).unwrap()
    };
    for uri in [
        "file:///tmp/person-1@example.com.pdf",
        "https://example.com/users/person-1%40example.com/photo.png",
        "s3://bucket/person-1@example.com/scan.png",
    ] {
        assert!(!reference(uri).contains("person-1"), "{uri}");
    }
    assert!(!reference("file:///tmp/scan_4111111111111111_front.png").contains("4111111111111111"));
}

/// The most memory that this process had at once, in KiB, where the system tells.
fn peak() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

#[test]
fn a_stream_takes_the_same_memory_however_long_it_is() {
    let page = format!("It is person-1@example.com, and goes on.\n{}", " \n".repeat(2_000));
    let piece = page.repeat(16);
    let mut stream = inspector().stream();
    let mut count = 0;
    let mut push = |stream: &mut inspect::Stream<'_>, bytes: usize| {
        for _ in 0..bytes / piece.len() {
            count += stream.push(&piece).unwrap().len();
        }
    };
    push(&mut stream, 3 << 20);
    let before = peak();
    push(&mut stream, 9 << 20);
    let after = peak();
    stream.finish().unwrap();
    assert!(count > 2_000, "{count}");
    // Only where each test has a process of its own does its peak say something.
    if std::env::var_os("NEXTEST").is_some()
        && let (Some(before), Some(after)) = (before, after)
    {
        assert!(after < before + (4 << 10), "{before} KiB, then {after} KiB");
    }
}
