//! A rule file as YAML documents, and where in the file something stands.

use saphyr_parser::{Event, Parser};
use yaml_serde::Value;

use crate::problem::{Problem, Weight};

/// The largest rule file, bytes.
const LARGEST: usize = 1 << 20;
/// The deepest that parentheses of a condition may nest: the parser of conditions is recursive.
const DEEPEST_CONDITION: usize = 32;

/// A YAML document of a rule file.
pub(super) struct Document<'f> {
    /// Where it stands.
    pub(super) place: Place<'f>,
    /// Its value, which takes many times the room of its text.
    pub(super) value: Value,
}

/// Where a document stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'f> {
    /// The file's name.
    pub(super) file: &'f str,
    /// Lines of the file before it.
    before: usize,
    /// Its text.
    pub(super) text: &'f str,
    /// The text of the whole file: what its digest is of.
    pub(super) file_text: &'f str,
}

impl<'f> std::ops::Deref for Document<'f> {
    type Target = Place<'f>;

    fn deref(&self) -> &Place<'f> {
        &self.place
    }
}

/// The documents of a file. One that is no YAML is a problem, and ends nothing but itself.
pub(super) fn documents<'f>(
    file: &'f str,
    text: &'f str,
    problems: &mut Vec<Problem>,
) -> Vec<Document<'f>> {
    if text.len() > LARGEST {
        let what = format!("the file is larger than {LARGEST} bytes");
        problems.push(problem(file, (1, 1), Weight::Error, what, None));
        return Vec::new();
    }
    let mut documents = Vec::new();
    for (before, part) in split(text) {
        match yaml_serde::from_str::<Value>(part) {
            Ok(Value::Null) => {}
            Ok(value) => {
                let place = Place { file, before, text: part, file_text: text };
                let document = Document { place, value };
                if document.is_shallow(problems) {
                    documents.push(document);
                }
            }
            Err(error) => {
                let place = error.location().map_or((1, 1), |at| (at.line(), at.column()));
                let place = (place.0 + before, place.1);
                let what = format!("is no YAML: {error}");
                problems.push(problem(file, place, Weight::Error, what, None));
            }
        }
    }
    documents
}

/// The documents of a stream, each with the count of lines before it (YAML 1.2.2 §9.1.2: a line that
/// begins with three hyphens begins a document, whatever stands around it). Files that use
/// `action` share between their documents, and stay whole.
fn split(text: &str) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let (mut start, mut start_line, mut at) = (0, 0, 0);
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let rest = line.strip_prefix("---");
        if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
            && at > start
        {
            parts.push((start_line, text.get(start..at).unwrap_or_default()));
            (start, start_line) = (at, number);
        }
        at += line.len();
    }
    parts.push((start_line, text.get(start..).unwrap_or_default()));
    parts
}

impl Place<'_> {
    /// A problem at the first key that `is` holds for; at the document's start where none is.
    pub(super) fn at(
        &self,
        is: &dyn Fn(&[String], &str) -> bool,
        weight: Weight,
        what: impl Into<String>,
        suggestion: Option<String>,
    ) -> Problem {
        let (line, column) = find(self.text, is).unwrap_or_else(|| self.start());
        problem(self.file, (line + self.before, column), weight, what.into(), suggestion)
    }

    /// A problem of the key `name` at the top, or of the document where it has none.
    pub(super) fn at_key(&self, name: &str, what: impl Into<String>) -> Problem {
        let is = |path: &[String], key: &str| path.is_empty() && key == name;
        self.at(&is, Weight::Error, what, None)
    }

    /// Line of the document's first key, and its place in the file.
    pub(super) fn line(&self) -> usize {
        self.start().0 + self.before
    }

    fn start(&self) -> (usize, usize) {
        find(self.text, &|_, _| true).unwrap_or((1, 1))
    }
}

impl Document<'_> {
    /// The value of a key at the top.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.value.as_mapping()?.get(key)
    }

    /// Whether no condition nests deeper than its parser can go.
    fn is_shallow(&self, problems: &mut Vec<Problem>) -> bool {
        let shallow = conditions_are_shallow(&self.value);
        if !shallow {
            let is = |_: &[String], key: &str| key == "condition";
            let what = format!("the condition nests deeper than {DEEPEST_CONDITION}");
            problems.push(self.at(&is, Weight::Error, what, None));
        }
        shallow
    }
}

