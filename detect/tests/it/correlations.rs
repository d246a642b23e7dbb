//! Correlations: each type, groups, chains, and windows as a naive model has them.

use detect::{Engine, RuleSet};
use model::{Alert, Record, TenantId};
use proptest::prelude::*;
use serde_json::json;

use crate::made::{MINUTE, WORD, ask, log, rules, run, words};

#[test]
fn so_many_within_the_time_of_one_user() {
    let text = words(3, "10m");
    let at = |user: &str, minute: i64| ask(user, minute * MINUTE, &format!("kaboom {minute}"));
    let alerts =
        run(&rules(&text), &log([at("ada", 0), at("eve", 1), at("ada", 2), at("ada", 11)]));
    assert_eq!(alerts, []);
    let alerts = run(
        &rules(&text),
        &log([at("ada", 0), at("eve", 1), at("ada", 2), at("ada", 10), at("ada", 11)]),
    );
    let [alert] = alerts.as_slice() else { panic!("{alerts:?}") };
    assert_eq!(alert.reason, "ada said it 3 times within 10 minutes");
    assert_eq!(alert.evidence, [0, 2, 3]);
    assert_eq!(alert.entities["user.id"], "ada");
    assert_eq!(alert.first_seen.nanos(), 0);
    assert_eq!(alert.last_seen.nanos(), 10 * MINUTE);
}

#[test]
fn generate_lets_the_bases_speak() {
    let text = words(2, "1h").replace("correlation:\n", "generate: true\ncorrelation:\n");
    let alerts = run(&rules(&text), &log([ask("ada", 1, "kaboom"), ask("ada", 2, "kaboom 2")]));
    assert_eq!(alerts.len(), 2);
}

#[test]
fn tenants_are_apart() {
    let mut other = ask("ada", 2, "kaboom 2");
    other.tenant = TenantId("other".to_owned());
    assert_eq!(run(&rules(&words(2, "1h")), &log([ask("ada", 1, "kaboom"), other])), []);
}

/// A rule on every request with a number, and a correlation of it.
fn numbered(kind: &str, condition: &str) -> RuleSet {
    rules(&format!(
        "title: N\nid: n\nlogsource: {{category: llm_request}}\ndetection: {{s: {{resource.n|exists: true}}, condition: s}}\n---\ntitle: C\nid: c\ncorrelation:\n  type: {kind}\n  rules: [n]\n  group-by: [user.id]\n  timespan: 10m\n  condition: {condition}\nlevel: low\nplainsight: {{dedup: {{by: [user.id], window: 1s}}}}\n"
    ))
}

fn number(time: i64, number: serde_json::Value) -> Record {
    let mut record = ask("ada", time, "x");
    record.attributes.insert("resource.n".to_owned(), number);
    record
}

fn numbers(kind: &str, condition: &str, values: &[i64]) -> Vec<usize> {
    let rules = numbered(kind, condition);
    let mut engine = Engine::new(rules);
    let records = values.iter().zip(0..).map(|(value, at)| number(at * MINUTE, json!(value)));
    let logged = log(records);
    logged
        .iter()
        .enumerate()
        .filter(|(_, logged)| !engine.see(logged).is_empty())
        .map(|(at, _)| at)
        .collect()
}

#[test]
fn values_are_counted_and_summed_up() {
    assert_eq!(numbers("value_count", "{field: resource.n, gte: 3}", &[1, 1, 2, 2, 3, 1]), [4, 5]);
    assert_eq!(numbers("value_sum", "{field: resource.n, gt: 9}", &[4, 5, 1, 0]), [2, 3]);
    assert_eq!(numbers("value_avg", "{field: resource.n, gte: 5}", &[1, 9, 2]), [1]);
    assert_eq!(
        numbers("value_percentile", "{field: resource.n, gte: 9, percentile: 50}", &[1, 9, 10]),
        [2]
    );
    assert_eq!(
        numbers("value_count", "{field: resource.n, gte: 11}", &(0..12).collect::<Vec<_>>()),
        [10, 11]
    );
    assert_eq!(
        numbers("value_count", "{field: resource.n, gte: 12}", &(0..12).collect::<Vec<_>>()),
        Vec::<usize>::new()
    );
}

/// Three rules, each for a word, and a correlation of them.
fn ordered(kind: &str, condition: &str) -> RuleSet {
    let words = ["red", "green", "blue"].map(|word| {
        WORD.replace("kaboom", word)
            .replace("a_word", word)
            .replace("11111111-1111-4111-8111-111111111111", &format!("id-{word}"))
    });
    rules(&format!(
        "{}\n---\ntitle: C\nid: c\nname: c\ncorrelation:\n  type: {kind}\n  rules: [red, green, blue]\n  group-by: [user.id]\n  timespan: 10m\n{condition}level: low\n",
        words.join("\n---\n")
    ))
}

fn in_order(rules: &RuleSet, said: &[&str]) -> bool {
    let records = said.iter().zip(0..).map(|(word, minute)| ask("ada", minute * MINUTE, word));
    !run(rules, &log(records)).is_empty()
}

