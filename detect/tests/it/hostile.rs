//! Hostile rules and records: bounded, and no panic.

use std::time::{Duration, Instant};

use detect::{Engine, RuleSet, shipped};
use model::{Record, Role};
use proptest::prelude::*;
use serde_json::json;

use crate::made::{MINUTE, WORD, ask, chat, logged, said, tool_call, words};

/// All shipped rules.
fn engine() -> Engine {
    let files = shipped();
    Engine::new(RuleSet::load(files.iter().copied()).0)
}

fn deep(depth: usize) -> serde_json::Value {
    (0..depth).fold(json!("leaf"), |inside, _| json!({ "a": [inside] }))
}

#[test]
fn one_hostile_record_is_bounded() {
    let mut wide = serde_json::Map::new();
    for n in 0..50_000 {
        wide.insert(format!("key {n}"), json!(["x", n]));
    }
    let mut nested = ask("ada", 1, "x");
    nested.attributes.insert("deep".to_owned(), deep(60));
    nested.attributes.insert("wide".to_owned(), json!(wide));
    let records: Vec<Record> = vec![
        ask("ada", 1, &"kaboom ignore ".repeat(800_000)),
        ask("ada", 2, &"\u{e0041}ä".repeat(1_000_000)),
        chat("ada", 3, vec![tool_call("x", deep(60)), tool_call("y", json!(wide))]),
        nested,
        chat(
            "ada",
            4,
            (0..20_000).map(|n| said(Role::User, n, "ignore all previous instructions")).collect(),
        ),
    ];
    let mut engine = engine();
    for (index, record) in records.into_iter().enumerate() {
        let started = Instant::now();
        engine.see(&logged(index as u64, record));
        // Tests are not optimised; what is bounded takes a few seconds, what is not takes minutes.
        assert!(
            started.elapsed() < Duration::from_mins(1),
            "record {index}: {:?}",
            started.elapsed()
        );
    }
}

#[test]
fn many_groups_are_forgotten_in_order() {
    let (rules, _) = RuleSet::load([("w.yml", words(2, "1h").as_str())]);
    let mut engine = Engine::new(rules);
    for n in 0..60_000_u64 {
        assert!(engine.see(&logged(n, ask(&format!("user {n}"), 1, "kaboom"))).is_empty());
    }
    // The first ten thousand groups had to go; the last are known.
    assert!(engine.see(&logged(60_000, ask("user 3", MINUTE, "kaboom"))).is_empty());
    assert_eq!(engine.see(&logged(60_001, ask("user 59999", MINUTE, "kaboom"))).len(), 1);
}

/// YAML that is nearly a rule.
fn nearly() -> impl Strategy<Value = String> {
    let line = prop::sample::select(words(3, "1h").lines().map(str::to_owned).collect::<Vec<_>>());
    let token = prop::sample::select(vec![
        ":",
        "- ",
        "---\n",
        "&a ",
        "*a",
        "{",
        "}",
        "[",
        "]",
        "'",
        "|",
        "!!x ",
        "\n",
        "  ",
        "selection",
        "1 of them",
        "not ",
        "(",
        ")",
        "null",
        "content|re",
        "plainsight",
        "records",
        "action: global",
        "\u{feff}",
        "\t",
    ]);
    let part = prop_oneof![
        4 => line.prop_map(|line| line + "\n"),
        2 => token.prop_map(str::to_owned),
        1 => ".{0,12}",
    ];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_rule_file_panics(text in prop_oneof![nearly(), ".{0,200}"]) {
        let (rules, problems) = RuleSet::load([("random.yml", text.as_str()), ("word.yml", WORD)]);
        for problem in &problems {
            prop_assert!(problem.line > 0 && !problem.to_string().is_empty());
        }
        let mut engine = Engine::new(rules);
        engine.see(&logged(0, ask("ada", 1, "kaboom")));
    }
}
