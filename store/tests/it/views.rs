//! The documented views: their columns are a contract, and conditions reach the indexes.

use std::fmt::Write as _;

use store::{Functions, Limits, Reader, Span};

use crate::made::*;

#[test]
fn names_and_columns() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::new();
    for view in [
        "records",
        "messages",
        "tool_calls",
        "findings",
        "alerts",
        "entities",
        "access",
        "events",
        "metrics",
        "rollup_minute",
        "rollup_quarter",
        "rollup_hour",
        "rollup_tool",
        "rollup_finish",
        "rollup_finding",
    ] {
        let columns = ask(folder.path(), &format!("SELECT name FROM pragma_table_info('{view}')"));
        writeln!(text, "{view}: {}", columns.join(", ")).unwrap();
    }
    insta::assert_snapshot!(text);
}

#[test]
fn the_same_over_any_number_of_days() {
    let folder = tempfile::tempdir().unwrap();
    let parts: Vec<_> = (1..=60).flat_map(|n| proxied(n, "user-1", "question", "answer")).collect();
    let mut records = log(parts);
    for logged in &mut records {
        logged.log_time.0 += i64::try_from(logged.index / 2).unwrap() * 2 * 86_400_000_000_000;
        logged.record.time = logged.log_time;
    }
    write(folder.path(), &records);
    assert_eq!(ask(folder.path(), "SELECT count(*) FROM records"), ["60"]);
    assert_eq!(ask(folder.path(), "SELECT count FROM entities WHERE type = 'user'"), ["60"]);
    let reader = reader(folder.path());
    assert_eq!(reader.days().len(), 60);
    let since = records[100].record.time;
    let span = Span { since: Some(since), until: None };
    let few = Reader::open(folder.path(), &key(), span, &Functions::default()).unwrap();
    assert_eq!(few.days().len(), 10);
    let page = reader.records_from(8, 3).unwrap();
    let indexes: Vec<String> = page.rows.iter().map(|row| row[0].to_string()).collect();
    assert_eq!(indexes, ["8", "10", "12"]);
    let page = reader.records_before(8, 2).unwrap();
    let indexes: Vec<String> = page.rows.iter().map(|row| row[0].to_string()).collect();
    assert_eq!(indexes, ["6", "4"]);
}

#[test]
fn conditions_reach_the_indexes_of_every_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut records = log((1..=6).flat_map(|n| proxied(n, "user-1", "q", "a")).collect());
    for logged in records.iter_mut().skip(6) {
        logged.log_time.0 += 86_400_000_000_000;
    }
    write(folder.path(), &records);
    for (condition, index) in [
        ("user_id = 'user-1'", "record_user"),
        ("session_id = 's'", "record_session"),
        ("kind = 'interaction' AND time_unix_nano > 5", "record_kind"),
        ("time >= '2026-11-24' AND time < '2026-11-25'", "record_iso_time"),
        ("time_unix_nano > 5", "record_time"),
        ("trace_id = '00'", "record_span"),
        ("status = 'error'", "record_error"),
        ("\"index\" = 5", "SEARCH r USING INTEGER PRIMARY KEY"),
    ] {
        for columns in ["*", "count(*)", "model, input_tokens"] {
            let plan =
                plan(folder.path(), &format!("SELECT {columns} FROM records WHERE {condition}"));
            assert_eq!(plan.matches(index).count(), 2, "{condition}: {plan}");
            assert!(!plan.contains("SCAN r\n"), "{condition}: {plan}");
        }
    }
    for order in ["time", "time_unix_nano", "\"index\""] {
        let sql = format!("SELECT * FROM records ORDER BY {order} DESC LIMIT 10");
        let plan = plan(folder.path(), &sql);
        assert!(plan.contains("MERGE (UNION ALL)") && !plan.contains("CO-ROUTINE"), "{plan}");
        assert_eq!(plan.matches("SCAN r").count(), 2, "{plan}");
    }
    let plan = plan(folder.path(), "SELECT text FROM messages WHERE record_index = 3");
    assert_eq!(plan.matches("message_record").count(), 2, "{plan}");
}

fn plan(folder: &std::path::Path, sql: &str) -> String {
    let table = reader(folder).query(&format!("EXPLAIN QUERY PLAN {sql}"), &Limits::default());
    let rows = table.unwrap().rows;
    let lines: Vec<String> = rows.iter().map(|row| row[3].to_string()).collect();
    lines.join("\n") + "\n"
}
