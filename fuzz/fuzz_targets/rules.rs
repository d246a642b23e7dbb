//! Fuzzes rule files: whatever they hold, problems are told and nothing panics.

#![no_main]

use detect::{Engine, RuleSet};
use model::{Kind, Logged, Record, Timestamp};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let (rules, problems) = RuleSet::load([("fuzzed.yml", text)]);
    for problem in problems {
        assert!(problem.line > 0 && !problem.what.is_empty());
    }
    let mut engine = Engine::new(rules);
    let record = Record { kind: Kind::Interaction, ..Record::default() };
    engine.see(&Logged { index: 0, log_time: Timestamp::default(), record });
});
