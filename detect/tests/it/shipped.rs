//! The shipped rules load, and have what a rule must have.

use detect::{RuleSet, shipped};

#[test]
fn every_shipped_rule_loads() {
    let files = shipped();
    let (rules, problems) = RuleSet::load(files.iter().copied());
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{}", told.join("\n"));
    assert!(rules.rules().len() >= files.len());
    for rule in rules.rules().iter().filter(|rule| !rule.is_silent) {
        let matching = rule.examples.iter().filter(|example| example.matches).count();
        let place = format!("{}:{}", rule.file, rule.line);
        assert!(matching >= 2 && rule.examples.len() - matching >= 2, "{place}: too few examples");
        assert!(!rule.false_positives.is_empty(), "{place}: no false positives");
        assert!(
            !rule.description.is_empty() && !rule.action.is_empty(),
            "{place}: says too little"
        );
    }
}
