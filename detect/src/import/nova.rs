//! NOVA rules (github.com/Nova-Hunting/nova-framework): files of `rule Name { meta: … keywords: …
//! condition: … }`.
//!
//! Keywords and regular expressions become selections on what goes into a model. Sections `semantics`
//! and `llm` ask a model: an alternative that does so is left out, and a rule that cannot do without
//! is, too.

mod condition;

use std::collections::BTreeMap;

use super::document::{Detection, Document, LogSource, line, literal, uuid};
use super::regex::{Dialect, translated};
use super::{Imported, Origin, is_too_large};
use condition::Said;

const HOME: &str = "https://github.com/Nova-Hunting/nova-framework";
/// The most rules of a file.
const MOST_RULES: usize = 5000;
/// The most lines of a rule.
const MOST_LINES: usize = 5000;

/// A rule as it stands in its file: lines under the names of their sections.
struct Theirs<'t> {
    name: &'t str,
    sections: BTreeMap<String, Vec<&'t str>>,
}

/// Reads a file of any number of rules.
pub fn nova(origin: &Origin, text: &str) -> Imported {
    let mut imported = Imported::default();
    if let Some(reason) = is_too_large(text) {
        imported.leave_out(&origin.file, None, reason);
        return imported;
    }
    let rules = rules(text);
    if rules.is_empty() {
        imported.leave_out(&origin.file, None, "has no rule");
    }
    for (number, rule) in rules.iter().enumerate() {
        let document = if number < MOST_RULES {
            document(origin, rule, &mut imported)
        } else {
            Err(format!("more than {MOST_RULES} rules in a file"))
        };
        match document {
            Ok(document) => imported.keep(rule.name, &[document]),
            Err(reason) => imported.leave_out(rule.name, None, reason),
        }
    }
    imported
}

fn rules(text: &str) -> Vec<Theirs<'_>> {
    let mut rules: Vec<Theirs<'_>> = Vec::new();
    let mut section = None;
    let mut open = false;
    for text in text.lines().map(str::trim).filter(|text| !is_passed_over(text)) {
        if let Some(name) = heading(text) {
            rules.push(Theirs { name, sections: BTreeMap::new() });
            (section, open) = (None, true);
        } else if text == "}" {
            (section, open) = (None, false);
        } else if let Some(name) = text.strip_suffix(':').filter(|_| open) {
            section = Some(name.trim().to_lowercase());
        } else if let (Some(rule), Some(section)) = (rules.last_mut(), &section) {
            let lines = rule.sections.entry(section.clone()).or_default();
            if lines.len() < MOST_LINES {
                lines.push(text);
            }
        }
    }
    rules
}

fn is_passed_over(line: &str) -> bool {
    line.is_empty() || line.starts_with("//") || line.starts_with('#')
}

/// The name of the rule that a line begins.
fn heading(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("rule")?;
    let name = rest.strip_prefix(char::is_whitespace)?.trim();
    let name = name.strip_suffix('{').unwrap_or(name).trim();
    let word = |char: char| char.is_alphanumeric() || char == '_';
    (!name.is_empty() && name.chars().all(word)).then_some(name)
}

impl<'t> Theirs<'t> {
    fn lines(&self, section: &str) -> &[&'t str] {
        self.sections.get(section).map_or(&[], Vec::as_slice)
    }

    fn meta(&self, key: &str) -> Option<String> {
        self.lines("meta").iter().find_map(|text| {
            let (name, value) = text.split_once('=')?;
            (name.trim() == key).then(|| line(value.trim().trim_matches('"')))
        })
    }
}

fn document(
    origin: &Origin,
    rule: &Theirs<'_>,
    imported: &mut Imported,
) -> Result<Document, String> {
    let mut detection = Detection::default();
    let (mut names, mut missing) = (Vec::new(), Vec::new());
    for text in rule.lines("keywords") {
        let (name, value) = text.split_once('=').ok_or("a keyword has no value")?;
        let name = name.trim().strip_prefix('$').ok_or("the name of a keyword has no $")?;
        match keyword(value.trim()) {
            Ok((field, value)) => {
                detection.select(format!("kw_{name}"), field, vec![value]);
                names.push(name);
            }
            Err(reason) => {
                imported.leave_out(rule.name, Some(format!("keyword ${name}")), reason);
                missing.push(name);
            }
        }
    }
    match condition::translated(&rule.lines("condition").join(" "), &names, &missing)? {
        Said::Whole(condition) => detection.condition = format!("scope and ({condition})"),
        Said::Part(condition, lost) => {
            for part in lost {
                let reason =
                    "asks a model, or a keyword that was left out: an alternative of the condition";
                imported.leave_out(rule.name, Some(part), reason);
            }
            detection.condition = format!("scope and ({condition})");
        }
        Said::Nothing => {
            return Err(
                "its condition needs what asks a model, or a keyword that was left out".to_owned()
            );
        }
    }
    detection.scope("message.direction", "input");
    Ok(described(origin, rule, detection))
}

fn described(origin: &Origin, rule: &Theirs<'_>, detection: Detection) -> Document {
    let told = |key: &str| rule.meta(key).filter(|text| !text.is_empty());
    let mut references = vec![HOME.to_owned(), rule.name.to_owned()];
    references.extend(told("reference").or_else(|| told("url")));
    let severity = told("severity").unwrap_or_default().to_lowercase();
    let level = match severity.as_str() {
        "critical" | "high" | "low" | "informational" => severity.as_str(),
        "info" => "informational",
        _ => "medium",
    };
    let tags = told("mitre_atlas").and_then(|technique| origin.tag(&technique));
    Document {
        title: line(&rule.name.replace('_', " ")),
        id: uuid(&["nova", rule.name]),
        status: "experimental".to_owned(),
        description: told("description").unwrap_or_default(),
        license: told("license"),
        references,
        author: told("author").unwrap_or_else(|| "NOVA".to_owned()),
        date: None,
        tags: [Some("nova.keywords".to_owned()), tags].into_iter().flatten().collect(),
        logsource: LogSource::of("message"),
        detection,
        falsepositives: vec!["Not told by its authors.".to_owned()],
        level: level.to_owned(),
    }
}

/// The field with its modifiers, and the value: `"text"`, `"text" case:true`, `/expression/` or
/// `/expression/i`.
fn keyword(value: &str) -> Result<(&'static str, String), String> {
    if let Some(rest) = value.strip_prefix('/') {
        let (pattern, flags) = match rest.strip_suffix("/i") {
            Some(pattern) => (pattern, "i"),
            None => (rest.strip_suffix('/').ok_or("the expression has no end")?, ""),
        };
        return Ok(("content|re", translated(pattern, flags, Dialect::Python)?));
    }
    let (text, cased) = match value.split_once("case:true") {
        Some((text, _)) => (text.trim(), true),
        None => (value, false),
    };
    let quoted = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    let unquoted =
        quoted('"').or_else(|| quoted('\'')).or(Some(text.trim_matches('"')).filter(|_| cased));
    let text = unquoted.filter(|text| !text.is_empty()).ok_or("the keyword is not quoted")?;
    let field = if cased { "content|contains|cased" } else { "content|contains" };
    Ok((field, literal(text)))
}
