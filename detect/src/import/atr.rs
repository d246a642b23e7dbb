//! Agent Threat Rules (github.com/Agent-Threat-Rule/agent-threat-rules): YAML, a list of patterns on
//! named fields.
//!
//! A rule becomes one document for each kind of event that its fields are on. Their engine also
//! looks at texts that it normalised; here the signals and findings of inspection see through that.

use std::collections::BTreeMap;

use serde::Deserialize;
use yaml_serde::Value;

use super::document::{Detection, Document, LogSource, line, literal, uuid};
use super::regex::{Dialect, translated};
use super::{Imported, Origin, is_too_large};

const HOME: &str = "https://github.com/Agent-Threat-Rule/agent-threat-rules";
/// The most conditions of a rule.
const MOST_CONDITIONS: usize = 500;

#[derive(Deserialize)]
struct Theirs {
    id: String,
    title: String,
    status: Option<String>,
    #[serde(default)]
    description: String,
    author: Option<String>,
    date: Option<String>,
    severity: Option<String>,
    #[serde(default)]
    references: BTreeMap<String, Value>,
    #[serde(default)]
    tags: BTreeMap<String, Value>,
    agent_source: Option<Source>,
    detection: Patterns,
}

#[derive(Deserialize)]
struct Source {
    r#type: String,
}

#[derive(Deserialize)]
struct Patterns {
    method: Option<String>,
    conditions: Value,
    #[serde(default)]
    condition: String,
    #[serde(default)]
    false_positives: Vec<Value>,
}

#[derive(Deserialize)]
struct Condition {
    field: String,
    operator: String,
    value: Value,
}

/// What a field is to be: Sigma's modifier, and the value.
#[derive(Clone)]
struct Sign {
    modifier: &'static str,
    value: String,
}

