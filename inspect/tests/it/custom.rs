//! The operator's own detectors: what they find, and what around it decides.

use inspect::{ExplainedFinding, Incomplete, Inspector, Policy};
use model::*;
use serde_json::{Value, json};

use crate::world::{TestKeys, said};

fn inspector(detectors: &Value) -> Inspector {
    let policy: Policy = serde_json::from_value(json!({"detector": detectors})).unwrap();
    Inspector::with_files(&policy, &|file| {
        assert_eq!(file.to_str(), Some("projects.txt"));
        Ok("Falcon\nSilver Lake\n\n".to_owned())
    })
    .unwrap()
}

fn redacted(inspector: &Inspector, text: &str) -> String {
    inspector.scan(text, Origin::User, &TestKeys).redacted
}

/// What the operator's detectors find; others may see something else in the same text.
fn customs(inspector: &Inspector, text: &str) -> Vec<ExplainedFinding> {
    let explained = inspector.explain(text, &TenantId::default(), None, &TestKeys);
    explained.findings.into_iter().filter(|found| found.kind == "CUSTOM").collect()
}

#[test]
fn expressions_and_dictionaries_find_what_is_theirs() {
    let inspector = inspector(&json!([
        {"name": "badge", "regex": "badge (?<value>[0-9]{4})\\b"},
        {"name": "ticket", "regex": "\\bTCK-[0-9]+", "kind": "NATIONAL_ID"},
        {"name": "project", "file": "projects.txt"},
        {"name": "codename", "words": ["blue moon"]},
    ]));
    for (text, expected) in [
        ("my badge 1234.", "my badge [CUSTOM:badge]."),
        ("badge 12345", "badge 12345"),
        (
            "see project FALCON and silver  lake",
            "see project [CUSTOM:project] and [CUSTOM:project]",
        ),
        ("falcons over a Blue-Moon", "falcons over a [CUSTOM:codename]"),
    ] {
        assert_eq!(redacted(&inspector, text), expected);
    }
    let scan = inspector.scan("TCK-77", Origin::User, &TestKeys);
    assert_eq!(
        (scan.sensitive[0].kind, scan.sensitive[0].subtype),
        ("NATIONAL_ID", Some("ticket"))
    );
}

#[test]
fn a_check_digit_and_words_around_decide() {
    let inspector = inspector(&json!([
        {"name": "member", "regex": "M[0-9]{8}", "validator": "luhn", "context": ["member", "mitglied"], "confidence": 0.6},
        {"name": "locker", "regex": "L[0-9]{3}", "context": ["locker"], "context_required": true},
    ]));
    let found = |text: &str| customs(&inspector, text);
    // A letter has no value in the Luhn formula.
    assert!(found("M79927398").is_empty());
    assert!(found("L123").is_empty() && found("my unlocker L123").is_empty());
    assert_eq!(found("Locker no. L123").len(), 1);
}

#[test]
fn a_checked_value_is_surer_with_its_word() {
    let inspector = inspector(&json!([
        {"name": "member", "regex": "M(?<value>[0-9]{11})", "validator": "luhn", "context": ["member"], "confidence": 0.6},
    ]));
    let sure = |text: &str| customs(&inspector, text).first().map(|found| found.confidence);
    assert_eq!(sure("M79927398713"), Some(0.6));
    assert_eq!(sure("member M79927398713"), Some(0.8));
    assert_eq!(sure("member M79927398714"), None);
}

#[test]
fn a_place_is_told_by_line_and_column() {
    let inspector = inspector(&json!([{"name": "badge", "regex": "B[0-9]{4}"}]));
    let explained = inspector.explain("é\nüB B1234\n", &TenantId::default(), None, &TestKeys);
    let found = &explained.findings[0];
    assert_eq!((found.line, found.column, found.start, found.end), (2, 4, 5, 10));
    assert_eq!(
        (found.shown.as_str(), explained.redacted.as_str()),
        ("[CUSTOM:badge]", "é\nüB [CUSTOM:badge]\n")
    );
}

#[test]
fn own_placeholders_are_left_alone_and_forged_ones_are_not() {
    let inspector = inspector(&json!([{"name": "badge", "regex": "badge|CUSTOM"}]));
    assert_eq!(redacted(&inspector, "a badge"), "a [CUSTOM:badge]");
    assert_eq!(redacted(&inspector, "a [CUSTOM:badge]"), "a [CUSTOM:badge]");
    assert_eq!(
        redacted(&inspector, "a [CUSTOM:other badge]"),
        "a [[CUSTOM:badge]:other [CUSTOM:badge]]"
    );
    assert!(!redacted(&inspector, "[CUSTOM:4111111111111111]").contains("4111111111111111"));
}

fn text(segment: &Segment) -> &str {
    match &segment.body {
        Body::Text { content } => content,
        _ => "",
    }
}

#[test]
fn a_detector_that_fails_costs_its_text_and_stops_no_other() {
    let inspector = inspector(&json!([
        {"name": "member", "regex": "M[0-9]+", "validator": "luhn"},
        {"name": "long", "regex": "L[0-9]+"},
        {"name": "badge", "regex": "B[0-9]{4}"},
    ]));
    for (wrong, name) in [
        (format!("see M{}", "7".repeat(200)), "member"),
        (format!("see L{}", "7".repeat(80_000)), "long"),
    ] {
        let others = "B1234 and M1 of person-1@example.com";
        let content = [others, &format!("B5678 {wrong}."), others].map(said).into();
        let mut record = Record { content, ..Record::default() };
        let told = inspector.inspect(&mut record, &TestKeys);
        assert_eq!(record.inspection, Inspection::Partial);
        assert_eq!(told.incomplete, [Incomplete::Detector(name)]);
        assert_eq!(text(&record.content[1]), "[not inspected]");
        for kept in [&record.content[0], &record.content[2]] {
            let begins = "[CUSTOM:badge] and M1 of [EMAIL_ADDRESS:";
            assert!(text(kept).starts_with(begins), "{}", text(kept));
        }
        let explained = inspector.explain(&wrong, &TenantId::default(), None, &TestKeys);
        let why = explained.incomplete.unwrap();
        assert!(why.starts_with(&format!("the detector {name} met a bound")), "{why}");
        assert!(!why.contains("77"), "{why}");
        let scan = inspector.scan(&wrong, Origin::User, &TestKeys);
        assert_eq!(
            (scan.redacted.as_str(), scan.inspection),
            ("[not inspected]", Inspection::Partial)
        );
    }
}

#[test]
fn a_long_text_with_a_failure_in_it_is_not_kept() {
    let inspector =
        inspector(&json!([{"name": "member", "regex": "M[0-9]+", "validator": "luhn"}]));
    let text = format!("{} M{} {}", "x ".repeat(1 << 20), "7".repeat(200), "x ".repeat(1 << 20));
    assert_eq!(redacted(&inspector, &text), "[not inspected]");
    let mut stream = inspector.stream();
    let told = stream.push(&text).err().unwrap().to_string();
    assert!(told.contains("the detector member met a bound"), "{told}");
}
