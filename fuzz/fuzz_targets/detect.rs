//! Fuzzes records, one after another, under all shipped rules: nothing panics, and a replay gives
//! the same alerts.

#![no_main]

use std::sync::LazyLock;

use detect::{Engine, RuleSet, shipped};
use model::{Logged, Record};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(RuleSet::load(shipped()).0));

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let records: Vec<Record> =
        data.split(|byte| *byte == b'\n').filter_map(|line| model::decode(line).ok()).collect();
    if records.is_empty() {
        return;
    }
    let run = || {
        let mut engine = ENGINE.afresh();
        let logged = records.iter().zip(0..).map(|(record, index)| Logged {
            index,
            log_time: record.time,
            record: record.clone(),
        });
        logged.flat_map(|logged| engine.see(&logged)).collect::<Vec<_>>()
    };
    assert_eq!(run(), run());
});