/// What a document sees: the category, and `message.direction` or `message.origin` with its value.
type Scope = (&'static str, Option<(&'static str, &'static str)>);

const INPUT: Scope = ("message", Some(("message.direction", "input")));
const OUTPUT: Scope = ("message", Some(("message.direction", "output")));
const MESSAGE: Scope = ("message", None);
const OF_AGENTS: Scope = ("message", Some(("message.origin", "agent")));
const MEMORY: Scope = ("message", Some(("message.origin", "memory")));
const TOOL_CALL: Scope = ("tool_call", None);
const TOOL_RESULT: Scope = ("tool_result", None);
const TOOL_DEFINITION: Scope = ("tool_definition", None);
const RETRIEVAL: Scope = ("retrieval", None);

/// Reads a file of one rule.
pub fn atr(origin: &Origin, text: &str) -> Imported {
    let mut imported = Imported::default();
    let rule = match is_too_large(text) {
        Some(reason) => Err(reason),
        None => yaml_serde::from_str::<Theirs>(text).map_err(|error| error.to_string()),
    };
    match rule {
        Ok(rule) => read(origin, &rule, &mut imported),
        Err(reason) => imported.leave_out(&origin.file, None, format!("is no rule: {reason}")),
    }
    imported
}

fn read(origin: &Origin, rule: &Theirs, imported: &mut Imported) {
    let conditions = match conditions(rule) {
        Ok(conditions) => conditions,
        Err(reason) => return imported.leave_out(&rule.id, None, reason),
    };
    let needs_all = rule.detection.condition == "all";
    if rule.tags.get("suppress_in_code_blocks").and_then(Value::as_bool) == Some(true) {
        let part = Some("suppress_in_code_blocks".to_owned());
        imported.leave_out(&rule.id, part, "matches in blocks of code count here, too");
    }
    let source = rule.agent_source.as_ref().map_or("", |source| source.r#type.as_str());
    let mut seen: BTreeMap<Scope, Vec<(&str, Sign)>> = BTreeMap::new();
    for (number, condition) in conditions.iter().enumerate() {
        match sign(condition).and_then(|sign| Ok((scopes(&condition.field, source)?, sign))) {
            Ok((scopes, sign)) => {
                for (scope, field) in scopes {
                    seen.entry(*scope).or_default().push((field, sign.clone()));
                }
            }
            Err(reason) if needs_all => {
                let reason = format!("condition {number}, which must hold, {reason}");
                return imported.leave_out(&rule.id, None, reason);
            }
            Err(reason) => {
                imported.leave_out(&rule.id, Some(format!("condition {number}")), reason);
            }
        }
    }
    seen.retain(|_, signs| !needs_all || signs.len() == conditions.len());
    if seen.is_empty() {
        return imported.leave_out(&rule.id, None, "no event of ours has what it looks at");
    }
    let documents: Vec<Document> =
        seen.iter().map(|(scope, signs)| document(origin, rule, *scope, signs)).collect();
    imported.keep(&rule.id, &documents);
}

fn conditions(rule: &Theirs) -> Result<Vec<Condition>, String> {
    if let Some(status @ ("draft" | "deprecated")) = rule.status.as_deref() {
        return Err(format!("its status is {status}"));
    }
    match rule.detection.method.as_deref() {
        None | Some("pattern") => {}
        Some(method) => return Err(format!("its method is {method}, not pattern")),
    }
    if !matches!(rule.detection.condition.as_str(), "any" | "all") {
        return Err("its condition is neither any nor all".to_owned());
    }
    let Some(listed) = rule.detection.conditions.as_sequence() else {
        return Err("its conditions are no list".to_owned());
    };
    if listed.len() > MOST_CONDITIONS {
        return Err(format!("it has more than {MOST_CONDITIONS} conditions"));
    }
    let read = |value: &Value| {
        yaml_serde::from_value(value.clone()).map_err(|error| format!("a condition: {error}"))
    };
    listed.iter().map(read).collect()
}

/// What a condition asks of its field. Expressions begin with `(?i)`: their engine passes over case.
fn sign(condition: &Condition) -> Result<Sign, String> {
    let Some(value) = condition.value.as_str() else {
        return Err("looks for a value that is no text".to_owned());
    };
    let (modifier, value) = match condition.operator.as_str() {
        "regex" => {
            let bare = ["(?i)", "(?im)", "(?is)", "(?s)", "(?m)"]
                .iter()
                .find_map(|flags| value.strip_prefix(flags))
                .unwrap_or(value);
            ("|re", translated(bare, "i", Dialect::JavaScript)?)
        }
        "contains" => ("|contains", literal(value)),
        "starts_with" => ("|startswith", literal(value)),
        "exact" => ("", literal(value)),
        other => return Err(format!("asks for the operator `{}`", line(other))),
    };
    Ok(Sign { modifier, value })
}

/// Where a field of theirs is in events of ours, by what their rule is about.
fn scopes(field: &str, source: &str) -> Result<&'static [(Scope, &'static str)], String> {
    Ok(match (field, source) {
        // What a tool or a document says goes into the model as a prompt does: their engine runs the
        // rules for prompts on it, too.
        ("user_input", _) => {
            &[(INPUT, "content"), (TOOL_RESULT, "content"), (RETRIEVAL, "content")]
        }
        ("agent_output", _) => &[(OUTPUT, "content")],
        ("tool_response", _) => &[(TOOL_RESULT, "content"), (RETRIEVAL, "content")],
        ("tool_args" | "tool_input", _) | ("content", "tool_call") => &[(TOOL_CALL, "content")],
        ("tool_name", _) => &[(TOOL_CALL, "gen_ai.tool.name")],
        ("tool_description", _) => &[(TOOL_DEFINITION, "gen_ai.tool.description")],
        ("content", "llm_io" | "context_window") => {
            &[(MESSAGE, "content"), (TOOL_RESULT, "content"), (RETRIEVAL, "content")]
        }
        ("content", "mcp_exchange") => {
            &[(TOOL_RESULT, "content"), (TOOL_CALL, "content"), (TOOL_DEFINITION, "content")]
        }
        ("content", "multi_agent_comm") => &[(OF_AGENTS, "content")],
        ("content", "memory_access") => &[(MEMORY, "content")],
        _ => {
            let (field, source) = (line(field), line(source));
            return Err(format!("looks at `{field}` of `{source}`, which no event has"));
        }
    })
}

