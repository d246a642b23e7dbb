//! Any text as a configuration: every problem is told, nothing panics.

use proptest::prelude::*;
use server::config::{Config, Source};

/// Something of every section, and no host name: those are asked of the network.
const WHOLE: &str = r#"
data = "data"
[otlp]
max_body_bytes = "8MiB"
[tls]
self_signed = true
[access]
require_ingest_token = false
[recorder]
queue_records = 10
queue_bytes = 4096
[proxy]
on_record_failure = "closed"
recorded_headers = ["x-a", "x-b-*"]
[proxy.upstreams.local]
url = "http://127.0.0.1:9/v1"
dialect = "openai"
idle_timeout = "30s"
[identity]
trusted_proxies = ["10.0.0.0/8"]
forwarded = "forwarded"
[identity.headers]
user = ["x-user"]
[identity.jwt]
jwks_url = "https://example.com/keys"
algorithms = ["ES256"]
leeway = 5
[inspect]
EMAIL_ADDRESS = "drop"
[ledger]
origin = "example.com/log"
segment_bytes = "1MiB"
"#;

/// Texts that a setting may be written with.
const TOKENS: [&str; 20] = [
    "[",
    "]",
    "[[",
    "\"",
    "'''",
    "=",
    ".",
    "#",
    "{",
    "}",
    "\n",
    "inf",
    "-1",
    "1e999",
    "\u{0}",
    "é",
    "[otlp]",
    "data = ",
    "\"16EiB\"",
    "9223372036854775808",
];

fn check(text: &str) -> Vec<server::config::Problem> {
    let source = Source::of_file("plainsight.toml", text);
    let problems = Config::check_unasked(&source);
    for problem in &problems {
        let told = problem.to_string();
        assert!(!told.is_empty() && !told.contains('\n'), "{told:?}");
    }
    problems
}

fn whole_with(changes: &[(usize, usize, String)]) -> String {
    let mut text = WHOLE.to_owned();
    for (at, gone, put) in changes {
        let mut from = at % (text.len() + 1);
        while !text.is_char_boundary(from) {
            from -= 1;
        }
        let mut to = (from + gone).min(text.len());
        while !text.is_char_boundary(to) {
            to += 1;
        }
        text.replace_range(from..to, put);
    }
    text
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        proptest::sample::select(TOKENS.to_vec()).prop_map(str::to_owned),
        ".{0,8}",
        proptest::sample::select(WHOLE.lines().collect::<Vec<_>>())
            .prop_map(|line| format!("\n{line}\n")),
    ]
}

#[test]
fn the_whole_is_fine() {
    assert!(check(WHOLE).is_empty(), "{:?}", check(WHOLE));
    assert!(Config::check(&Source::of_file("plainsight.toml", WHOLE)).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_is_checked(text in "(?s).{0,200}") {
        check(&text);
    }

    #[test]
    fn any_change_of_a_good_file_is_checked(
        changes in prop::collection::vec((any::<usize>(), 0..40_usize, piece()), 1..6),
    ) {
        check(&whole_with(&changes));
    }

    #[test]
    fn any_tokens_are_checked(pieces in prop::collection::vec(piece(), 0..40)) {
        check(&pieces.concat());
    }
}
