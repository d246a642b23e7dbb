//! Which rule holds, and what it does: by type, origin, tenant and destination.

use inspect::{Allowed, Destination, Inspector, Policy, Rules, TenantRules};
use model::*;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::world::TestKeys;

/// A JSON web token, with nothing in it.
const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl";
const EMAIL: &str = "person-1@example.com";
const ACTIONS: [Action; 5] =
    [Action::Keep, Action::Drop, Action::Mask, Action::Pseudonymize, Action::Seal];

fn policy(text: Value) -> Policy {
    serde_json::from_value(text).unwrap()
}

fn inspector(text: Value) -> Inspector {
    Inspector::new(&policy(text)).unwrap()
}

fn redacted(inspector: &Inspector, text: &str) -> String {
    inspector.scan(text, Origin::User, &TestKeys).redacted
}

/// The action for the only finding of a text.
fn action(inspector: &Inspector, text: &str, tenant: &str, origin: Origin) -> Action {
    let tenant = TenantId(tenant.to_owned());
    let explained = inspector.explain(text, &tenant, Some(origin), &TestKeys);
    assert_eq!(explained.findings.len(), 1, "{:?}", explained.findings);
    explained.findings[0].action
}

fn told(text: Value) -> Vec<String> {
    let read = |_: &std::path::Path| Err(std::io::ErrorKind::NotFound.into());
    policy(text).check(&read).iter().map(ToString::to_string).collect()
}

/// Values that overlap, and what lies between them.
const ALLOWABLE: &[&str] = &[
    "person-1@example.com ",
    "person-1@example.com:",
    "case 1234",
    "-abc ",
    "4111 1111 1111 1111 ",
    "4111111111111111",
    "password=",
    "https://",
    "@example.org ",
    "hunter22! ",
    "from 203.0.113.77 ",
    "my name is Anna Kowalska ",
    " and ",
    "\n",
    JWT,
    "postgres://app:",
];

/// A policy that allows some of them.
fn allowing(entries: &[usize]) -> Inspector {
    let entry = |entry: &usize| match entry {
        0 => ("EMAIL_ADDRESS", json!({"domains": ["example.com"]})),
        1 => ("CUSTOM/case", json!({"values": ["case 1234"]})),
        2 => ("CREDIT_CARD", json!({"values": ["4111111111111111"]})),
        3 => ("SECRET", json!({"regex": ["hunter22!?", "app:.*", "eyJ.*"]})),
        _ => ("IP_ADDRESS", json!({"networks": ["203.0.113.0/24"]})),
    };
    let allow: serde_json::Map<String, Value> =
        entries.iter().map(entry).map(|(name, allowed)| (name.to_owned(), allowed)).collect();
    inspector(json!({"allow": allow, "detector": [
        {"name": "case", "regex": "case [0-9]{4}", "confidence": 0.9},
        {"name": "number", "regex": "[0-9]{4}-[a-z]+", "confidence": 0.5},
    ]}))
}

/// Which bytes of a text are part of a finding.
fn covered(inspector: &Inspector, text: &str) -> Vec<bool> {
    let mut covered = vec![false; text.len()];
    for found in inspector.scan(text, Origin::User, &TestKeys).sensitive {
        covered[found.bytes].fill(true);
    }
    covered
}

/// For each scope, from the most exact to the least: whether it names the value by its subtype, its
/// type and `*`, and what with.
fn rules() -> impl Strategy<Value = [[Option<Action>; 3]; 4]> {
    let action = prop::option::weighted(0.3, prop::sample::select(&ACTIONS[..]));
    prop::array::uniform4(prop::array::uniform3(action))
}

