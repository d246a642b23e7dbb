//! The configuration: what is said of mistakes, which word counts last, and what is refused.

use std::path::{Path, PathBuf};

use server::config::{Config, Overrides, Source, reference};
use server::proxy::Dialect;

fn file(text: &str) -> Source {
    Source::of_file("plainsight.toml", text)
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

fn variables(pairs: &[(&str, &str)]) -> Source {
    Source::default().with_variables(owned(pairs))
}

fn problems(source: &Source) -> Vec<String> {
    Config::check(source).iter().map(ToString::to_string).collect()
}

#[test]
fn nothing_set_is_fine() {
    assert_eq!(Config::load(&Source::default()).unwrap(), Config::default());
    assert_eq!(Config::load(&file("")).unwrap(), Config::default());
}

#[test]
fn every_mistake_of_a_file_is_told_with_its_place() {
    let source = file(
        "lisen = \"127.0.0.1:1\"\n\
         [otlp]\n\
         grpc = 4317\n\
         max_body_bytes = \"12 bananas\"\n\
         [proxy]\n\
         on_record_failure = \"opn\"\n\
         [ledger]\n\
         origin = \"a log\"\n",
    );
    let told = problems(&source);
    let begins = [
        "plainsight.toml:1:1: unknown field `lisen`, expected one of ",
        "plainsight.toml:3:8: invalid type: integer `4317`, expected a string",
        "plainsight.toml:4:18: invalid size, expected a number of bytes, or a text such as \"16MiB\"",
        "plainsight.toml:6:21: unknown variant `opn`, expected `open` or `closed`; perhaps `open` is meant",
        "plainsight.toml:8:10: ledger.origin: is not a name such as logs.example.com/plainsight",
    ];
    assert_eq!(told.len(), begins.len(), "{told:#?}");
    for (problem, begin) in told.iter().zip(begins) {
        assert!(problem.starts_with(begin), "{problem}");
    }
    assert!(told[0].ends_with("; perhaps `listen` is meant"), "{}", told[0]);
}

#[test]
fn a_misspelled_section_is_told_once() {
    let told = problems(&file(
        "data = \"a\"\n[otpl]\ngrpc = \"127.0.0.1:1\"\nhttp = \"127.0.0.1:2\"\n[otpl.more]\nx = 1\n\
         [proxy]\non_record_failure = \"opn\"\n[proxy.upstreams.local]\ndialect = \"openai\"\n",
    ));
    let begins = ["2:2: unknown field `otpl`", "8:21: unknown variant", "9:1: missing field `url`"];
    assert_eq!(told.len(), begins.len(), "{told:#?}");
    for (problem, begin) in told.iter().zip(begins) {
        assert!(problem.starts_with(&format!("plainsight.toml:{begin}")), "{problem}");
    }
}

#[test]
fn durations_have_units() {
    let text = "[proxy.upstreams.local]\nurl = \"http://127.0.0.1:9\"\nconnect_timeout = \"500ms\"\n\
                answer_timeout = \"5m\"\nidle_timeout = 1.5\n[identity.jwt]\nsecret_file = \"Cargo.toml\"\n\
                refresh = \"24h\"\nleeway = 0\n";
    let config = Config::load(&file(text)).unwrap();
    let local = &config.proxy.upstreams["local"];
    let timeouts = [local.connect_timeout, local.answer_timeout, local.idle_timeout];
    assert_eq!(timeouts.map(|timeout| timeout.as_millis()), [500, 300_000, 1_500]);
    let jwt = config.identity.jwt.unwrap();
    assert_eq!((jwt.refresh.as_secs(), jwt.leeway.as_secs()), (86_400, 0));
    for wrong in ["0", "\"0s\"", "-1", "\"5 minutes\"", "true"] {
        let text =
            format!("[proxy.upstreams.openai]\nurl = \"http://a\"\nidle_timeout = {wrong}\n");
        let told = problems(&file(&text));
        assert!(told[0].starts_with("plainsight.toml:3:16: "), "{wrong}: {told:?}");
    }
}

#[test]
fn what_does_not_parse_is_told_with_its_place() {
    let told = problems(&file("data = \"a\"\n[otlp\nhttp = 1\n"));
    assert!(told[0].starts_with("plainsight.toml:2:"), "{told:?}");
    let told = problems(&file("data = \"a\"\ndata = \"b\"\n"));
    assert!(told[0].starts_with("plainsight.toml:2:1: duplicate key"), "{told:?}");
}

#[test]
fn a_file_that_was_named_must_be_there() {
    let told = problems(&Source::from_process(Some(Path::new("no/such.toml"))));
    assert!(told[0].starts_with("no/such.toml: "), "{told:?}");
}

#[test]
fn the_last_word_counts() {
    let all = file(
        "listen = \"127.0.0.1:1\"\n[otlp]\nhttp = \"127.0.0.1:21\"\ngrpc = \"127.0.0.1:31\"\n",
    );
    let all = all.with_variables(owned(&[
        ("PLAINSIGHT_LISTEN", "127.0.0.1:2"),
        ("PLAINSIGHT_OTLP_HTTP", "127.0.0.1:22"),
        ("PLAINSIGHT_LOG", "debug"),
    ]));
    let all = all.with_overrides(Overrides {
        listen: Some("127.0.0.1:3".to_owned()),
        ..Overrides::default()
    });
    let config = Config::load(&all).unwrap();
    let addresses = [&config.listen, &config.otlp.http, &config.otlp.grpc];
    assert_eq!(addresses, ["127.0.0.1:3", "127.0.0.1:22", "127.0.0.1:31"]);
}

#[test]
fn variables_set_everything() {
    let config = Config::load(&variables(&[
        ("PLAINSIGHT_DATA", "2024"),
        ("PLAINSIGHT_UPSTREAM_ANTHROPIC", "http://127.0.0.1:9"),
        ("PLAINSIGHT_UPSTREAM_LOCAL", "http://127.0.0.1:11434/v1"),
        ("PLAINSIGHT__OTLP__MAX_BODY_BYTES", "8MiB"),
        ("PLAINSIGHT__RECORDER__QUEUE_RECORDS", "7"),
        ("PLAINSIGHT__TLS__SELF_SIGNED", "true"),
        ("PLAINSIGHT__INSPECT__EMAIL_ADDRESS", "drop"),
        ("PLAINSIGHT__IDENTITY__TRUSTED_PROXIES", "[\"10.0.0.0/8\"]"),
    ]))
    .unwrap();
    assert_eq!(config.data, PathBuf::from("2024"));
    let upstreams = &config.proxy.upstreams;
    assert_eq!(upstreams["anthropic"].url, "http://127.0.0.1:9");
    assert_eq!(upstreams["anthropic"].dialect, Dialect::Anthropic, "a new URL, not a new API");
    assert_eq!(upstreams["local"].dialect, Dialect::OpenAi);
    assert_eq!(config.otlp.max_body_bytes, 8 << 20);
    assert_eq!(config.recorder.queue_records, 7);
    assert!(config.tls.self_signed);
    assert!(config.inspect != inspect::Policy::default());
    assert_eq!(config.identity.trusted_proxies.len(), 1);
}

#[test]
fn a_wrong_variable_is_named() {
    let told = problems(&variables(&[
        ("PLAINSIGHT_LISTN", "127.0.0.1:1"),
        ("PLAINSIGHT__OTLP__GRCP", "127.0.0.1:1"),
        ("PLAINSIGHT__LISTEN__DEEP", "1"),
    ]));
    assert_eq!(told.len(), 3, "{told:#?}");
    assert_eq!(told[0], "PLAINSIGHT_LISTN: is no setting; perhaps PLAINSIGHT_LISTEN is meant");
    assert!(told[1].starts_with("PLAINSIGHT__OTLP__GRCP: unknown field `grcp`"), "{}", told[1]);
    assert!(told[1].ends_with("; perhaps `grpc` is meant"), "{}", told[1]);
    assert!(told[2].starts_with("PLAINSIGHT__LISTEN__DEEP: "), "{}", told[2]);
}

#[test]
fn a_text_in_the_wrong_place_is_not_quoted() {
    let canary = "hunter2-\\\"-canary";
    let in_file = file(&format!("[access]\nrequire_ingest_token = \"{canary}\"\n"));
    let in_variable = variables(&[("PLAINSIGHT__ACCESS__REQUIRE_INGEST_TOKEN", "hunter2-canary")]);
    for source in [in_file, in_variable] {
        let told = problems(&source);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].ends_with("invalid type: string, expected a boolean"), "{told:?}");
    }
}

