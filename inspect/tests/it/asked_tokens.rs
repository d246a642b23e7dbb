//! A token classifier beside the detectors: what it adds, and what its failure costs.

use inspect::{
    ClassifierFailed, Entity, Incomplete, Inspected, Inspector, Kind, Policy, TokenClassifier,
};
use model::*;
use proptest::prelude::*;
use serde_json::json;

use crate::world::{TestKeys, said};

/// Finds a name nobody has, fails at one word and panics at another.
struct Fake;

const NAME: &str = "xyloquim";

impl TokenClassifier for Fake {
    fn classify(&self, text: &str) -> Result<Vec<Entity>, ClassifierFailed> {
        assert!(!text.contains("panic"), "a model that panics");
        if text.contains("fail") {
            return Err(ClassifierFailed);
        }
        let entity = |(start, name): (usize, &str)| Entity {
            kind: Kind::Person,
            range: start..start + name.len() + usize::from(text.contains("beyond")) * 1000,
            confidence: if text.contains("perhaps") { 0.4 } else { 0.9 },
        };
        Ok(text.match_indices(NAME).map(entity).collect())
    }
}

fn inspector(longest: usize) -> Inspector {
    Inspector::new(&Policy::default()).unwrap().with_classifier(Box::new(Fake), 0.5, longest)
}

fn scan(text: &str) -> inspect::Scan {
    inspector(1 << 20).scan(text, Origin::User, &TestKeys)
}

fn text(record: &Record, position: usize) -> &str {
    match &record.content[position].body {
        Body::Text { content } => content,
        _ => "",
    }
}

fn inspected(inspector: &Inspector, texts: &[&str]) -> (Record, Inspected) {
    let content = texts.iter().map(|text| said(text)).collect();
    let mut record = Record { content, ..Record::default() };
    let inspected = inspector.inspect(&mut record, &TestKeys);
    (record, inspected)
}

#[test]
fn what_it_finds_is_taken_out_beside_the_rest() {
    let scan = scan("so xyloquim says it is person-1@example.com");
    let kinds: Vec<&str> = scan.sensitive.iter().map(|found| found.kind).collect();
    assert_eq!(kinds, ["PERSON", "EMAIL_ADDRESS"]);
    assert!(scan.redacted.starts_with("so [PERSON:") && !scan.redacted.contains(NAME));
    assert_eq!(scan.inspection, Inspection::Complete);
}

#[test]
fn an_overlap_is_covered_whole() {
    let scan = scan("so write to xyloquim@example.com now");
    assert!(scan.redacted.starts_with("so write to [") && scan.redacted.ends_with("] now"));
    assert!(!scan.redacted.contains("example.com"), "{}", scan.redacted);
}

#[test]
fn what_would_be_kept_takes_nothing_away() {
    let policy = Policy::new([("PERSON".to_owned(), Action::Keep)]);
    let inspector = Inspector::new(&policy).unwrap().with_classifier(Box::new(Fake), 0.5, 1 << 20);
    let text = "so xyloquim is password=xyloquim-7Kq2, she says";
    let redacted = inspector.scan(text, Origin::User, &TestKeys).redacted;
    assert_eq!(redacted, "so xyloquim is password=[SECRET:password], she says");
}

#[test]
fn what_it_is_not_sure_of_is_passed_over() {
    assert!(scan("so perhaps xyloquim says").sensitive.is_empty());
}

#[test]
fn it_is_asked_about_prose_alone() {
    for other in ["xyloquim", "{\"a\": [\"fail now\"], \"b\": [\"[]{}\"]}", "x = [fail_1, fail_2];"]
    {
        let scan = scan(other);
        assert!(scan.sensitive.is_empty() && scan.inspection == Inspection::Complete, "{scan:?}");
    }
    let (mut record, _) = inspected(&inspector(1 << 20), &[]);
    record.attributes.insert("key of xyloquim".to_owned(), json!("this would fail it"));
    assert_eq!(inspector(1 << 20).inspect(&mut record, &TestKeys).incomplete, []);
    assert_eq!(record.inspection, Inspection::Complete);
}

#[test]
fn a_text_at_which_it_fails_goes_and_the_others_are_inspected() {
    for wrong in ["please fail now", "please panic now", "the xyloquim beyond it"] {
        let texts = ["mail person-1@example.com to me", wrong, "it is xyloquim again"];
        let (record, told) = inspected(&inspector(1 << 20), &texts);
        assert_eq!(record.inspection, Inspection::Partial);
        assert_eq!(told.incomplete, [Incomplete::Classifier]);
        assert!(text(&record, 0).starts_with("mail [EMAIL_ADDRESS:"), "{}", text(&record, 0));
        assert_eq!(text(&record, 1), "[not inspected]");
        assert!(text(&record, 2).starts_with("it is [PERSON:"), "{}", text(&record, 2));
        let scan = scan(wrong);
        assert_eq!(
            (scan.redacted.as_str(), scan.inspection),
            ("[not inspected]", Inspection::Partial)
        );
    }
}

#[test]
fn beyond_its_share_of_a_record_the_detectors_are_alone_and_the_record_says_so() {
    let texts = ["so xyloquim says this", "and xyloquim or person-1@example.com says that"];
    let (record, told) = inspected(&inspector(30), &texts);
    assert!(text(&record, 0).starts_with("so [PERSON:"));
    assert!(text(&record, 1).starts_with("and xyloquim or [EMAIL_ADDRESS:"));
    assert_eq!((record.inspection, told.incomplete), (Inspection::Partial, vec![]));
    let (record, _) = inspected(&inspector(30), &texts[..1]);
    assert_eq!(record.inspection, Inspection::Complete);
}

#[test]
#[cfg(not(feature = "onnx"))]
fn a_program_without_the_feature_says_so() {
    let policy: Policy = serde_json::from_value(json!({"classifier": {"folder": "x"}})).unwrap();
    let told = policy.check(&|_| Err(std::io::ErrorKind::NotFound.into()));
    assert_eq!(told[0].key(), "classifier.folder");
    assert_eq!(told[0].what(), "this program was built without the feature onnx");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn redacting_twice_changes_nothing(pieces in prop::collection::vec(prop::sample::select(&[
        "so ", "xyloquim ", "xyloquim", "[PERSON:", "[EMAIL_ADDRESS]", "person-1@example.com ", "says this\n", "\n", "{}[] ",
    ][..]), 0..16)) {
        let once = scan(&pieces.concat()).redacted;
        prop_assert_eq!(scan(&once).redacted, once);
    }
}
