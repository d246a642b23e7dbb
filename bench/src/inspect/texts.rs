//! Texts for measuring speed: English without anything sensitive, the sources of this workspace,
//! talk with a value in every 200 characters, sixteen languages.

use std::path::Path;

use anyhow::Result;

use super::rows::Row;
use crate::english::prose;
use crate::random::Random;

/// Bytes of each text.
const SIZE: usize = 1 << 20;

/// A text, and what it is.
pub(crate) struct Text {
    pub(crate) name: &'static str,
    pub(crate) text: String,
}

/// Every text.
pub(crate) fn all(rows: &[Row]) -> Result<Vec<Text>> {
    Ok(vec![
        Text { name: "English prose, clean", text: prose(&mut Random::new(1), SIZE) },
        Text { name: "code (the sources of this workspace)", text: code()? },
        Text { name: "one finding in 200 characters", text: dense(rows) },
        Text { name: "16 languages, talk with values", text: languages(rows) },
    ])
}

/// Rows of prose, without labels.
pub(crate) fn rows() -> Vec<Row> {
    let mut random = Random::new(3);
    let row = |number| Row {
        id: format!("prose-{number:03}"),
        text: prose(&mut random, 1000),
        spans: Vec::new(),
        negative_for: None,
    };
    (0..100).map(row).collect()
}

/// The Rust sources of the workspace, as often as it takes.
fn code() -> Result<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut text = String::new();
    for folder in ["model", "ledger", "wire", "vault", "store", "server"] {
        sources(&root.join(folder).join("src"), &mut text)?;
    }
    Ok(repeated(&text))
}

fn sources(folder: &Path, text: &mut String) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sources(&path, text)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&std::fs::read_to_string(path)?);
        }
    }
    Ok(())
}

/// Prose with a value of the corpus after every 200 characters or so.
fn dense(rows: &[Row]) -> String {
    let mut random = Random::new(2);
    let values: Vec<String> = rows.iter().flat_map(structured).collect();
    let mut text = String::new();
    while text.len() < SIZE {
        text.push_str(&prose(&mut random, 180));
        text.push(' ');
        text.push_str(&values[random.below(values.len())]);
        text.push(' ');
    }
    text
}

/// Values that stand for themselves, without a label before them.
fn structured(row: &Row) -> impl Iterator<Item = String> + '_ {
    row.spans
        .iter()
        .filter(|span| matches!(&*span.kind, "EMAIL_ADDRESS" | "CREDIT_CARD" | "IBAN"))
        .map(|span| row.text.chars().skip(span.start).take(span.end - span.start).collect())
}

fn languages(rows: &[Row]) -> String {
    let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    repeated(&texts.join("\n"))
}

fn repeated(text: &str) -> String {
    text.repeat(SIZE / text.len().max(1) + 1)
}
