//! Sigma's matching, on our events.

use crate::made::{chat, log, rules, run, said, tool_call};
use model::Role;
use serde_json::json;

/// Whether a detection on tool calls matches one call.
fn matches(category: &str, detection: &str) -> bool {
    let text = format!(
        "title: T\nid: t\nlogsource: {{category: {category}}}\ndetection:\n{detection}\nlevel: low\n"
    );
    let record = chat(
        "ada",
        1,
        vec![
            said(Role::User, 0, "please send the Ärger report"),
            tool_call(
                "send_mail",
                json!({"to": ["a@x.example", "b@y.example"], "n": 12, "flag": true}),
            ),
        ],
    );
    !run(&rules(&text), &log([record])).is_empty()
}

#[test]
fn any_member_of_a_list_may_match_and_all_asks_for_several_values() {
    assert!(matches("tool_call", "  s: {tool.argument.to|endswith: y.example}\n  condition: s"));
    assert!(matches("tool_call", "  s: {tool.argument.to|contains|all: [a@, b@]}\n  condition: s"));
    assert!(!matches(
        "tool_call",
        "  s: {tool.argument.to|contains|all: [a@, c@]}\n  condition: s"
    ));
    assert!(!matches("tool_call", "  s: {tool.argument.to|contains: c@}\n  condition: s"));
}

#[test]
fn numbers_flags_wildcards_and_regular_expressions() {
    assert!(matches("tool_call", "  s: {tool.argument.n|gt: 11}\n  condition: s"));
    assert!(!matches("tool_call", "  s: {tool.argument.n|gt: 12}\n  condition: s"));
    assert!(matches("tool_call", "  s: {tool.argument.flag: true}\n  condition: s"));
    assert!(matches("tool_call", "  s: {tool.executed: false}\n  condition: s"));
    assert!(matches("tool_call", "  s: {gen_ai.tool.name: 'send_*'}\n  condition: s"));
    assert!(matches("message", "  s: {content|re: 'send the \\w+ report'}\n  condition: s"));
    assert!(matches("message", "  s: {content|contains: 'ärger'}\n  condition: s"));
    assert!(!matches("message", "  s: {content|contains|cased: 'ärger'}\n  condition: s"));
}

#[test]
fn absence_negation_and_keywords() {
    assert!(matches(
        "message",
        "  s: {user.id|exists: true}\n  f: {api_key|exists: true}\n  condition: s and not f"
    ));
    assert!(matches("message", "  k: [report, nothing]\n  condition: k"));
    assert!(matches("message", "  a: {user.id: ada}\n  b: {user.id: eve}\n  condition: 1 of them"));
    assert!(!matches(
        "message",
        "  a: {user.id: ada}\n  b: {user.id: eve}\n  condition: all of them"
    ));
    assert!(!matches("tool_call", "  s: {content|contains: ärger}\n  condition: s"));
}

#[test]
fn a_filter_passes_over_what_it_names() {
    let rule = crate::made::WORD;
    let filter = "title: Not of ada\nid: f\nlogsource: {product: genai}\nfilter:\n  rules: [a_word]\n  selection: {user.id: ada}\n  condition: not selection\n";
    let rules = rules(&format!("{rule}\n---\n{filter}"));
    let alerts = run(&rules, &log(["ada", "eve"].map(|user| crate::made::ask(user, 1, "kaboom"))));
    assert_eq!(alerts.len(), 1);
    assert_eq!(alerts[0].entities["user.id"], "eve");
}
