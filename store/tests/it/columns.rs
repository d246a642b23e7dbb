//! Columns in memory say what SQL says, and follow the writer.

use model::{Finding, Fingerprint, Kind, Part, Status};
use store::{Columns, Question, Writer};

use crate::made::*;

fn counted(columns: &Columns, question: &Question) -> u64 {
    columns.facets(question).1
}

fn question() -> Question {
    Question::default()
}

#[test]
fn facets_pages_and_time_lines_follow_what_is_folded_and_erased() {
    let folder = tempfile::tempdir().unwrap();
    let [request, answer] = proxied(1, "mara", "where is it", "here");
    let [other, refused] = proxied(2, "tomas", "where is she", "there");
    let finding = Finding {
        kind: "EMAIL_ADDRESS".to_owned(),
        subtype: None,
        place: "content/0".to_owned(),
        start: 0,
        end: 4,
        confidence: 0.9,
        fingerprint: Fingerprint([1; 16]),
        action: model::Action::Mask,
    };
    let refused = model::Record {
        status: Status { ok: Some(false), ..Status::default() },
        content: vec![asks(0, "call-1", "delete_file", serde_json::json!({}))],
        findings: vec![finding],
        ..refused
    };
    let records = log(vec![request, other, answer, refused]);
    let mut columns = Columns::default();

    write(folder.path(), &records[..2]);
    columns.refresh(&reader(folder.path())).unwrap();
    let (facets, count) = columns.facets(&question());
    assert_eq!((count, facets.status.len(), facets.tool.len()), (2, 0, 0));

    write(folder.path(), &records[2..]);
    columns.refresh(&reader(folder.path())).unwrap();
    let (facets, count) = columns.facets(&question());
    assert_eq!(count, 2, "an answer belongs to its request");
    let values: Vec<&str> = facets.user.iter().map(|counted| counted.value.as_str()).collect();
    assert_eq!(values, ["mara", "tomas"]);
    assert_eq!(
        (&*facets.tool[0].value, &*facets.finding[0].value),
        ("delete_file", "EMAIL_ADDRESS")
    );
    let failed = Question { has_failed: Some(true), ..question() };
    assert_eq!(columns.page(&failed, None, false, 10).ids, [1]);
    let found = Question { finding: vec!["EMAIL_ADDRESS".to_owned()], ..question() };
    assert_eq!(columns.page(&found, None, false, 10).ids, [1]);
    let by_tool = Question { tool: vec!["delete_file".to_owned(), "other".to_owned()], ..failed };
    assert_eq!(counted(&columns, &by_tool), 1);
    let unknown = Question { tool: vec!["nothing".to_owned()], ..question() };
    assert_eq!(counted(&columns, &unknown), 0);
    let either = Question { user: vec!["mara".to_owned(), "tomas".to_owned()], ..question() };
    assert_eq!(counted(&columns, &either), 2);
    let narrowed = Question {
        user: vec!["mara".to_owned()],
        kind: vec!["tool_call".to_owned()],
        ..question()
    };
    let (choices, count) = columns.choices(&narrowed);
    assert_eq!((count, choices.user.len()), (0, 0), "nobody has such records");
    let narrowed = Question { user: vec!["mara".to_owned()], ..question() };
    let (choices, count) = columns.choices(&narrowed);
    let values: Vec<&str> = choices.user.iter().map(|counted| counted.value.as_str()).collect();
    assert_eq!((count, values), (1, vec!["mara", "tomas"]), "who else there is");
    assert!(choices.tool.is_empty(), "other facets are narrowed");
    let parts = reader(folder.path()).parts_of(&[0, 1]).unwrap();
    assert_eq!(parts, [0, 1, 2, 3], "with the answers");
    let bins = columns.histogram(&question(), NOON * 1_000_000_000, 1_000_000_000, 2);
    assert_eq!((bins[0].count, bins[0].errors, bins[1].count), (2, 1, 0));

    Writer::open(folder.path(), &key()).unwrap().erase(&[1]).unwrap();
    columns.refresh(&reader(folder.path())).unwrap();
    assert_eq!(columns.page(&question(), None, false, 10).ids, [0]);
}

#[test]
fn users_are_summed_up_and_pages_of_them_follow_one_another() {
    let folder = tempfile::tempdir().unwrap();
    let mut parts = Vec::new();
    for (trace, who) in [(1, "mara"), (2, "tomas"), (3, "mara"), (4, "otto"), (5, "mara")] {
        parts.extend(proxied(trace, who, "where is it", "here"));
    }
    let access = model::Record { actor: user("tomas"), ..record(Kind::Access, Part::Whole, 9, 1) };
    parts.push(access);
    write(folder.path(), &log(parts));
    let mut columns = Columns::default();
    columns.refresh(&reader(folder.path())).unwrap();
    let traffic = Question { not_kind: vec!["access".to_owned()], ..question() };
    let users = columns.users(&traffic, 0, 2);
    let (mara, otto) = (&users[0], &users[1]);
    assert_eq!((&*mara.user, mara.count, mara.calls), ("mara", 3, 3));
    assert_eq!((mara.input_tokens, mara.output_tokens, mara.errors), (30, 60, 0));
    assert_eq!((mara.first, mara.last), (NOON * 1_000_000_000, NOON * 1_000_000_000));
    assert_eq!((&*otto.user, otto.count), ("otto", 1), "those who are alike by name");
    let rest = columns.users(&traffic, 2, 2);
    assert_eq!((rest.len(), &*rest[0].user, rest[0].count), (1, "tomas", 1));
    let all = columns.users(&question(), 0, 9);
    assert_eq!((&*all[1].user, all[1].count), ("tomas", 2), "the reading, too");
    let one = Question { user: vec!["otto".to_owned()], ..question() };
    assert_eq!(columns.users(&one, 0, 9).len(), 1);
}

