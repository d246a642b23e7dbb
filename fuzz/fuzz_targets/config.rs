//! Fuzzes the configuration, without asking the machine.

#![no_main]

use server::config::{Config, Source};

libfuzzer_sys::fuzz_target!(|text: &str| {
    for problem in Config::check_unasked(&Source::of_file("plainsight.toml", text)) {
        assert!(!problem.to_string().is_empty());
    }
});
