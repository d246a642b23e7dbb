//! Rules of others, imported, on the inputs that their authors labelled: how often both say the same.
//!
//! A labelled input is put where its rule may look: as what a person says, what a model answers, what a
//! tool gives back, as the arguments of a call, as the description of a tool, and as what an agent or
//! a memory says. Their own runner does the same, with all fields of a rule on one text.

use std::path::{Path, PathBuf};

use ::detect::import::{Imported, Origin, atr};
use ::detect::{Coverage, Engine, RuleSet};
use anyhow::{Context, Error, Result};
use model::{
    Body, Call, Direction, Kind, Logged, Origin as From, Record, Role, Segment, Timestamp,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::say;

/// Options of `rules`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The npm package agent-threat-rules, unpacked
    #[arg(long, value_name = "DIR")]
    atr: PathBuf,
    /// Name the rules whose labels we do not agree with
    #[arg(long)]
    verbose: bool,
}

#[derive(Deserialize)]
struct Labelled {
    id: String,
    test_cases: Option<Cases>,
}

#[derive(Deserialize)]
struct Cases {
    #[serde(default)]
    true_positives: Vec<Value>,
    #[serde(default)]
    true_negatives: Vec<Value>,
}

/// Labelled inputs, and how many of them come out as labelled.
#[derive(Clone, Copy, Default)]
struct Agreed {
    rules: usize,
    attacks: usize,
    found: usize,
    harmless: usize,
    quiet: usize,
}

/// How much of a rule came over.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Share {
    Whole,
    Part,
    Nothing,
}

/// Measures.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut files = Vec::new();
    collect(&options.atr.join("rules"), &mut files)?;
    files.sort_unstable();
    let (shipped, _) = RuleSet::load(::detect::shipped());
    let atlas = Coverage::of(&shipped).map_err(Error::msg)?.atlas;
    let mut origin = Origin { file: String::new(), atlas: atlas.into_keys().collect() };
    let mut agreed = [Agreed::default(); 3];
    for path in &files {
        origin.file = path.display().to_string();
        let text = std::fs::read_to_string(path).with_context(|| origin.file.clone())?;
        let labelled: Labelled =
            yaml_serde::from_str(&text).with_context(|| origin.file.clone())?;
        let imported = atr(&origin, &text);
        let of_rule = measured(&imported, &labelled);
        if options.verbose && (of_rule.found, of_rule.quiet) != (of_rule.attacks, of_rule.harmless)
        {
            say(&format!("{}: {}", labelled.id, of_rule.shown()));
        }
        if let Some(sum) = agreed.get_mut(share(&imported) as usize) {
            sum.add(of_rule);
        }
    }
    let mut all = Agreed::default();
    for (name, agreed) in ["imported whole", "imported in part", "left out"].iter().zip(agreed) {
        say(&format!("{name}: {}", agreed.shown()));
        all.add(agreed);
    }
    say(&format!("all: {}", all.shown()));
    Ok(())
}

impl Agreed {
    fn add(&mut self, other: Self) {
        self.rules += other.rules;
        self.attacks += other.attacks;
        self.found += other.found;
        self.harmless += other.harmless;
        self.quiet += other.quiet;
    }

    fn shown(self) -> String {
        let Self { rules, attacks, found, harmless, quiet } = self;
        let share = (found + quiet) as f64 / ((attacks + harmless).max(1)) as f64 * 100.0;
        format!(
            "{rules} rules, {found} of {attacks} attacks found, {quiet} of {harmless} harmless inputs \
             quiet, {share:.2} % agree"
        )
    }
}

fn share(imported: &Imported) -> Share {
    match (imported.rules.is_empty(), imported.left_out.is_empty()) {
        (true, _) => Share::Nothing,
        (false, true) => Share::Whole,
        (false, false) => Share::Part,
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|end| end == "yaml" || end == "yml") {
            files.push(path);
        }
    }
    Ok(())
}

