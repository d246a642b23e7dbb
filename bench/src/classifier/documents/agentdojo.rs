//! What agents of the benchmark agentdojo read, and what their users ask for; not its attacks.

use std::path::Path;

use anyhow::{Context, Result};
use yaml_serde::Value;

use super::{SHORTEST, files};

/// What the text of a message or file is called, in order.
const TEXTS: [&str; 6] = ["subject", "title", "filename", "description", "body", "content"];

/// Messages, files, appointments, reviews.
pub(super) fn documents(folder: &Path) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    for (name, text) in files(folder, "yaml")? {
        if !name.ends_with("injection_vectors.yaml") {
            walk(&yaml_serde::from_str(&text).context(name)?, &mut texts);
        }
    }
    // In braces stands where an attack would be put.
    Ok(texts.iter().map(|text| without_braces(text)).collect())
}

/// What users ask for: the text after each `PROMPT =` of the program, which is in one string or in
/// several one after another.
pub(super) fn requests(folder: &Path) -> Result<Vec<String>> {
    let mut requests = Vec::new();
    for (_, program) in files(folder, "py")? {
        for rest in program.split("PROMPT = ").skip(1) {
            let mut request = String::new();
            let mut rest = rest.trim_start_matches(['(', ' ', '\n', 'f']);
            while let Some((string, behind)) =
                rest.strip_prefix('"').and_then(|rest| rest.split_once('"'))
            {
                request.push_str(string);
                rest = behind.trim_start_matches([' ', '\n', 'f']);
            }
            requests.push(request);
        }
    }
    Ok(requests)
}

/// Takes the texts out of a value: of a message or file, of a list of sentences, else one by one.
fn walk(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::Mapping(mapping) => {
            let named: Vec<&str> =
                TEXTS.iter().filter_map(|name| mapping.get(*name)?.as_str()).collect();
            let text = named.join("\n");
            if text.len() > SHORTEST {
                texts.push(text);
            } else {
                mapping.values().for_each(|value| walk(value, texts));
            }
        }
        Value::Sequence(values) => {
            let sentences: Option<Vec<&str>> = values.iter().map(Value::as_str).collect();
            match sentences {
                Some(sentences) => texts.push(sentences.join("\n")),
                None => values.iter().for_each(|value| walk(value, texts)),
            }
        }
        Value::Tagged(tagged) => walk(&tagged.value, texts),
        Value::String(text) => texts.push(text.clone()),
        _ => {}
    }
}

fn without_braces(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        kept.push_str(before);
        rest = after.split_once('}').map_or("", |(_, behind)| behind);
    }
    kept.push_str(rest);
    kept
}
