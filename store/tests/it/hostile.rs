//! SQL and search text from anybody.

use std::time::Duration;

use store::{Filters, Limits, QueryError};

use crate::made::*;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let parts: Vec<_> = (1..20).flat_map(|n| proxied(n, "user-1", "question", "answer")).collect();
    write(folder.path(), &log(parts));
    folder
}

#[test]
fn only_reading_views_is_allowed() {
    let folder = folder();
    let reader = reader(folder.path());
    let elsewhere = folder.path().join("elsewhere.db");
    for sql in [
        "DELETE FROM records",
        "INSERT INTO d20261124.record (id) VALUES (1)",
        "UPDATE d20261124.record SET user_id = 'x'",
        "DROP VIEW records",
        "CREATE TABLE main.t (a)",
        "CREATE TEMP TABLE t (a)",
        "CREATE TEMP VIEW v AS SELECT 1",
        &format!("ATTACH '{}' AS e KEY ''", elsewhere.display()),
        "DETACH d20261124",
        "PRAGMA query_only = OFF",
        "PRAGMA key = 'x'",
        "PRAGMA cipher_settings",
        "PRAGMA d20261124.journal_mode = DELETE",
        "VACUUM",
        &format!("VACUUM INTO '{}'", elsewhere.display()),
        "BEGIN",
        "SAVEPOINT s",
        "REINDEX",
        "ANALYZE",
        "SELECT 1; DELETE FROM records",
        "SELECT 1; SELECT 2",
        "",
        "-- nothing",
        "SELECT load_extension('x')",
        "SELECT sqlcipher_export('x')",
        "SELECT * FROM d20261124.record",
        "SELECT * FROM d20261124.message_text",
        "SELECT * FROM d20261124.sqlite_master",
        "SELECT * FROM sqlite_temp_master",
        "WITH x AS (SELECT 1) DELETE FROM records",
        "EXPLAIN DELETE FROM d20261124.record",
        "SELECT * FROM dbstat",
    ] {
        let answer = reader.query(sql, &Limits::default());
        assert!(
            matches!(answer, Err(QueryError::NotReadOnly | QueryError::Sql(_))),
            "{sql}: {answer:?}"
        );
    }
    assert!(!elsewhere.try_exists().unwrap());
    for sql in [
        "SELECT count(*) FROM records",
        "WITH r AS (SELECT * FROM records) SELECT r.kind, m.text FROM r JOIN messages m ON m.record_index = r.\"index\"",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n",
        "SELECT value FROM json_each('[1, 2]')",
        "SELECT user_id, count(*) OVER (PARTITION BY user_id) FROM records",
        "PRAGMA table_info(records)",
        "SELECT name FROM pragma_table_info('tool_calls')",
    ] {
        let table =
            reader.query(sql, &Limits::default()).unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert!(!table.rows.is_empty(), "{sql}");
    }
}

#[test]
fn limits_say_which() {
    let folder = folder();
    let reader = reader(folder.path());
    let endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
    let limits = Limits { time: Duration::from_millis(50), ..Limits::default() };
    assert!(matches!(reader.query(endless, &limits), Err(QueryError::Time(_))));
    let limits = Limits { rows: 3, ..Limits::default() };
    assert!(matches!(reader.query("SELECT * FROM records", &limits), Err(QueryError::Rows(3))));
    let limits = Limits { bytes: 100, ..Limits::default() };
    assert!(matches!(reader.query("SELECT * FROM records", &limits), Err(QueryError::Bytes(100))));
    let huge = "SELECT length(zeroblob(1000000000))";
    assert!(matches!(reader.query(huge, &Limits::default()), Err(QueryError::Sql(_))));
    assert_eq!(reader.query("SELECT 1", &Limits::default()).unwrap().rows.len(), 1);
}

#[test]
fn any_search_text_is_taken() {
    let folder = folder();
    let reader = reader(folder.path());
    for text in [
        "question'; DROP TABLE record",
        "question AND",
        "NEAR(question",
        "\"question",
        "question*",
        "text:question",
        "^question",
        "que*stion",
        "{question}",
        "question\0",
        "ⓐ question",
        "नमस्ते",
        "𞤀𞤁𞤂",
        "\u{10ffff}question\u{e000}",
    ] {
        reader
            .search(text, &Filters::default(), 5)
            .unwrap_or_else(|error| panic!("{text}: {error}"));
    }
    for text in ["", "***", "\"\"", "-'\\"] {
        assert!(matches!(reader.search(text, &Filters::default(), 5), Err(QueryError::NoWords)));
    }
    let long = "question ".repeat(10_000);
    assert_eq!(reader.search(&long, &Filters::default(), 5).unwrap().len(), 5);
}