#[test]
fn attack_scores_are_spread_and_narrow_a_question() {
    let folder = tempfile::tempdir().unwrap();
    let signal = |score: f32| model::Signal {
        name: "instruction_override".to_owned(),
        place: "content/0".to_owned(),
        score,
    };
    let scores = [None, Some(0.0), Some(0.7), Some(0.70), Some(0.49), Some(1.0)];
    let records = (1..).zip(scores).map(|(trace, score)| model::Record {
        signals: score.map(signal).into_iter().collect(),
        ..record(Kind::Interaction, Part::Whole, trace, 1)
    });
    write(folder.path(), &log(records.collect()));
    let mut columns = Columns::default();
    columns.refresh(&reader(folder.path())).unwrap();
    let spread = columns.scores(&question());
    assert_eq!((spread.count(), spread.without), (5, 1));
    let bins = spread.bins(5);
    assert_eq!((bins[0], bins[9], bins[14], bins[19]), (1, 1, 2, 1));
    assert_eq!((spread.quantile(0.5), spread.quantile(1.0)), (Some(70), Some(100)));
    for (from, below, expected) in
        [(None, Some(5), 1), (Some(70), Some(75), 2), (Some(95), Some(101), 1), (Some(50), None, 3)]
    {
        let narrowed = Question { score_from: from, score_below: below, ..question() };
        assert_eq!(counted(&columns, &narrowed), expected, "{from:?} {below:?}");
    }
    let attacks = Question { is_attack: true, ..question() };
    assert_eq!(counted(&columns, &attacks), 3, "as from 0.50 on");
}

#[test]
fn pages_go_both_ways_over_days_and_lose_none() {
    let folder = tempfile::tempdir().unwrap();
    let mut records = log((0..40).map(|n| record(Kind::Span, Part::Whole, n + 1, 1)).collect());
    for logged in &mut records {
        logged.log_time.0 += i64::try_from(logged.index / 8).unwrap() * 86_400_000_000_000;
    }
    write(folder.path(), &records);
    let mut columns = Columns::default();
    columns.refresh(&reader(folder.path())).unwrap();
    for is_rising in [false, true] {
        let (mut ids, mut past) = (Vec::new(), None);
        loop {
            let page = columns.page(&question(), past, is_rising, 7);
            assert_eq!(page.count, 40);
            past = page.ids.last().copied();
            if past.is_none() {
                break;
            }
            ids.extend(page.ids);
        }
        let mut expected: Vec<i64> = (0..40).collect();
        if !is_rising {
            expected.reverse();
        }
        assert_eq!(ids, expected);
    }
    let some = Question { among: Some(vec![3, 9, 39, 50]), ..question() };
    assert_eq!(columns.page(&some, None, true, 10).ids, [3, 9, 39]);
}

#[test]
fn words_are_found_as_sets_of_records() {
    let folder = tempfile::tempdir().unwrap();
    let parts: Vec<_> = [(1, "where is the kumquat"), (2, "the kumquat is here"), (3, "nothing")]
        .into_iter()
        .flat_map(|(trace, text)| proxied(trace, "mara", text, "answer"))
        .collect();
    write(folder.path(), &log(parts));
    let reader = reader(folder.path());
    assert_eq!(reader.matching("kumquat").unwrap(), (vec![0, 2], true));
    assert_eq!(reader.matching("\"kumquat is\"").unwrap(), (vec![2], true));
    assert!(reader.matching("?").is_err());
    let snippets = reader.snippets("kumquat", &[0, 4]).unwrap();
    assert_eq!(snippets, [(0, "where is the kumquat".to_owned())]);
}

#[test]
fn a_scope_hides_other_tenants_and_what_was_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut records = log(proxied(1, "mara", "where is the kumquat", "here").to_vec());
    let mut others = log(proxied(2, "tomas", "the kumquat is mine", "no").to_vec());
    for (number, logged) in others.iter_mut().enumerate() {
        logged.index += 2;
        logged.record.tenant.0 = format!("te'nant{}", number / 2);
    }
    records.append(&mut others);
    write(folder.path(), &records);
    let open = |tenant: Option<&str>, content| {
        let scope = store::Scope {
            tenant: tenant.map(|tenant| model::TenantId(tenant.to_owned())),
            content,
        };
        let functions = store::Functions::default();
        store::Reader::open_scoped(
            folder.path(),
            &key(),
            store::Span::default(),
            &scope,
            &functions,
        )
        .unwrap()
    };
    let reader = open(Some("te'nant0"), true);
    for (view, count) in [("records", 1), ("messages", 2), ("entities", 4), ("rollup_hour", 1)] {
        let sql = format!("SELECT count(*) FROM {view}");
        let table = reader.query(&sql, &store::Limits::default()).unwrap();
        assert_eq!(table.rows[0][0], store::Cell::Integer(count), "{view}");
    }
    let hits = reader.search("kumquat", &store::Filters::default(), 10).unwrap();
    assert_eq!(hits.len(), 1);
    assert!(reader.query("SELECT * FROM main.record", &store::Limits::default()).is_err());

    let reader = open(None, false);
    for view in ["records", "messages", "tool_calls", "events"] {
        let sql = format!("SELECT * FROM {view}");
        let table = reader.query(&sql, &store::Limits::default()).unwrap();
        assert!(!format!("{table:?}").contains("kumquat"), "{view}");
    }
    assert!(reader.search("kumquat", &store::Filters::default(), 10).unwrap().is_empty());
}