fn named(names: [&str; 3], actions: [Option<Action>; 3]) -> Rules {
    let set =
        names.iter().zip(actions).filter_map(|(name, action)| Some(((*name).to_owned(), action?)));
    Rules { actions: set.collect(), ..Rules::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_most_exact_rule_holds(rules in rules()) {
        let names = ["SECRET/jwt", "SECRET", "*"];
        let [tenant_origin, tenant, origin, all] = rules.map(|actions| named(names, actions));
        let tenant = TenantRules {
            actions: tenant.actions,
            origin: [("tool".to_owned(), tenant_origin)].into(),
            ..TenantRules::default()
        };
        let inspector = Inspector::new(&Policy {
            actions: all.actions,
            origin: [("tool".to_owned(), origin)].into(),
            tenant: [("acme".to_owned(), tenant)].into(),
            ..Policy::default()
        }).unwrap();
        let first = |scopes: &[usize]| {
            let mut said = scopes.iter().flat_map(|scope| rules[*scope]);
            said.find_map(|action| action).unwrap_or(Action::Drop)
        };
        let action = |tenant, origin| action(&inspector, JWT, tenant, origin);
        prop_assert_eq!(action("acme", Origin::Tool), first(&[0, 1, 2, 3]));
        prop_assert_eq!(action("acme", Origin::User), first(&[1, 3]));
        prop_assert_eq!(action("other", Origin::Tool), first(&[2, 3]));
        prop_assert_eq!(action("other", Origin::User), first(&[3]));
    }

    #[test]
    fn redacting_twice_changes_nothing_whatever_the_policy(
        action in prop::sample::select(&ACTIONS[..]),
        pieces in prop::collection::vec(prop::sample::select(&[
            "call +44 20 7946 0958 ", "card 4111 1111 1111 1111 ", "IBAN DE89 3704 0044 0532 0130 00 ",
            "person-1@example.com ", "password=hunter22! ", "badge 77-1234 ", "years old ", "phone ", "ssn ",
            JWT, " from 203.0.113.77 ", "project falcon ", "[", "]", ":", "+44 ", "16 ",
        ][..]), 0..16),
    ) {
        let inspector = inspector(json!({
            "actions": {"*": action}, "format": {"*": true},
            "detector": [
                {"name": "badge", "regex": "badge|[0-9]{2}-[0-9]{4}|CUSTOM|[a-p]{8}"},
                {"name": "falcon", "words": ["project falcon", "custom", "badge", "falcon"]},
            ],
        }));
        let once = redacted(&inspector, &pieces.concat());
        prop_assert_eq!(redacted(&inspector, &once), once);
    }

    #[test]
    fn without_an_entry_of_the_allow_list_nothing_is_found_less(
        pieces in prop::collection::vec(prop::sample::select(ALLOWABLE), 0..12),
        allowed in prop::collection::vec(prop::sample::select(&[0_usize, 1, 2, 3, 4][..]), 1..4),
    ) {
        let text = pieces.concat();
        let more = covered(&allowing(&allowed[1..]), &text);
        let fewer = covered(&allowing(&allowed), &text);
        for place in 0..text.len() {
            prop_assert!(more[place] || !fewer[place], "{text:?} at {place}");
        }
    }

    #[test]
    fn any_policy_is_read_or_refused(text in "\\PC{0,40}", name in "[A-Z_/*a-z]{0,12}") {
        let value = json!({"actions": {name.clone(): "drop"}, "allow": {name: {"regex": [text.clone()], "networks": [text.clone()]}},
            "detector": [{"name": text.clone(), "regex": text}]});
        if let Ok(policy) = serde_json::from_value::<Policy>(value) {
            let _ = policy.check(&|_| Err(std::io::ErrorKind::NotFound.into()));
        }
    }
}

#[test]
fn writings_of_one_value_have_one_pseudonym() {
    let inspector = inspector(json!({"actions": {"*": "pseudonymize"}}));
    for writings in [
        ["card 4111 1111 1111 1111.", "card 4111-1111-1111-1111.", "card 4111111111111111."],
        ["mail Person-1@Example.com.", "mail person-1@example.com.", "mail PERSON-1@EXAMPLE.COM."],
        ["call +44 20 7946 0958.", "call +44-20-7946-0958.", "call +442079460958."],
    ] {
        let all = writings.map(|text| redacted(&inspector, text));
        assert!(all.iter().all(|one| *one == all[0]), "{all:?}");
    }
}

#[test]
fn pseudonyms_show_what_helps_where_it_is_asked_for() {
    let text =
        "+44 20 7946 0958, 4111 1111 1111 1111, DE89370400440532013000, person-1@example.com";
    let shown = |format: Value| {
        let inspector = inspector(json!({"actions": {"*": "pseudonymize"}, "format": format}));
        let redacted = redacted(&inspector, text);
        ["+44]", ":16]", ":DE]", ":example.com]"].map(|part| redacted.contains(part))
    };
    assert_eq!(shown(json!({})), [true, true, true, false]);
    assert_eq!(shown(json!({"*": false, "EMAIL_ADDRESS": true})), [false, false, false, true]);
}

#[test]
fn what_is_not_sure_enough_is_passed_over() {
    let text = "office 532-123-45-67 today";
    let found = |least: f32| {
        let inspector = inspector(json!({"confidence": {"PHONE_NUMBER": least}}));
        !inspector.scan(text, Origin::User, &TestKeys).sensitive.is_empty()
    };
    assert!(found(0.0) && !found(1.0));
}

#[test]
fn what_is_allowed_is_not_found() {
    let inspector = inspector(json!({"allow": {
        "EMAIL_ADDRESS": {"domains": ["example.com"], "values": ["help@example.org"]},
        "IP_ADDRESS": {"networks": ["203.0.113.0/24", "2001:db8::1"]},
        "CREDIT_CARD": {"values": ["4111-1111-1111-1111"]},
        "SECRET/jwt": {"regex": ["eyJ.*c2lnbmF0dXJl"]},
    }}));
    let stays = [
        "a@example.com b@mail.example.com HELP@example.org",
        "from 203.0.113.77 and 2001:db8::1",
        "card 4111 1111 1111 1111",
        JWT,
    ];
    for text in stays {
        assert_eq!(redacted(&inspector, text), text);
    }
    for text in ["a@badexample.com", "a@example.org", "from 198.51.100.77", "card 5555555555554444"]
    {
        assert_ne!(redacted(&inspector, text), text);
    }
}

#[test]
fn what_is_allowed_neither_hides_nor_is_swallowed() {
    let detectors = json!([
        {"name": "case", "regex": "case [0-9]{4}", "confidence": 0.9},
        {"name": "number", "regex": "[0-9]{4}-[a-z]+", "confidence": 0.5},
    ]);
    let text = "see case 1234-abc now";
    let with =
        |allow: Value| redacted(&inspector(json!({"detector": detectors, "allow": allow})), text);
    assert_eq!(with(json!({})), "see [CUSTOM:case] now");
    // The surer one is allowed, and does not hide the other, which does not grow by it.
    let case = json!({"CUSTOM/case": {"values": ["case 1234"]}});
    assert_eq!(with(case), "see case [CUSTOM:number] now");
    let number = json!({"CUSTOM/number": {"regex": ["[0-9]{4}-abc"]}});
    assert_eq!(with(number), "see [CUSTOM:case]-abc now");
    let both = json!({"CUSTOM": {"regex": [".+"]}});
    assert_eq!(with(both), text);
    // A credential within an address that is allowed as a whole.
    let url = "postgres://app:glpat-Zx8kQ2mWv7RtYpLs3NdB@db.example.com/x";
    let whole = inspector(json!({})).scan(url, Origin::User, &TestKeys).sensitive;
    assert_eq!(whole[0].subtype, Some("connection-string"));
    let allowed = inspector(json!({"allow": {"SECRET/connection-string": {"regex": [".+"]}}}));
    assert!(!redacted(&allowed, url).contains("Zx8k"), "{}", redacted(&allowed, url));
}

#[test]
fn an_allowed_value_across_messages_stays() {
    let inspector = inspector(json!({"allow": {"CREDIT_CARD": {"values": ["4111111111111111"]}}}));
    let texts = ["my card is 4111 1111", "1111 1111 and that is it"];
    let segments = texts.map(|text| segment(Origin::User, text));
    let mut record = Record { content: segments.into(), ..Record::default() };
    inspector.inspect(&mut record, &TestKeys);
    assert_eq!([content(&record, 0), content(&record, 1)], texts);
}

#[test]
fn every_mistake_is_told_with_the_nearest_name() {
    let told = told(json!({
        "EMAIL": "drop",
        "actions": {"SECRET/jtw": "mask"},
        "confidence": {"IBAN": 7.0},
        "origin": {"tol": {"actions": {"IBANN": "drop"}}},
        "tenant": {"acme": {"origin": {"user": {"format": {"CARD": true}}}}},
        "destination": {"siems": {}, "ledger": {}, "alert": {"confidence": {"IBAN": 0.5}}},
        "allow": {"IBAN": {"domains": ["example.com"]}, "IP_ADDRESS": {"networks": ["300.0.0.0"], "regex": ["("]}},
        "detector": [
            {"name": "Badge", "regex": "((a{1,30}){1,30}){1,30}", "kind": "NATIONAL", "confidence": 2.0},
            {"name": "x", "regex": "a", "words": ["a"]},
            {"name": "x", "file": "words.txt", "context_required": true},
        ],
    }));
    let expected = [
        "actions.EMAIL: there is no type EMAIL, perhaps EMAIL_ADDRESS is meant",
        "actions.SECRET/jtw: there is no SECRET/jtw, perhaps ",
        "confidence.IBAN: is not between 0 and 1",
        "origin.tol: there is no origin tol, perhaps tool is meant",
        "origin.tol.actions.IBANN: there is no type IBANN, perhaps IBAN is meant",
        "tenant.acme.origin.user.format.CARD: there is no type CARD, perhaps CREDIT_CARD is meant",
        "destination.siems: there is no destination siems, perhaps siem is meant",
        "destination.ledger: gets records as they were inspected",
        "destination.alert: gets records that were inspected: only actions",
        "allow.IBAN.domains: are those of EMAIL_ADDRESS",
        "allow.IP_ADDRESS.networks: 1: is no network in CIDR form",
        "allow.IP_ADDRESS.regex: 1: is no regular expression, at character 1: unclosed group",
        "detector.0.name: is not a name",
        "detector.0.regex: could explode: ",
        "detector.0.kind: there is no type NATIONAL, perhaps NATIONAL_ID is meant",
        "detector.0.confidence: is not between 0 and 1",
        "detector.1: needs exactly one of regex, words and file",
        "detector.2.name: is the name of an earlier detector",
        "detector.2.file: ",
        "detector.2.context_required: is set, but there is no word in context",
    ];
    for expected in expected {
        assert!(told.iter().any(|told| told.starts_with(expected)), "{expected}: {told:#?}");
    }
    assert_eq!(told.len(), expected.len(), "{told:#?}");
}

#[test]
fn an_unknown_setting_is_refused() {
    for text in [
        json!({"action": {}}),
        json!({"origin": {"tool": {"mask": {}}}}),
        json!({"allow": {"IBAN": {"value": []}}}),
        json!({"detector": [{"name": "x", "regexp": "a"}]}),
        json!({"detector": [{"name": "x", "regex": "a", "validator": "lun"}]}),
    ] {
        let error = serde_json::from_value::<Policy>(text).unwrap_err().to_string();
        assert!(error.starts_with("unknown "), "{error}");
    }
}

fn segment(origin: Origin, content: &str) -> Segment {
    Segment { origin, ..crate::world::said(content) }
}

fn content(record: &Record, position: usize) -> &str {
    match &record.content[position].body {
        Body::Text { content } => content,
        _ => "",
    }
}

/// A record of a tenant with the same value from a user, from a tool and in an attribute.
fn record(tenant: &str, value: &str) -> Record {
    let nested = json!({"inner": json!([format!("is {value}")]).to_string()}).to_string();
    Record {
        tenant: TenantId(tenant.to_owned()),
        content: vec![
            segment(Origin::User, &format!("é {value}, {value}")),
            segment(Origin::Tool, &nested),
        ],
        attributes: [
            ("a".to_owned(), json!({"deep": [value]})),
            ("b".to_owned(), json!({format!("about {value}"): 1})),
        ]
        .into(),
        ..Record::default()
    }
}

#[test]
fn the_origin_and_the_tenant_of_a_record_decide() {
    let inspector = inspector(json!({
        "actions": {"EMAIL_ADDRESS": "drop"},
        "origin": {"tool": {"actions": {"EMAIL_ADDRESS": "seal"}}},
        "tenant": {"acme": {"actions": {"EMAIL_ADDRESS": "mask"}}},
    }));
    let of = |tenant: &str| {
        let mut record = record(tenant, EMAIL);
        let originals = inspector.inspect(&mut record, &TestKeys).originals;
        for (finding, original) in &originals {
            assert_eq!(original.expose(), EMAIL);
            assert_eq!(record.findings[*finding as usize].action, Action::Seal);
        }
        (record, originals.len())
    };
    let (record, sealed) = of("default");
    assert_eq!(sealed, 1);
    assert_eq!(content(&record, 0), "é [EMAIL_ADDRESS], [EMAIL_ADDRESS]");
    assert!(content(&record, 1).contains("is [EMAIL_ADDRESS:"));
    assert_eq!(record.attributes["a"], json!({"deep": ["[EMAIL_ADDRESS]"]}));
    let (record, sealed) = of("acme");
    assert_eq!(sealed, 0);
    assert!(
        content(&record, 1).contains("is [EMAIL_ADDRESS:….com]")
            || content(&record, 1).contains("…ecom]")
    );
}

#[test]
fn a_destination_sees_less_and_never_more() {
    let policy = policy(json!({
        "actions": {"EMAIL_ADDRESS": "keep", "CREDIT_CARD": "mask", "US_SSN": "drop"},
        "destination": {
            "siem": {"actions": {"*": "drop"}},
            "alert": {"actions": {"EMAIL_ADDRESS": "pseudonymize", "CREDIT_CARD": "pseudonymize", "US_SSN": "keep"}},
        },
        "tenant": {"acme": {"destination": {"siem": {"actions": {"EMAIL_ADDRESS": "mask"}}}}},
    }));
    let inspector = Inspector::new(&policy).unwrap();
    let inspected = |tenant: &str, value: &str| {
        let mut record = record(tenant, value);
        inspector.inspect(&mut record, &TestKeys);
        record
    };
    let seen = |record: &Record, destination| {
        let mut seen = record.clone();
        policy.view(destination).redact(&mut seen);
        seen
    };
    let kept = inspected("default", EMAIL);
    assert!(content(&kept, 1).contains(EMAIL) && kept.findings.len() >= 5);
    for destination in [Destination::Ledger, Destination::Store] {
        assert_eq!(seen(&kept, destination), kept);
    }
    for destination in [Destination::Alert, Destination::Siem] {
        let seen = seen(&kept, destination);
        let written = String::from_utf8(encode(&seen)).unwrap();
        assert!(!written.contains(EMAIL), "{written}");
        assert_points_at_placeholders(&seen);
    }
    assert_eq!(content(&seen(&kept, Destination::Siem), 0), "é [EMAIL_ADDRESS], [EMAIL_ADDRESS]");
    let masked = seen(&inspected("acme", EMAIL), Destination::Siem);
    assert!(content(&masked, 0).starts_with("é [EMAIL_ADDRESS:…"), "{}", content(&masked, 0));

    let card = inspected("default", "4111 1111 1111 1111");
    assert_eq!(content(&card, 0), "é [CREDIT_CARD:…1111], [CREDIT_CARD:…1111]");
    assert_eq!(content(&seen(&card, Destination::Siem), 0), "é [CREDIT_CARD], [CREDIT_CARD]");
    let pseudonym = seen(&card, Destination::Alert);
    assert!(!content(&pseudonym, 0).contains("1111"), "{}", content(&pseudonym, 0));
    let (one, other) = content(&pseudonym, 0).split_once(", ").unwrap();
    assert_eq!(one.trim_start_matches("é "), other);

    let ssn = inspected("default", "219-09-9999");
    assert_eq!(content(&seen(&ssn, Destination::Alert), 0), "é [US_SSN], [US_SSN]");
}

fn any_action() -> impl Strategy<Value = Action> {
    prop::sample::select(&ACTIONS[..])
}

/// A text around values of two types, as it is or within JSON within JSON.
fn around() -> impl Strategy<Value = String> {
    let values =
        prop::sample::select(&[EMAIL, "4111 1111 1111 1111", JWT, "漢 and", "{", "\"x\": "][..]);
    (prop::collection::vec(values, 0..6), 0..4_u8).prop_map(|(values, depth)| {
        let text = values.join(" is ");
        (0..depth).fold(text, |text, depth| json!({format!("k{depth}"): [1, text]}).to_string())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_view_shows_what_it_must_not(
        kept in prop::array::uniform3(any_action()),
        shown in prop::array::uniform3(prop::option::of(any_action())),
        texts in prop::collection::vec(around(), 1..4),
    ) {
        let names = ["EMAIL_ADDRESS", "CREDIT_CARD", "SECRET/jwt"];
        let all = named(names, kept.map(Some));
        let policy = Policy {
            actions: all.actions,
            destination: [("siem".to_owned(), named(names, shown))].into(),
            ..Policy::default()
        };
        let inspector = Inspector::new(&policy).unwrap();
        let segments = texts.iter().map(|text| segment(Origin::User, text));
        let mut record = Record {
            content: segments.collect(),
            attributes: texts.iter().map(|text| (text.clone(), json!({"a": text}))).collect(),
            ..Record::default()
        };
        inspector.inspect(&mut record, &TestKeys);
        let before = String::from_utf8(encode(&record)).unwrap();
        let view = policy.view(Destination::Siem);
        view.redact(&mut record);
        let after = String::from_utf8(encode(&record)).unwrap();
        for ((value, shown), kept) in [EMAIL, "4111 1111 1111 1111", JWT].iter().zip(shown).zip(kept) {
            let hidden = kept != Action::Keep || shown.is_some_and(|shown| shown != Action::Keep);
            prop_assert!(!hidden || !after.contains(value), "{after}");
            prop_assert!(before.contains(value) || !after.contains(value));
        }
        let mut again = record.clone();
        view.redact(&mut again);
        prop_assert_eq!(again, record);
    }
}

fn assert_points_at_placeholders(record: &Record) {
    let points: Vec<char> = content(record, 0).chars().collect();
    for finding in record.findings.iter().filter(|finding| finding.place == "content/0") {
        let part: String = points[finding.start as usize..finding.end as usize].iter().collect();
        assert!(part.starts_with("[EMAIL_ADDRESS") && part.ends_with(']'), "{part}");
        assert_ne!(finding.action, Action::Keep);
    }
}

#[test]
fn what_is_kept_beyond_the_list_of_findings_is_withheld() {
    let policy = policy(
        json!({"actions": {"EMAIL_ADDRESS": "keep"}, "destination": {"siem": {"actions": {"*": "drop"}}}}),
    );
    let inspector = Inspector::new(&policy).unwrap();
    let many: Vec<String> = (0..1100).map(|number| format!("p{number}@example.com")).collect();
    let mut record =
        Record { content: vec![segment(Origin::User, &many.join(" "))], ..Record::default() };
    inspector.inspect(&mut record, &TestKeys);
    policy.view(Destination::Siem).redact(&mut record);
    assert_eq!(content(&record, 0), "[withheld]");
}

#[test]
fn a_policy_is_written_as_it_is_read() {
    let written = Policy {
        allow: [(
            "IBAN".to_owned(),
            Allowed { values: vec!["x".to_owned()], ..Allowed::default() },
        )]
        .into(),
        ..Policy::new([("EMAIL_ADDRESS".to_owned(), Action::Drop)])
    };
    assert_eq!(policy(serde_json::to_value(&written).unwrap()), written);
    assert_eq!(
        policy(json!({"EMAIL_ADDRESS": "drop"})),
        Policy::new([("EMAIL_ADDRESS".to_owned(), Action::Drop)])
    );
}