#[test]
fn together_and_one_after_the_other() {
    let together = ordered("temporal", "");
    assert!(in_order(&together, &["blue", "green", "red"]));
    assert!(!in_order(&together, &["blue", "green", "green"]));
    let one_after_the_other = ordered("temporal_ordered", "");
    assert!(!in_order(&one_after_the_other, &["blue", "green", "red"]));
    assert!(in_order(&one_after_the_other, &["red", "blue", "green", "blue"]));
    assert!(!in_order(&one_after_the_other, &["red green blue"]));
    let expression = ordered("temporal", "  condition: red and not blue\n");
    assert!(in_order(&expression, &["red"]));
    assert!(!in_order(&expression, &["blue", "green"]));
    let two = ordered("temporal", "  condition: {gte: 2}\n");
    assert!(in_order(&two, &["red", "blue"]));
}

#[test]
fn a_correlation_may_rest_on_another() {
    let text = format!(
        "{}\n---\n{}\n---\ntitle: Chain\nid: chain\ncorrelation:\n  type: temporal_ordered\n  rules: [22222222-2222-4222-8222-222222222222, green]\n  group-by: [user.id]\n  timespan: 1h\nlevel: high\n",
        words(2, "10m"),
        WORD.replace("kaboom", "green")
            .replace("a_word", "green")
            .replace("11111111-1111-4111-8111-111111111111", "id-green")
    );
    let rules = rules(&text);
    let said = ["kaboom a", "kaboom b", "green"].iter().zip(0..);
    let alerts = run(&rules, &log(said.map(|(text, minute)| ask("ada", minute * MINUTE, text))));
    let [alert] = alerts.as_slice() else { panic!("{alerts:?}") };
    assert_eq!(alert.rule.id, "chain");
    assert_eq!(alert.evidence, [0, 1, 2]);
}

#[test]
fn aliases_bring_fields_of_other_names_together() {
    let sign_in = "title: S\nid: s\nname: s\nlogsource: {category: authentication}\ndetection: {x: {event.outcome: failure}, condition: x}\n";
    let text = format!(
        "{WORD}\n---\n{sign_in}\n---\ntitle: C\nid: c\ncorrelation:\n  type: temporal\n  rules: [s, a_word]\n  aliases: {{who: {{s: event.target, a_word: user.id}}}}\n  group-by: [who]\n  timespan: 1h\nlevel: low\n"
    );
    let (rules, problems) = RuleSet::load([("r.yml", text.as_str())]);
    assert_eq!(problems, []);
    let mut failure = Record { kind: model::Kind::SignIn, ..Record::default() };
    failure.event = Some(model::Event {
        action: "login".to_owned(),
        outcome: Some(model::EventOutcome::Failure),
        target: Some("ada".to_owned()),
        reason: None,
    });
    let alerts = run(&rules, &log([failure, ask("eve", 1, "kaboom"), ask("ada", 2, "kaboom")]));
    let [alert] = alerts.as_slice() else { panic!("{alerts:?}") };
    assert_eq!(alert.entities["who"], "ada");
    assert_eq!(alert.evidence, [0, 2]);
}

/// Times that go up, and then some of them come later by up to four minutes.
fn times() -> impl Strategy<Value = Vec<i64>> {
    prop::collection::vec((0_i64..180, 0_i64..240), 1..120).prop_map(|steps| {
        let mut now = 0;
        let mut arriving: Vec<(i64, i64)> = steps
            .into_iter()
            .map(|(step, late)| {
                now += step;
                (now + if late > 120 { late } else { 0 }, now)
            })
            .collect();
        arriving.sort_unstable();
        arriving.into_iter().map(|(_, time)| time * 1_000_000_000).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_replay_gives_the_same_bytes(times in times(), words in prop::collection::vec(0_usize..5, 120), split in 0_usize..120) {
        let text = format!("{}\n---\n{}", words_rules(), WORD.replace("kaboom", "green").replace("a_word", "green").replace("11111111-1111-4111-8111-111111111111", "id-green"));
        let rules = rules(&text);
        let users = ["ada", "eve"];
        let texts = ["kaboom", "green", "hello", "kaboom green", ""];
        let records = times.iter().zip(&words).map(|(time, word)| ask(users[word % 2], *time, texts[*word]));
        let log = log(records);
        let bytes = |alerts: &[Alert]| serde_json::to_vec(alerts).unwrap();
        let first = run(&rules, &log);
        prop_assert_eq!(bytes(&first), bytes(&run(&rules, &log)));
        let mut engine = Engine::new(rules);
        let (before, after) = log.split_at(split.min(log.len()));
        let mut alerts: Vec<Alert> = before.iter().flat_map(|logged| engine.see(logged)).collect();
        alerts.extend(after.iter().flat_map(|logged| engine.see(logged)));
        prop_assert_eq!(bytes(&first), bytes(&alerts));
    }
}

fn words_rules() -> String {
    words(3, "10m")
}