#[test]
fn listening_beyond_this_machine_needs_tls_and_a_token() {
    let token = tempfile::NamedTempFile::new().unwrap();
    let open = "listen = \"0.0.0.0:8700\"\n[otlp]\nhttp = \"[::]:4318\"\n";
    let told = problems(&file(open));
    assert_eq!(told.len(), 2, "{told:#?}");
    for (problem, place) in told.iter().zip(["1:10: listen", "3:8: otlp.http"]) {
        assert!(
            problem.starts_with(&format!("plainsight.toml:{place}: listens beyond")),
            "{problem}"
        );
        for way_out in ["tls.cert", "access.ingest_token_file", "access.require_ingest_token"] {
            assert!(problem.contains(way_out), "{problem}");
        }
    }
    let token = token.path().display();
    let access =
        format!("[access]\ningest_token_file = \"{token}\"\nrequire_ingest_token = true\n");
    let tls = "[tls]\nself_signed = true\n";
    assert_eq!(problems(&file(&format!("{open}{access}"))).len(), 2, "a token alone");
    assert_eq!(problems(&file(&format!("{open}{tls}"))).len(), 2, "TLS alone");
    assert_eq!(problems(&file(&format!("{open}{access}{tls}"))), [""; 0]);
}

#[test]
fn an_option_is_refused_by_its_name() {
    let source = Source::default().with_overrides(Overrides {
        otlp_grpc: Some("0.0.0.0:4317".to_owned()),
        upstreams: vec![("openai".to_owned(), "ftp://127.0.0.1".to_owned())],
        ..Overrides::default()
    });
    let told = problems(&source);
    assert!(told[0].starts_with("--otlp-grpc: otlp.grpc: listens beyond"), "{told:?}");
    assert!(told[1].starts_with("--upstream openai: proxy.upstreams.openai.url: "), "{told:?}");
}

