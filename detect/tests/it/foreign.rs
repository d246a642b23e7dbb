//! Sigma rules of others.

use detect::ForeignRules;
use proptest::prelude::*;
use serde_json::json;

const RULE: &str = "
title: A shell that is started
id: 33333333-3333-4333-8333-333333333333
logsource: {product: linux, category: process_creation}
detection:
  shell: {process.image|endswith: /sh}
  old: {process.parent: cron}
  condition: shell and not old
level: low
";

#[test]
fn a_rule_on_any_log_matches_json() {
    let rules = ForeignRules::parse("shell.yml", RULE).ok().unwrap();
    assert_eq!(rules.len(), 1);
    let event = json!({"process": {"image": "/bin/sh", "parent": "sshd"}});
    assert_eq!(rules.matches(&event), ["A shell that is started"]);
    let flat = json!({"process.image": "/bin/sh", "process.parent": "cron"});
    assert!(rules.matches(&flat).is_empty());
}

#[test]
fn a_broken_rule_is_told_with_its_place() {
    let broken = RULE.replace("shell and not old", "shel and not old");
    let problems = ForeignRules::parse("shell.yml", &broken).err().unwrap();
    assert_eq!(problems.len(), 1);
    assert_eq!(
        problems[0].to_string(),
        "shell.yml:8:3: error: no selection is called `shel` (did you mean `shell`?)"
    );
}

proptest! {
    #[test]
    fn no_foreign_rule_panics(text in ".{0,300}", value in ".{0,50}") {
        for text in [text.clone(), RULE.replace("/sh", &text)] {
            if let Ok(rules) = ForeignRules::parse("random.yml", &text) {
                rules.matches(&json!({"process": {"image": value}}));
            }
        }
    }
}
