//! The table of coverage: what the lists and the rules say of each other agrees.

use std::collections::BTreeSet;

use detect::{Coverage, RuleSet, shipped};

use crate::made::WORD;

fn shipped_rules() -> RuleSet {
    RuleSet::load(shipped()).0
}

/// The lists as they are written.
const LISTS: [&str; 2] = [
    include_str!("../../../docs/coverage/peers.yml"),
    include_str!("../../../docs/coverage/requirements.yml"),
];

#[test]
fn every_row_is_covered_or_says_why_not() {
    let coverage = Coverage::of(&shipped_rules()).unwrap();
    let peers = coverage.peers.iter().flat_map(|peer| &peer.alerts);
    for row in peers.chain(&coverage.requirements) {
        assert_eq!(row.rules.is_empty(), row.not_covered.is_some(), "{}", row.name);
        let why = row.not_covered.as_deref().unwrap_or_default();
        assert!(!why.contains("loaded"), "{}: {why}", row.name);
    }
    assert!(coverage.peers.len() >= 10 && coverage.requirements.len() >= 100);
    assert!(coverage.atlas.contains_key("AML.T0051.000"));
    assert!(coverage.owasp.contains_key("LLM01:2025"));
}

#[test]
fn every_rule_that_a_list_names_is_shipped() {
    let rules = shipped_rules();
    let known: BTreeSet<&str> = rules.rules().iter().map(|rule| rule.id.as_str()).collect();
    let named =
        LISTS.iter().flat_map(|list| list.lines()).filter_map(|line| line.strip_prefix("  - "));
    let unknown: Vec<&str> = named.filter(|id| !known.contains(id)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn every_row_that_a_rule_names_is_listed() {
    let rows: BTreeSet<String> = LISTS
        .iter()
        .flat_map(|list| list.lines())
        .filter_map(|line| {
            let slug = line.strip_prefix("  slug: ").map(|slug| format!("peer.{slug}"));
            slug.or_else(|| {
                line.strip_prefix("- id: ").map(|id| format!("requirement.{}", id.to_lowercase()))
            })
        })
        .collect();
    for rule in shipped_rules().rules() {
        for tag in &rule.tags {
            let of_a_list = tag.starts_with("peer.") || tag.starts_with("requirement.");
            assert!(!of_a_list || rows.contains(tag), "{}: {tag} is in no list", rule.file);
        }
    }
}

#[test]
fn the_table_is_of_the_rules_that_are_loaded() {
    let tagged = WORD.replace("[atlas.aml.t0051.000]", "[requirement.c-001, atlas.aml.t0054]");
    let (rules, _) = RuleSet::load([("word.yml", tagged.as_str())]);
    let coverage = Coverage::of(&rules).unwrap();
    let covered: Vec<&str> = coverage
        .requirements
        .iter()
        .filter(|row| row.is_covered())
        .filter_map(|row| row.id.as_deref())
        .collect();
    assert_eq!(covered, ["C-001"]);
    let text = coverage.markdown();
    assert!(text.contains("| All peers | 310 | 0 | 310 |"), "{text}");
    assert!(text.contains("`C-001` Known injection patterns | "), "{text}");
    assert!(text.contains("| AML.T0054 | 1 |"), "{text}");
}
