//! Rules of other projects, imported.

use std::collections::BTreeSet;

use detect::import::{Imported, Origin, atr, nova};
use detect::{Engine, RuleSet};
use model::Record;
use proptest::prelude::*;
use serde_json::json;

use crate::made::{ask, chat, logged, tool_call};

fn origin() -> Origin {
    Origin { file: "theirs".to_owned(), atlas: BTreeSet::from(["AML.T0051.000".to_owned()]) }
}

/// Whether a rule of the import alarms at a record.
fn alarms(imported: &Imported, record: Record) -> bool {
    let files = imported.rules.iter().map(|rule| (rule.file.as_str(), rule.text.as_str()));
    let (rules, problems) = RuleSet::load(files);
    assert!(problems.is_empty(), "{problems:?}");
    !Engine::new(rules).see(&logged(0, record)).is_empty()
}

const ATR: &str = r#"
title: "Orders to a parrot"
id: ATR-2000-00001
status: stable
description: "Somebody tells the parrot what to do: in words, or by a tool."
author: "Writers of tests"
date: "2026/01/02"
severity: high
references:
  mitre_atlas: ["AML.T0051.000 - Direct", "AML.T9999 - Made up"]
  owasp_llm: ["LLM99:2025"]
  cve: ["CVE-2000-0001"]
tags: {category: prompt-injection, suppress_in_code_blocks: true}
agent_source: {type: llm_io}
detection:
  condition: any
  conditions:
    - {field: user_input, operator: regex, value: "(?i)\\bparrot,?\\s+(speak|fly)\\b"}
    - {field: user_input, operator: regex, value: "parrot(?=!)"}
    - {field: user_input, operator: contains, value: "50*2?"}
    - {field: tool_args, operator: regex, value: "{\"bird\":\\s*\"parrot\"[^}]*}"}
    - {field: feather.colour, operator: regex, value: "red"}
  false_positives: ["Owners of parrots"]
"#;

#[test]
fn an_atr_rule_sees_our_events() {
    let imported = atr(&origin(), ATR);
    assert_eq!(imported.rules.len(), 1);
    assert_eq!(imported.rules[0].file, "atr-2000-00001.yml");
    assert!(alarms(&imported, ask("ada", 1, "Parrot, SPEAK to me")));
    assert!(alarms(&imported, ask("ada", 1, "what is 50*2?")));
    assert!(alarms(&imported, chat("ada", 1, vec![tool_call("feed", json!({"bird": "parrot"}))])));
    assert!(!alarms(&imported, ask("ada", 1, "a parrot speaks; 500 or 502")));
    let text = &imported.rules[0].text;
    for kept in [
        "title: Orders to a parrot",
        "license: MIT",
        "author: Writers of tests",
        "- ATR-2000-00001",
        "- CVE-2000-0001",
        "- atr.prompt-injection",
        "- atlas.aml.t0051.000",
        "level: high",
        "- Owners of parrots",
        "date: 2026-01-02",
    ] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
    assert!(!text.contains("t9999") && !text.contains("llm99"), "{text}");
}

#[test]
fn what_an_atr_rule_loses_is_told() {
    let told = |imported: &Imported| {
        let told = imported.left_out.iter();
        let shown = told.map(|left| format!("{:?} {}", left.part.as_deref(), left.reason));
        shown.collect::<Vec<_>>()
    };
    let parts = told(&atr(&origin(), ATR));
    assert_eq!(
        parts,
        [
            "Some(\"suppress_in_code_blocks\") matches in blocks of code count here, too",
            "Some(\"condition 1\") look-around does not run in linear time",
            "Some(\"condition 4\") looks at `feather.colour` of `llm_io`, which no event has",
        ]
    );
    for (from, to, why) in [
        ("condition: any", "condition: all", "which must hold"),
        ("status: stable", "status: draft", "its status is draft"),
        ("condition: any", "condition: any\n  method: semantic", "its method is semantic"),
        ("detection:", "detektion:", "is no rule"),
    ] {
        let imported = atr(&origin(), &ATR.replacen(from, to, 1));
        assert!(imported.rules.is_empty(), "{to}");
        let told = told(&imported);
        assert!(told.iter().any(|told| told.starts_with("None") && told.contains(why)), "{told:?}");
    }
}