fn conditions_are_shallow(value: &Value) -> bool {
    match value {
        Value::Mapping(map) => map.iter().all(|(key, value)| {
            let condition = key.as_str() == Some("condition");
            (!condition || each_text(value, &is_shallow)) && conditions_are_shallow(value)
        }),
        Value::Sequence(items) => items.iter().all(conditions_are_shallow),
        Value::Tagged(tagged) => conditions_are_shallow(&tagged.value),
        _ => true,
    }
}

fn each_text(value: &Value, test: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => test(text),
        Value::Sequence(items) => items.iter().all(|item| each_text(item, test)),
        _ => true,
    }
}

/// Counts what makes the parser of conditions recurse: opening parentheses and `not`.
fn is_shallow(condition: &str) -> bool {
    let parentheses = condition.matches('(').count();
    let nots = condition.split_whitespace().filter(|word| word.eq_ignore_ascii_case("not")).count();
    parentheses <= 4 * DEEPEST_CONDITION
        && nots <= 8 * DEEPEST_CONDITION
        && depth(condition) <= DEEPEST_CONDITION
}

fn depth(condition: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in condition.bytes() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Line and column of the first key that `is` holds for, given the keys above it.
fn find(text: &str, is: &dyn Fn(&[String], &str) -> bool) -> Option<(usize, usize)> {
    /// What a value may be inside of.
    enum Inside {
        Mapping { key: bool },
        Sequence,
    }
    let mut inside: Vec<Inside> = Vec::new();
    let mut path: Vec<String> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.ok()?;
        match event {
            Event::MappingStart(..) => inside.push(Inside::Mapping { key: true }),
            Event::SequenceStart(..) => inside.push(Inside::Sequence),
            Event::MappingEnd | Event::SequenceEnd => {
                inside.pop();
                if let Some(Inside::Mapping { key }) = inside.last_mut()
                    && !*key
                {
                    *key = true;
                    path.pop();
                }
            }
            Event::Scalar(text, ..) => {
                if let Some(Inside::Mapping { key }) = inside.last_mut() {
                    if *key && is(&path, &text) {
                        return Some((span.start.line(), span.start.col() + 1));
                    }
                    if *key {
                        path.push(text.into_owned());
                    } else {
                        path.pop();
                    }
                    *key = !*key;
                }
            }
            Event::Alias(_) => {
                if let Some(Inside::Mapping { key }) = inside.last_mut() {
                    if *key {
                        path.push(String::new());
                    } else {
                        path.pop();
                    }
                    *key = !*key;
                }
            }
            _ => {}
        }
    }
    None
}

fn problem(
    file: &str,
    (line, column): (usize, usize),
    weight: Weight,
    what: String,
    suggestion: Option<String>,
) -> Problem {
    Problem { file: file.to_owned(), line, column, weight, what, suggestion }
}

#[cfg(test)]
mod tests {
    use super::{depth, find, split};

    #[test]
    fn a_stream_is_split_at_its_marks() {
        let text = "---\na: 1\n---\nb: |\n  ---\n--- # c\nd: 2\n";
        let parts = split(text);
        assert_eq!(parts.iter().map(|(before, _)| *before).collect::<Vec<_>>(), [0, 2, 5]);
        assert_eq!(parts.iter().map(|(_, text)| *text).collect::<String>(), text);
    }

    #[test]
    fn keys_are_found_by_their_path() {
        let text = "a:\n  b: [{c: 1}, 2]\nd:\n  c: 3\n";
        let is = |path: &[String], key: &str| path == ["d"] && key == "c";
        assert_eq!(find(text, &is), Some((4, 3)));
        assert_eq!(find(text, &|_, key| key == "c"), Some((2, 8)));
        assert_eq!(find(text, &|_, key| key == "x"), None);
    }

    #[test]
    fn parentheses_are_counted() {
        assert_eq!(depth("a and (b or (c))"), 2);
    }
}
