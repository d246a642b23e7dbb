//! A token classifier of an operator: loaded from a folder, asked for a text, refused when it is broken.

use std::path::Path;

use inspect::{
    ClassifierError, Entity, Inspector, Kind, OnnxTokenClassifier, Policy, TokenClassifier,
};
use model::Origin;
use serde_json::{Value, json};

use crate::world::TestKeys;

fn load(folder: &Path) -> Result<OnnxTokenClassifier, ClassifierError> {
    OnnxTokenClassifier::load(folder, Path::new("model.onnx"))
}

fn policy(classifier: &Value) -> Policy {
    serde_json::from_value(json!({"classifier": classifier})).unwrap()
}

fn told(policy: &Policy) -> Vec<String> {
    policy
        .check(&|_| Err(std::io::ErrorKind::NotFound.into()))
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/token_classifier"))
}

#[test]
fn a_model_finds_entities_by_their_place_in_the_text() {
    let classifier = load(folder()).unwrap();
    let text = "Annabel Li lives in Gdańsk.";
    let found: Vec<(Kind, &str)> = classifier
        .classify(text)
        .unwrap()
        .into_iter()
        .map(|Entity { kind, range, confidence }| {
            assert!(confidence > 0.9);
            (kind, text.get(range).unwrap())
        })
        .collect();
    assert_eq!(found, [(Kind::Person, "Annabel Li"), (Kind::Location, "Gdańsk")]);
}

#[test]
fn a_long_text_is_read_to_its_end() {
    let classifier = load(folder()).unwrap();
    let text = "lives in . ".repeat(1000) + "Anna " + &". in lives ".repeat(1000) + "Gdansk";
    let found = classifier.classify(&text).unwrap();
    let kinds: Vec<Kind> = found.iter().map(|entity| entity.kind).collect();
    assert_eq!(kinds, [Kind::Person, Kind::Location]);
    assert_eq!(text.get(found[0].range.clone()), Some("Anna"));
    assert!(classifier.classify("").unwrap().is_empty());
}

#[test]
fn a_broken_folder_is_refused_and_the_file_is_named() {
    let copy = std::env::temp_dir().join(format!("classifier-{}", std::process::id()));
    std::fs::create_dir_all(&copy).unwrap();
    assert!(matches!(
        load(&copy),
        Err(ClassifierError::Read { file, .. }) if file == "tokenizer.json"
    ));
    for file in ["tokenizer.json", "config.json", "model.onnx"] {
        std::fs::copy(folder().join(file), copy.join(file)).unwrap();
    }
    assert!(load(&copy).is_ok());
    for (file, broken) in
        [("model.onnx", "no model"), ("tokenizer.json", "{}"), ("config.json", "{}")]
    {
        let whole = std::fs::read(copy.join(file)).unwrap();
        std::fs::write(copy.join(file), broken).unwrap();
        let error = load(&copy).err().unwrap().to_string();
        let name = file.split('.').next().unwrap();
        assert!(error.contains(name), "{error}");
        std::fs::write(copy.join(file), whole).unwrap();
    }
    std::fs::remove_dir_all(&copy).unwrap();
}

#[test]
fn what_a_configured_model_finds_is_taken_out() {
    // No name that the built-in lists know.
    let text = "so li lives in gdansk, his mail is person-1@example.com";
    let redacted = |policy: &Policy| {
        Inspector::new(policy).unwrap().scan(text, Origin::User, &TestKeys).redacted
    };
    let (without, with) =
        (redacted(&Policy::default()), redacted(&policy(&json!({"folder": folder()}))));
    assert!(without.starts_with("so li lives in gdansk, his mail is [EMAIL_ADDRESS:"), "{without}");
    assert!(with.starts_with("so [PERSON:"), "{with}");
    // A place is told, and kept.
    assert!(with.contains("] lives in gdansk, his mail is [EMAIL_ADDRESS:"), "{with}");
    assert_eq!(redacted(&policy(&json!({"folder": folder(), "confidence": 1.0}))), without);
}

#[test]
fn a_wrong_setting_is_told_at_the_start() {
    assert!(told(&policy(&json!({"folder": folder()}))).is_empty());
    for (classifier, expected) in [
        (
            json!({"folder": "/nowhere"}),
            "classifier.folder: could not read tokenizer.json of the classifier: ",
        ),
        (
            json!({"folder": folder(), "model": "other.onnx"}),
            "classifier.folder: could not read other.onnx of the classifier: ",
        ),
        (
            json!({"folder": folder(), "model": "config.json"}),
            "classifier.model: could not load the model of the classifier: ",
        ),
        (
            json!({"folder": folder(), "confidence": 2.0}),
            "classifier.confidence: is not between 0 and 1",
        ),
        (json!({"folder": folder(), "longest": 0}), "classifier.longest: is not between 1 and "),
    ] {
        let told = told(&policy(&classifier));
        assert!(told.len() == 1 && told[0].starts_with(expected), "{classifier} {told:?}");
        assert!(Inspector::new(&policy(&classifier)).is_err());
    }
}

#[test]
fn a_model_of_another_shape_is_refused() {
    let copy = std::env::temp_dir().join(format!("classifier-shape-{}", std::process::id()));
    std::fs::create_dir_all(&copy).unwrap();
    for file in ["tokenizer.json", "model.onnx"] {
        std::fs::copy(folder().join(file), copy.join(file)).unwrap();
    }
    // The model scores four labels.
    std::fs::write(copy.join("config.json"), r#"{"id2label": {"0": "O", "1": "PER"}}"#).unwrap();
    let told = told(&policy(&json!({"folder": copy})));
    assert!(told[0].starts_with("classifier.model: the classifier's model does not"), "{told:?}");
    std::fs::remove_dir_all(&copy).unwrap();
}
