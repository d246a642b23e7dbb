//! The operator's own detectors: what they find, and what around it decides.

use inspect::{ExplainedFinding, Inspector, Policy};
use model::{Origin, TenantId};
use serde_json::{Value, json};

use crate::world::TestKeys;

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