const NOVA: &str = r#"
// A comment.
rule ParrotOrders
{
    meta:
        description = "Orders to a parrot"
        author = "Writers of tests"
        severity = "high"
    keywords:
        $speak = "parrot, speak"
        $fly = /parrots?\s+FLY/
        $loud = "PARROT" case:true
    semantics:
        $meaning = "orders to a bird" (0.4)
    condition:
        keywords.$speak or keywords.$fly or ($loud and not $speak) or semantics.$meaning
}

rule OnlyAModelKnows
{
    llm:
        $asked = "Is this an order to a bird?"
    condition:
        llm.$asked
}
"#;

#[test]
fn nova_keywords_see_what_goes_into_a_model() {
    let imported = nova(&origin(), NOVA);
    assert_eq!(imported.rules.len(), 1);
    for said in ["Parrot, Speak!", "parrots FLY", "a PARROT"] {
        assert!(alarms(&imported, ask("ada", 1, said)), "{said}");
    }
    assert!(!alarms(&imported, ask("ada", 1, "parrots fly and a parrot speaks")));
    let left: Vec<(&str, Option<&str>)> =
        imported.left_out.iter().map(|left| (left.rule.as_str(), left.part.as_deref())).collect();
    assert_eq!(left, [("ParrotOrders", Some("semantics.$meaning")), ("OnlyAModelKnows", None)]);
    assert!(imported.rules[0].text.contains("author: Writers of tests"));
}

/// The npm package agent-threat-rules 4.0.0, unpacked at `PLAINSIGHT_ATR`.
#[test]
fn the_rules_of_atr_come_over() {
    let Some(package) = std::env::var_os("PLAINSIGHT_ATR").map(std::path::PathBuf::from) else {
        eprintln!("skipped: no npm package agent-threat-rules at PLAINSIGHT_ATR");
        return;
    };
    let (mut files, mut written, mut left_out) = (0, 0, 0);
    for folder in std::fs::read_dir(package.join("rules")).unwrap() {
        for file in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let imported = atr(&origin(), &text);
            assert!(!imported.rules.is_empty() || !imported.left_out.is_empty());
            files += 1;
            written += imported.rules.len();
            left_out += imported.left_out.iter().filter(|left| left.part.is_none()).count();
        }
    }
    eprintln!("{files} files, {written} rules written, {left_out} left out");
    assert_eq!(files, written + left_out);
    assert!(written * 10 > files * 9, "{written} of {files}");
}

/// Text that is nearly a rule.
fn nearly(rule: &'static str) -> impl Strategy<Value = String> {
    let line = prop::sample::select(rule.lines().collect::<Vec<_>>());
    let part = prop_oneof![4 => line.prop_map(str::to_owned), 1 => ".{0,30}"];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.join("\n"))
}

proptest! {
    #[test]
    fn no_text_panics_and_what_comes_out_loads(
        text in prop_oneof![nearly(ATR), nearly(NOVA), ".{0,300}"],
        pattern in "[a-z\\[\\](){}?*+|^$.\\\\dwbuxk0-9&~-]{0,20}",
    ) {
        let with_pattern = ATR.replace("parrot(?=!)", &pattern.replace('\\', "\\\\"));
        let with_keyword = NOVA.replace("parrots?", &pattern);
        let all = [
            atr(&origin(), &text),
            nova(&origin(), &text),
            atr(&origin(), &with_pattern),
            nova(&origin(), &with_keyword),
        ];
        for imported in &all {
            prop_assert!(imported.left_out.iter().all(|left| !left.reason.is_empty()));
            alarms(imported, ask("ada", 1, "parrot"));
        }
    }
}
