//! Files and functions stay small enough to be read at once.

use std::path::Path;

use anyhow::{Context, Result};

/// Lines in a source file, tests included.
const FILE_LINES: usize = 600;
/// Lines from a function's head to its closing brace, outside tests.
const FUNCTION_LINES: usize = 80;

/// Every file and function over its bound.
pub(crate) fn check(root: &Path, files: &[String]) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| is_rust(file)) {
        let text = std::fs::read_to_string(root.join(file)).with_context(|| file.clone())?;
        let lines = text.lines().count();
        if lines > FILE_LINES {
            problems.push(format!("{file}: {lines} lines, more than {FILE_LINES}"));
        }
        if !file.contains("/tests/") {
            let source = text.split("#[cfg(test)]").next().unwrap_or_default();
            problems.extend(long_functions(source).map(|(line, length)| {
                format!("{file}:{line}: a function of {length} lines, more than {FUNCTION_LINES}")
            }));
        }
    }
    Ok(problems)
}

fn is_rust(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|ending| ending == "rs")
}

/// Line and length of each function that is too long: from its head to the brace at the same
/// indentation, which is where rustfmt puts it.
fn long_functions(source: &str) -> impl Iterator<Item = (usize, usize)> {
    let lines: Vec<&str> = source.lines().collect();
    let mut long = Vec::new();
    for (start, head) in lines.iter().enumerate().filter(|(_, line)| is_head(line)) {
        let indent: String = head.chars().take_while(|c| *c == ' ').collect();
        let close = format!("{indent}}}");
        let length = lines.iter().skip(start).position(|line| *line == close);
        if let Some(length) = length.filter(|length| *length > FUNCTION_LINES) {
            long.push((start + 1, length));
        }
    }
    long.into_iter()
}

fn is_head(line: &str) -> bool {
    let words = line.trim_start();
    let mut words = words.split_whitespace();
    let modifier = |word: &&str| {
        matches!(*word, "pub" | "const" | "async" | "unsafe") || word.starts_with("pub(")
    };
    words.find(|word| !modifier(word)) == Some("fn") && line.ends_with('{')
}

#[cfg(test)]
mod tests {
    #[test]
    fn finds_a_long_function_and_no_short_one() {
        let body = "    let x = 1;\n".repeat(90);
        let source = format!("fn short() {{\n}}\n\npub async fn long() {{\n{body}}}\n");
        assert_eq!(super::long_functions(&source).collect::<Vec<_>>(), [(4, 91)]);
    }
}