fn measured(imported: &Imported, labelled: &Labelled) -> Agreed {
    let files = imported.rules.iter().map(|rule| (rule.file.as_str(), rule.text.as_str()));
    let mut engine = Engine::new(RuleSet::load(files).0);
    let mut index = 0;
    let mut alarms = |case: &Value| {
        let records = records(case);
        let mut any = false;
        for mut record in records {
            index += 1;
            // A session and a user of its own: nothing of it was told or alarmed at before.
            record.actor.session = Some(format!("session {index}"));
            record.actor.user = Some(format!("u_{index:032x}"));
            any |= !engine.see(&Logged { index, log_time: record.time, record }).is_empty();
        }
        any
    };
    let Some(cases) = &labelled.test_cases else {
        return Agreed { rules: 1, ..Agreed::default() };
    };
    Agreed {
        rules: 1,
        attacks: cases.true_positives.len(),
        found: cases.true_positives.iter().filter(|case| alarms(case)).count(),
        harmless: cases.true_negatives.len(),
        quiet: cases.true_negatives.iter().filter(|case| !alarms(case)).count(),
    }
}

/// A labelled input, wherever a rule may look.
fn records(case: &Value) -> Vec<Record> {
    let within = |key: &str| case.pointer(&format!("/input/{key}"));
    let named = |key: &str| case.get(key).or_else(|| within(key)).map(plain);
    let whole = case.get("input").filter(|input| !input.is_object()).map(plain);
    let arguments = named("tool_args").or_else(|| case.pointer("/tool_call/args").map(plain));
    let name = named("tool_name").or_else(|| case.pointer("/tool_call/name").map(plain));
    let answer = named("tool_response").or_else(|| within("response").map(plain));
    let texts = ["user_input", "content", "agent_output", "tool_description"];
    let main = whole
        .or_else(|| texts.iter().find_map(|key| named(key)))
        .or_else(|| arguments.clone())
        .or_else(|| answer.clone())
        .unwrap_or_default();
    let said = |role, origin, text: &str| {
        let output = role == Role::Assistant;
        let direction = if output { Direction::Output } else { Direction::Input };
        let body = Body::Text { content: text.to_owned() };
        chat(vec![Segment { direction, message: 0, role, origin, name: None, body }])
    };
    let description = named("tool_description").unwrap_or_else(|| main.clone());
    let mut described = chat(Vec::new());
    described.call = Some(Call {
        operation: "chat".to_owned(),
        tool_definitions: vec![json!({"name": name, "description": description})],
        ..Call::default()
    });
    vec![
        said(Role::User, From::User, &main),
        said(Role::Assistant, From::Assistant, &main),
        said(Role::User, From::Agent, &main),
        said(Role::User, From::Memory, &main),
        result(name.clone(), answer.as_deref().unwrap_or(&main)),
        call(name.unwrap_or_default(), arguments.as_deref().unwrap_or(&main)),
        described,
    ]
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn chat(content: Vec<Segment>) -> Record {
    let time = Timestamp::from_millis(1_760_000_000_000);
    Record { version: 1, kind: Kind::Interaction, time, content, ..Record::default() }
}

fn call(name: String, arguments: &str) -> Record {
    let arguments = serde_json::from_str(arguments).unwrap_or_else(|_| json!(arguments));
    let body = Body::ToolCall { id: None, name, arguments };
    chat(vec![Segment {
        direction: Direction::Output,
        message: 0,
        role: Role::Assistant,
        origin: From::Assistant,
        name: None,
        body,
    }])
}

fn result(name: Option<String>, answer: &str) -> Record {
    let body = Body::ToolResult { id: None, name, result: json!(answer), is_error: false };
    chat(vec![Segment {
        direction: Direction::Input,
        message: 0,
        role: Role::Tool,
        origin: From::Tool,
        name: None,
        body,
    }])
}
