//! A classifier of an operator: loaded from a folder, asked for a text, refused when it is broken.

use std::path::Path;

use inspect::{Classifier, ClassifierError, Entity, Kind, OnnxClassifier};

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/classifier"))
}

#[test]
fn a_model_finds_entities_by_their_place_in_the_text() {
    let classifier = OnnxClassifier::load(folder()).unwrap();
    let text = "Annabel Li lives in Gdańsk.";
    let found: Vec<(Kind, &str)> = classifier
        .classify(text)
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
    let classifier = OnnxClassifier::load(folder()).unwrap();
    let text = "lives in . ".repeat(1000) + "Anna " + &". in lives ".repeat(1000) + "Gdansk";
    let found = classifier.classify(&text);
    let kinds: Vec<Kind> = found.iter().map(|entity| entity.kind).collect();
    assert_eq!(kinds, [Kind::Person, Kind::Location]);
    assert_eq!(text.get(found[0].range.clone()), Some("Anna"));
    assert!(classifier.classify("").is_empty());
}

#[test]
fn a_broken_folder_is_refused_and_the_file_is_named() {
    let copy = std::env::temp_dir().join(format!("classifier-{}", std::process::id()));
    std::fs::create_dir_all(&copy).unwrap();
    assert!(matches!(
        OnnxClassifier::load(&copy),
        Err(ClassifierError::Read { file: "tokenizer.json", .. })
    ));
    for file in ["tokenizer.json", "config.json", "model.onnx"] {
        std::fs::copy(folder().join(file), copy.join(file)).unwrap();
    }
    assert!(OnnxClassifier::load(&copy).is_ok());
    for (file, broken) in
        [("model.onnx", "no model"), ("tokenizer.json", "{}"), ("config.json", "{}")]
    {
        let whole = std::fs::read(copy.join(file)).unwrap();
        std::fs::write(copy.join(file), broken).unwrap();
        let error = OnnxClassifier::load(&copy).err().unwrap().to_string();
        assert!(error.contains(file), "{error}");
        std::fs::write(copy.join(file), whole).unwrap();
    }
    std::fs::remove_dir_all(&copy).unwrap();
}
