//! Broken rules: left out, told with their place, and no harm to the others.

use detect::{RuleSet, Weight};

use crate::made::WORD;

/// The problems of a rule file, as lines.
fn told(text: &str) -> Vec<String> {
    let (_, problems) = RuleSet::load([("r.yml", text)]);
    problems.iter().map(ToString::to_string).collect()
}

fn word(from: &str, to: &str) -> String {
    assert!(WORD.contains(from), "{from}");
    WORD.replace(from, to)
}

#[test]
fn what_is_missing_is_told() {
    assert_eq!(told(&word("title: A word\n", "")), ["r.yml:2:1: error: the rule has no `title`"]);
    assert_eq!(
        told(&word("id: 11111111-1111-4111-8111-111111111111\n", "")),
        ["r.yml:2:1: error: the rule has no `id`"]
    );
    assert_eq!(told(&word("level: high\n", "")), ["r.yml:2:1: error: the rule has no `level`"]);
    let condition = told(&word("  condition: selection\n", ""));
    assert!(condition[0].contains("condition"), "{condition:?}");
}

#[test]
fn what_is_not_known_is_told_with_what_is_most_like_it() {
    assert_eq!(
        told(&word("category: message", "category: mesage")),
        ["r.yml:5:29: error: no category is called `mesage` (did you mean `message`?)"]
    );
    assert_eq!(
        told(&word("    message.role:", "    mesage.role:")),
        [
            "r.yml:9:5: warning: no field is called `mesage.role`; an attribute may be (did you mean `message.role`?)"
        ]
    );
    assert_eq!(
        told(&word("condition: selection", "condition: selektion")),
        ["r.yml:10:3: error: no selection is called `selektion` (did you mean `selection`?)"]
    );
    let key = told(&word("  action: Ask why.", "  actoin: Ask why."));
    assert!(
        key[0].starts_with("r.yml:15:3: error: under `plainsight`: unknown field `actoin`"),
        "{key:?}"
    );
    let content = told(&word("{session.id}", "{content}"));
    assert_eq!(content, ["r.yml:14:3: error: a reason must not repeat what was said: `content`"]);
}

#[test]
fn bad_values_are_told() {
    let regex = told(&word("content|contains: kaboom", "content|re: 'a('"));
    assert!(regex[0].contains("bad regular expression `a(`"), "{regex:?}");
    let large = told(&word("content|contains: kaboom", "content|re: '(\\w{100}){100}'"));
    assert!(large[0].contains("too large"), "{large:?}");
    let yaml = told("a: [1");
    assert!(yaml[0].starts_with("r.yml:") && yaml[0].contains("is no YAML"), "{yaml:?}");
    assert!(told(&word("genai", "windows"))[0].contains("no event is of the product `windows`"));
    let deep = "(".repeat(2000);
    assert!(
        told(&word("condition: selection", &format!("condition: '{deep}'")))[0]
            .contains("nests deeper")
    );
}

#[test]
fn a_correlation_needs_rules_that_work() {
    let correlation = |rules: &str| {
        format!(
            "title: C\nid: c\ncorrelation:\n  type: event_count\n  rules: [{rules}]\n  group-by: [user.id]\n  timespan: 1h\n  condition: {{gte: 2}}\nlevel: low\n"
        )
    };
    let text = format!("{WORD}\n---\n{}", correlation("a_wrod"));
    assert_eq!(
        told(&text),
        ["r.yml:22:3: error: no rule that works is called `a_wrod` (did you mean `a_word`?)"]
    );
    assert!(told(&correlation("c"))[0].contains("rests on itself"));
    let twice = format!("{WORD}\n---{WORD}");
    assert!(told(&twice)[0].contains("another rule has the id"), "{:?}", told(&twice));
}

#[test]
fn the_others_work_all_the_same() {
    let broken = word("condition: selection", "condition: nothing");
    let (rules, problems) =
        RuleSet::load([("a.yml", broken.as_str()), ("b.yml", "]["), ("c.yml", WORD)]);
    assert_eq!(rules.rules().len(), 1);
    assert_eq!(problems.len(), 2);
    assert!(problems.iter().all(|problem| problem.weight == Weight::Error));
}