#[test]
fn rules_between_settings() {
    for (text, expected) in [
        ("listen = \"8700\"", "listen: is not an address"),
        ("listen = \"127.0.0.1:4317\"", "otlp.grpc: is the address of listen"),
        ("[tls]\ncert = \"no-such.pem\"", "tls: cert and key belong together"),
        ("[tls]\ncert = \"no-such.pem\"", "tls.cert: no-such.pem: "),
        ("[access]\nrequire_ingest_token = true", "there is no token"),
        ("[recorder]\nqueue_records = 0", "recorder.queue_records: is 0"),
        ("[ledger]\nsegment_bytes = 1", "ledger.segment_bytes: is less than 64KiB"),
        ("[ledger]\norigin = \"https://example.com\"", "ledger.origin: "),
        ("[inspect]\nEMAIL = \"drop\"", "perhaps EMAIL_ADDRESS is meant"),
        ("[inspect.destination.siems]\n", "perhaps siem is meant"),
        ("[inspect.classifier]\nfolder = \"no-such\"", ":2:10: inspect.classifier.folder: "),
        ("[inspect.classifier]\nfolder = \"x\"\nmodels = 1", "perhaps `model` is meant"),
        ("[detect.classifier]\nfolder = \"no-such\"", ":2:10: detect.classifier.folder: "),
        ("[detect.classifier]\nfolder = \"x\"\nlabel = 1", "perhaps `labels` is meant"),
        ("[identity.jwt]\nissuer = []", "needs exactly one of jwks_file"),
        ("[proxy.upstreams.x]\nurl = \"http://a@b\"", "proxy.upstreams.x.url: "),
        ("[proxy.upstreams.x]\nurl = \"http://b\"\nca_file = \"no-such\"", "x.ca_file: no-such: "),
        ("[proxy.upstreams.x]\nurl = \"http://b\"\nidle_timeout = 0", "a timeout is a positive"),
    ] {
        let told = problems(&file(text));
        assert!(told.iter().any(|problem| problem.contains(expected)), "{text}: {told:#?}");
    }
}

