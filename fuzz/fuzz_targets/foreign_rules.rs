//! Fuzzes the importers of other projects' rules: what comes of them loads, or is told.

#![no_main]

use detect::RuleSet;
use detect::import::{Imported, Origin, atr, nova};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let origin = Origin { file: "fuzzed".to_owned(), ..Origin::default() };
    works(&atr(&origin, text));
    works(&nova(&origin, text));
});

fn works(imported: &Imported) {
    for rule in &imported.rules {
        let (set, problems) = RuleSet::load([(rule.file.as_str(), rule.text.as_str())]);
        assert!(!set.rules().is_empty(), "{problems:?}");
    }
    assert!(imported.left_out.iter().all(|left| !left.reason.is_empty()));
}