fn document(origin: &Origin, rule: &Theirs, scope: Scope, signs: &[(&str, Sign)]) -> Document {
    let (category, only) = scope;
    let value = only.map_or("", |(_, value)| value);
    let mut tags = vec![format!("atr.{}", tag(rule, "category"))];
    tags.extend(texts(rule, "mitre_atlas").iter().filter_map(|technique| origin.tag(technique)));
    let mut references = vec![HOME.to_owned(), rule.id.clone()];
    references.extend(texts(rule, "cve"));
    Document {
        title: line(&rule.title),
        id: uuid(&["atr", &rule.id, category, value]),
        status: if rule.status.as_deref() == Some("stable") { "stable" } else { "experimental" }
            .to_owned(),
        description: line(&rule.description),
        license: Some("MIT".to_owned()),
        references,
        author: line(rule.author.as_deref().unwrap_or("Agent Threat Rules")),
        date: rule.date.as_deref().map(|date| line(date).replace('/', "-")),
        tags,
        logsource: LogSource::of(category),
        detection: detection(only, signs, rule.detection.condition == "all"),
        falsepositives: false_positives(rule),
        level: level(rule.severity.as_deref()).to_owned(),
    }
}

fn detection(
    only: Option<(&'static str, &'static str)>,
    signs: &[(&str, Sign)],
    needs_all: bool,
) -> Detection {
    let mut detection = Detection::default();
    let mut groups: BTreeMap<(String, usize), Vec<String>> = BTreeMap::new();
    for (number, (field, sign)) in signs.iter().enumerate() {
        let key = format!("{field}{}", sign.modifier);
        let group = if needs_all { number } else { 0 };
        groups.entry((key, group)).or_default().push(sign.value.clone());
    }
    for (number, ((field, _), values)) in groups.into_iter().enumerate() {
        detection.select(format!("sign_{number}"), &field, values);
    }
    let quantifier = if needs_all { "all" } else { "1" };
    detection.condition = match only {
        Some((field, value)) => {
            detection.scope(field, value);
            format!("scope and {quantifier} of sign_*")
        }
        None => format!("{quantifier} of sign_*"),
    };
    detection
}

fn tag(rule: &Theirs, key: &str) -> String {
    let text = rule.tags.get(key).and_then(Value::as_str).unwrap_or("unknown");
    let plain = |char: char| char.is_ascii_alphanumeric() || char == '-';
    let tag = text.chars().take(60).map(|char| if plain(char) { char } else { '-' });
    tag.collect::<String>().to_ascii_lowercase()
}

fn texts(rule: &Theirs, key: &str) -> Vec<String> {
    let listed = rule.references.get(key).and_then(Value::as_sequence);
    let texts = listed.into_iter().flatten().filter_map(Value::as_str).take(50);
    texts.map(line).filter(|text| !text.is_empty()).collect()
}

fn false_positives(rule: &Theirs) -> Vec<String> {
    let told = rule.detection.false_positives.iter().filter_map(Value::as_str);
    let told: Vec<String> = told.map(line).filter(|text| !text.is_empty()).take(50).collect();
    if told.is_empty() { vec!["Not told by its authors.".to_owned()] } else { told }
}

fn level(severity: Option<&str>) -> &'static str {
    match severity {
        Some("critical") => "critical",
        Some("high") => "high",
        Some("low") => "low",
        Some("informational" | "info") => "informational",
        _ => "medium",
    }
}
