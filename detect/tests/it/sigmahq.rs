//! The rules of SigmaHQ and their regression cases, where a checkout of github.com/SigmaHQ/sigma is at
//! `PLAINSIGHT_SIGMA_RULES`.

use std::path::{Path, PathBuf};

use detect::ForeignRules;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The checkout; tests say that they are skipped where there is none.
fn checkout() -> Option<PathBuf> {
    let folder = std::env::var_os("PLAINSIGHT_SIGMA_RULES").map(PathBuf::from);
    if folder.is_none() {
        said("skipped: no checkout of SigmaHQ/sigma at PLAINSIGHT_SIGMA_RULES");
    }
    folder
}

#[expect(clippy::print_stderr, reason = "figures of a test that its reader asks for")]
fn said(text: &str) {
    eprintln!("{text}");
}

fn files(folder: &Path, is_wanted: &dyn Fn(&Path) -> bool, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, is_wanted, found);
        } else if is_wanted(&path) {
            found.push(path);
        }
    }
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "yml")
}

#[test]
fn every_rule_of_sigmahq_parses() {
    let Some(checkout) = checkout() else { return };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(&checkout).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name().to_string_lossy().starts_with("rules") {
            files(&entry.path(), &is_yaml, &mut paths);
        }
    }
    let mut problems = Vec::new();
    let mut rules = 0;
    for path in &paths {
        let text = std::fs::read_to_string(path).unwrap();
        match ForeignRules::parse(&path.to_string_lossy(), &text) {
            Ok(parsed) => rules += parsed.len(),
            Err(told) => problems.extend(told.iter().map(ToString::to_string)),
        }
    }
    said(&format!("{} files, {rules} rules, {} problems", paths.len(), problems.len()));
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(rules >= paths.len() && rules > 3000);
}

/// A regression case: `count` of the events in `events`, or more, match the rule with this id.
struct Case {
    rule: String,
    events: PathBuf,
    count: usize,
}

#[derive(Deserialize)]
struct Info {
    rule_metadata: Vec<Metadata>,
    #[serde(default)]
    regression_tests_info: Vec<Test>,
}

#[derive(Deserialize)]
struct Metadata {
    id: String,
}

#[derive(Deserialize)]
struct Test {
    path: String,
    match_count: Option<usize>,
}

/// The cases of an info.yml. Beside the event log of each are its events as JSON; one case is of raw
/// text lines, which are no events.
fn cases(checkout: &Path, info: &Path) -> Vec<Case> {
    let info: Info = yaml_serde::from_str(&std::fs::read_to_string(info).unwrap()).unwrap();
    let rule = info.rule_metadata.first().unwrap().id.clone();
    let of = |test: Test| Case {
        rule: rule.clone(),
        events: checkout.join(test.path).with_extension("json"),
        count: test.match_count.unwrap_or(1),
    };
    let cases = info.regression_tests_info.into_iter().map(of);
    cases.filter(|case| case.events.is_file()).collect()
}

/// A Windows event as Sigma names its fields: what `EventData`, `UserData` and `System` have in them,
/// under its own name without blanks; the provider is `Provider_Name`.
fn windows(event: &Value) -> Value {
    let mut fields = Map::new();
    leaves("", event, &mut fields);
    if let Some(provider) = event.pointer("/Event/System/Provider/#attributes/Name") {
        fields.insert("Provider_Name".to_owned(), provider.clone());
    }
    Value::Object(fields)
}

fn leaves(name: &str, value: &Value, fields: &mut Map<String, Value>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                leaves(name, value, fields);
            }
        }
        leaf => {
            fields.insert(name.replace(' ', ""), leaf.clone());
        }
    }
}

#[test]
fn the_regression_cases_of_sigmahq_match() {
    let Some(checkout) = checkout() else { return };
    let (mut rules, mut infos) = (Vec::new(), Vec::new());
    for folder in ["rules", "rules-emerging-threats", "rules-threat-hunting"] {
        files(&checkout.join(folder), &is_yaml, &mut rules);
    }
    files(&checkout.join("regression_data"), &|path| path.ends_with("info.yml"), &mut infos);
    let texts: Vec<String> =
        rules.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let (mut matched, mut events, mut wrong) = (0, 0, Vec::new());
    for case in infos.iter().flat_map(|info| cases(&checkout, info)) {
        let id = format!("\nid: {}", case.rule);
        let text = texts.iter().find(|text| text.contains(&id)).unwrap();
        let rule = ForeignRules::parse(&case.rule, text).ok().unwrap();
        let json = std::fs::read_to_string(&case.events).unwrap();
        let stream = serde_json::Deserializer::from_str(&json).into_iter::<Value>();
        let seen: Vec<Value> = stream.map(|event| windows(&event.unwrap())).collect();
        let count = seen.iter().filter(|event| !rule.matches(event).is_empty()).count();
        events += seen.len();
        if count >= case.count {
            matched += 1;
        } else {
            wrong.push(format!("{}: {count}, not {} or more", case.events.display(), case.count));
        }
    }
    said(&format!("{matched} cases match, {} do not; {events} events", wrong.len()));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(matched > 190);
}
