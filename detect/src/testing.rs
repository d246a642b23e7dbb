//! Rules against their own examples.

use model::{Alert, Logged, Record};
use serde::Serialize;

use crate::engine::Engine;
use crate::rules::{Example, RuleSet};

/// How an example went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The rule, by its id.
    pub rule: String,
    /// Its title.
    pub title: String,
    /// The file it is from.
    pub file: String,
    /// The example.
    pub example: String,
    /// Whether the rule is to raise an alert.
    pub expected: bool,
    /// Whether it did.
    pub raised: bool,
    /// The sentence of the alert.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Outcome {
    /// Whether it went as expected.
    pub const fn is_right(&self) -> bool {
        self.expected == self.raised
    }
}

/// Runs every example of every rule: its records, as `prepare` makes them of raw ones, through a
/// fresh engine that has the rule, what it rests on, and nothing else.
pub fn run(rules: &RuleSet, prepare: &dyn Fn(Record) -> Record) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for rule in rules.rules().iter().filter(|rule| !rule.examples.is_empty()) {
        let Some(engine) = rules.only(&rule.id).map(Engine::new) else { continue };
        for example in &rule.examples {
            let alert = first_alert(engine.afresh(), &rule.id, example, prepare);
            outcomes.push(Outcome {
                rule: rule.id.clone(),
                title: rule.title.clone(),
                file: rule.file.clone(),
                example: example.name.clone(),
                expected: example.matches,
                raised: alert.is_some(),
                reason: alert.map(|alert| alert.reason),
            });
        }
    }
    outcomes
}

fn first_alert(
    mut engine: Engine,
    id: &str,
    example: &Example,
    prepare: &dyn Fn(Record) -> Record,
) -> Option<Alert> {
    let records = example.records().zip(0..).map(|(record, index)| {
        let record = prepare(record);
        Logged { index, log_time: record.time, record }
    });
    records.flat_map(|logged| engine.see(&logged)).find(|alert| alert.rule.id == id)
}
