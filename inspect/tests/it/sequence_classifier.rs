//! A classifier of attacks of an operator: loaded from a folder, asked for a text, refused when it
//! or its settings are broken.

use std::path::{Path, PathBuf};

use inspect::{Judges, OnnxSequenceClassifier, SequenceClassifier, SequenceClassifierSettings};
use model::Record;
use serde_json::{Value, json};

use crate::world::said;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sequence_classifier").join(name)
}

/// The settings of a classifier of the tests, with others over them.
fn settings(name: &str, others: &Value) -> SequenceClassifierSettings {
    let mut all = json!({"folder": folder(name)});
    all.as_object_mut().unwrap().extend(others.as_object().unwrap().clone());
    serde_json::from_value(all).unwrap()
}

fn load(name: &str, others: &Value) -> OnnxSequenceClassifier {
    OnnxSequenceClassifier::load(&settings(name, others)).unwrap()
}

fn told(settings: &SequenceClassifierSettings) -> Vec<String> {
    let told = Judges::check(Some(settings));
    assert_eq!(told.is_empty(), Judges::new(Some(settings)).is_ok());
    told.iter().map(ToString::to_string).collect()
}

/// A folder of its own, with the files of a classifier.
struct Copied(PathBuf);

impl Copied {
    fn new(name: &str, of: &str) -> Self {
        let path = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        for file in ["tokenizer.json", "config.json", "model.onnx"] {
            std::fs::copy(folder(of).join(file), path.join(file)).unwrap();
        }
        Self(path)
    }

    fn settings(&self) -> SequenceClassifierSettings {
        settings("two", &json!({"folder": self.0}))
    }