#[test]
fn what_is_set_of_inspection_is_told_with_its_line() {
    let told = problems(&file(
        "[inspect]\nEMAIL = \"drop\"\nactions = { IBANN = \"mask\" }\n\
         [inspect.origin.tool.confidence]\nIBAN = 3.0\n\
         [[inspect.detector]]\nname = \"a\"\nregex = \"a\"\n\
         [[inspect.detector]]\nname = \"b\"\nregex = \"(\"\n",
    ));
    let begins = [
        "plainsight.toml:2:9: inspect.actions.EMAIL: there is no type EMAIL, perhaps EMAIL_ADDRESS",
        "plainsight.toml:3:21: inspect.actions.IBANN: there is no type IBANN, perhaps IBAN is meant",
        "plainsight.toml:5:8: inspect.origin.tool.confidence.IBAN: is not between 0 and 1",
        "plainsight.toml:11:9: inspect.detector.1.regex: is no regular expression, at character 1",
    ];
    assert_eq!(told.len(), begins.len(), "{told:#?}");
    for begin in begins {
        assert!(told.iter().any(|problem| problem.starts_with(begin)), "{begin}: {told:#?}");
    }
    let told = problems(&file("[[inspect.detector]]\nname = \"a\"\nregexp = \"a\"\n"));
    assert!(told[0].ends_with("perhaps `regex` is meant"), "{told:#?}");
}

#[test]
fn variables_set_what_is_done_by_type() {
    let load = |variables_: &[(&str, &str)]| Config::load(&variables(variables_)).unwrap().inspect;
    let policy = load(&[
        ("PLAINSIGHT__INSPECT__ACTIONS__EMAIL_ADDRESS", "drop"),
        ("PLAINSIGHT__INSPECT__ORIGIN__TOOL__ACTIONS__SECRET", "seal"),
        ("PLAINSIGHT__INSPECT__CONFIDENCE__IBAN", "0.5"),
    ]);
    assert_eq!(policy.actions["EMAIL_ADDRESS"], model::Action::Drop);
    assert_eq!(policy.origin["tool"].actions["SECRET"], model::Action::Seal);
    assert!((policy.confidence["IBAN"] - 0.5).abs() < f32::EPSILON);
    let told = problems(&variables(&[("PLAINSIGHT__INSPECT__EMAIL", "drop")]));
    assert!(told[0].starts_with("PLAINSIGHT__INSPECT__EMAIL: "), "{told:?}");
}

#[test]
fn many_mistakes_end() {
    let told = problems(&file(&"x = 1\n".repeat(10_000)));
    assert!((1..=50).contains(&told.len()), "{}", told.len());
}

#[test]
fn the_reference_is_the_committed_one() {
    is_committed("openapi.json", &server::api::openapi());
    is_committed("roles.md", &server::api::roles_reference());
    is_committed("configuration.md", &reference());
    is_committed("events.schema.json", &server::events::schema());
}

/// Compares with a file of `docs/`; writes it where `UPDATE_GENERATED` is set.
fn is_committed(name: &str, generated: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(&path, generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == generated, "docs/{name} is not fresh: set UPDATE_GENERATED=1");
}