    fn write(&self, file: &str, text: &str) {
        std::fs::write(self.0.join(file), text).unwrap();
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

#[test]
fn a_model_of_two_labels_says_how_likely_an_attack_is() {
    let classifier = load("two", &json!({}));
    let probability = |text: &str| classifier.probability(text).unwrap();
    assert!(probability("Hello, this is an ATTACK.") > 0.99);
    assert!(probability("Hello, this is a trick.") < 0.05);
    assert!(probability("") < 0.05);
}

#[test]
fn a_model_of_three_labels_adds_up_those_that_mean_an_attack() {
    let all = load("three", &json!({}));
    let probability = |text: &str| all.probability(text).unwrap();
    assert!(probability("hello attack") > 0.99 && probability("hello trick") > 0.99);
    assert!(probability("hello hello") < 0.05);
    // Written wide, and with a sign without a width before it, as the model's own table has it.
    assert!(probability("hello\u{200b}ａｔｔａｃｋ") > 0.99);
    let one = load("three", &json!({"labels": ["JAILBREAK"]}));
    assert!(one.probability("hello trick").unwrap() > 0.99);
    assert!(one.probability("hello attack").unwrap() < 0.05);
}

#[test]
fn an_attack_at_the_end_of_a_long_text_is_seen() {
    for others in [json!({}), json!({"window": 16}), json!({"window": 64, "stride": 62})] {
        let classifier = load("two", &others);
        let long = "hello . ".repeat(2000);
        assert!(classifier.probability(&long).unwrap() < 0.05, "{others}");
        for text in
            [format!("{long}attack"), format!("attack {long}"), format!("{long}attack {long}")]
        {
            assert!(classifier.probability(&text).unwrap() > 0.99, "{others}");
        }
    }
}

#[test]
fn no_window_is_longer_than_the_model_takes() {
    // Of more than 512 pieces it gives no scores.
    let long = "hello ".repeat(511);
    assert!(load("two", &json!({})).probability(&long).is_ok());
    let copied = Copied::new("sequence-positions", "two");
    copied.write("config.json", r#"{"id2label": {"0": "SAFE", "1": "INJECTION"}}"#);
    let beyond = SequenceClassifierSettings { window: Some(513), ..copied.settings() };
    let classifier = OnnxSequenceClassifier::load(&beyond).unwrap();
    assert!(classifier.probability(&long).is_err());
}

#[test]
fn scores_that_are_no_numbers_are_a_failure_and_so_is_a_piece_that_a_model_does_not_know() {
    for name in ["two", "three"] {
        let classifier = load(name, &json!({}));
        for text in ["hello void", "hello broken", "attack void"] {
            assert!(classifier.probability(text).is_err(), "{name}: {text}");
        }
    }
}

#[test]
fn it_is_asked_beside_the_built_in_classifier() {
    let texts = ["hello trick", "hello void", "hello attack", "hello"];
    let record =
        Record { content: texts.iter().map(|text| said(text)).collect(), ..Record::default() };
    let judge =
        |others: &Value| Judges::new(Some(&settings("two", others))).unwrap().judge(&record);
    let judgement = judge(&json!({}));
    let places: Vec<&str> = judgement.signals.iter().map(|signal| signal.place.as_str()).collect();
    assert_eq!((places, judgement.failed), (vec!["content/2"], true));
    assert!(judge(&json!({"confidence": 1.0})).signals.is_empty());
    let three = judge(&json!({"longest": 768}));
    assert_eq!((three.signals.len(), three.failed), (1, true));
    let two = judge(&json!({"longest": 767}));
    assert_eq!((two.signals.len(), two.failed), (1, false));
    assert!(judge(&json!({"longest": 256})).signals.is_empty());
}

#[test]
fn which_classifier_it_is_depends_on_files_and_settings_and_not_on_where_they_are() {
    let digest = |settings: &SequenceClassifierSettings| {
        Judges::new(Some(settings)).unwrap().digest().unwrap().to_owned()
    };
    let two = digest(&settings("two", &json!({})));
    assert_eq!(two.len(), 64);
    let copied = Copied::new("sequence-digest", "two");
    assert_eq!(digest(&copied.settings()), two);
    for other in [
        settings("three", &json!({})),
        settings("two", &json!({"confidence": 0.6})),
        settings("two", &json!({"labels": ["INJECTION"]})),
    ] {
        assert_ne!(digest(&other), two);
    }
    copied.write("config.json", r#"{"id2label": {"0": "SAFE", "1": "ATTACK"}}"#);
    assert_ne!(digest(&copied.settings()), two);
    assert_eq!(Judges::default().digest(), None);
}

#[test]
fn a_wrong_setting_is_told_by_its_name() {
    for (others, expected) in [
        (json!({"folder": "/nowhere"}), "classifier.folder: could not read tokenizer.json of the "),
        (json!({"model": "other.onnx"}), "classifier.folder: could not read other.onnx of the "),
        (json!({"model": "config.json"}), "classifier.model: could not load the model of the "),
        (json!({"confidence": 1.5}), "classifier.confidence: is not between 0 and 1"),
        (json!({"longest": 0}), "classifier.longest: is not between 256 and "),
        (json!({"window": 8}), "classifier.window: is not between 16 and 8192 pieces"),
        (json!({"window": 513}), "classifier.window: the classifier's model takes 512 pieces"),
        (json!({"stride": 0}), "classifier.stride: is not between 1 and 510"),
        (json!({"window": 32, "stride": 31}), "classifier.stride: is not between 1 and 30"),
        (
            json!({"labels": ["JAILBREAK"]}),
            "classifier.labels: JAILBREAK is no label of the classifier, which has SAFE, INJECTION",
        ),
        (
            json!({"labels": ["SAFE", "INJECTION"]}),
            "classifier.labels: of the classifier's labels SAFE, INJECTION some must mean",
        ),
    ] {
        let told = told(&settings("two", &others));
        assert!(told.len() == 1 && told[0].starts_with(expected), "{others} {told:?}");
    }
    assert!(told(&settings("two", &json!({}))).is_empty());
    assert!(told(&settings("three", &json!({"window": 512, "stride": 510}))).is_empty());
}

#[test]
fn a_folder_that_does_not_fit_together_is_refused() {
    let copied = Copied::new("sequence-refused", "two");
    let three = r#"{"id2label": {"0": "SAFE", "1": "INJECTION", "2": "JAILBREAK"}}"#;
    for (file, text, expected) in [
        ("config.json", three, "classifier.model: the classifier's model does not take"),
        ("config.json", "no config", "classifier.folder: config.json of the classifier has no"),
        (
            "config.json",
            r#"{"id2label": {"0": "A", "1": "B"}}"#,
            "classifier.labels: of the classifier's labels A, B some must mean an attack",
        ),
        ("config.json", r#"{"id2label": {"1": "SAFE"}}"#, "classifier.folder: config.json of"),
        ("tokenizer.json", "{}", "classifier.folder: tokenizer.json of the classifier is"),
        ("model.onnx", "no model", "classifier.model: could not load the model of the"),
    ] {
        let whole = std::fs::read(copied.0.join(file)).unwrap();
        copied.write(file, text);
        let told = told(&copied.settings());
        assert!(told.len() == 1 && told[0].starts_with(expected), "{file} {text} {told:?}");
        std::fs::write(copied.0.join(file), whole).unwrap();
    }
    // A token classifier has a score for each piece.
    let tokens = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/token_classifier");
    let told = told(&settings("two", &json!({"folder": tokens, "labels": ["B-PER"]})));
    assert!(told[0].contains("give scores of the shape [1, labels]"), "{told:?}");
}

#[test]
fn a_model_that_names_no_labels_has_the_two_that_it_has_by_itself() {
    let copied = Copied::new("sequence-unnamed", "two");
    copied.write("config.json", "{}");
    let classifier = OnnxSequenceClassifier::load(&copied.settings()).unwrap();
    assert!(classifier.probability("hello attack").unwrap() > 0.99);
    let told = told(&SequenceClassifierSettings {
        labels: vec!["INJECTION".to_owned()],
        ..copied.settings()
    });
    assert!(
        told[0].contains("INJECTION is no label of the classifier, which has LABEL_0"),
        "{told:?}"
    );
}
