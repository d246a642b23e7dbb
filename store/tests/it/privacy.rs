//! Nothing lies on the disk in the clear.

use model::Kind;
use store::{Functions, Reader, Span, Writer};

use crate::made::*;

fn bytes_below(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let files = std::fs::read_dir(folder).unwrap();
    files
        .map(|file| file.unwrap().path())
        .map(|path| (path.display().to_string(), std::fs::read(path).unwrap()))
        .collect()
}

fn contains(bytes: &[u8], needle: &str) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
}

#[test]
fn no_byte_of_the_folder_is_in_the_clear() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(folder.path(), &key()).unwrap();
    let parts: Vec<_> = (1..100)
        .flat_map(|n| proxied(n, "canaryuser", "canaryquestion canaryword", "canaryanswer"))
        .collect();
    let records = log(parts);
    for batch in records.chunks(10) {
        writer.apply(batch).unwrap();
    }
    // With the writer open there is a write-ahead log; a reader sorts beside it.
    let reader = reader(folder.path());
    let sql = "SELECT text FROM messages ORDER BY text";
    assert_eq!(reader.query(sql, &store::Limits::default()).unwrap().rows.len(), 198);
    let files = bytes_below(folder.path());
    assert!(files.iter().any(|(name, bytes)| name.ends_with("-wal") && bytes.len() > 8_192));
    drop((writer, reader));
    for (name, bytes) in files.iter().chain(&bytes_below(folder.path())) {
        for needle in ["canary", "SQLite format", "CREATE TABLE", "model-a", "interaction"] {
            assert!(!contains(bytes, needle), "{needle} in {name}");
        }
    }
}

#[test]
fn the_callers_functions_answer_in_sql() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &log(proxied(1, "user_abc", "q", "a").to_vec()));
    let functions = Functions {
        pseudonym: Some(std::sync::Arc::new(|clear| {
            (clear == "someone@example.com").then(|| "user_abc".to_owned())
        })),
        others: Vec::new(),
    };
    let reader = Reader::open(folder.path(), &key(), Span::default(), &functions).unwrap();
    let sql = "SELECT count(*) FROM records WHERE user_id = pseudonym('someone@example.com')";
    let table = reader.query(sql, &store::Limits::default()).unwrap();
    assert_eq!(table.rows[0][0].to_string(), "1");
    assert_eq!(Kind::Interaction.as_str(), "interaction");
}

#[test]
fn an_erased_record_leaves_no_word() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(folder.path(), &key()).unwrap();
    let mut parts = Vec::new();
    for n in 1..40 {
        let [request, mut response] = proxied(n, "user-1", &format!("needle{n} common"), "answer");
        response.content.push(asks(0, "call", "tool", serde_json::json!({"needle": n})));
        parts.extend([request, response]);
    }
    writer.apply(&log(parts)).unwrap();
    assert_eq!(writer.erase(&[10, 12, 13, 1_000]).unwrap(), 2);
    let count = |sql: &str| ask(folder.path(), sql)[0].clone();
    assert_eq!(count("SELECT count(*) FROM records WHERE \"index\" IN (10, 12)"), "0");
    assert_eq!(count("SELECT count(*) FROM messages WHERE record_index IN (10, 12)"), "0");
    let hits = |text: &str| {
        reader(folder.path()).search(text, &store::Filters::default(), 100).unwrap().len()
    };
    assert_eq!((hits("needle6"), hits("needle7"), hits("needle8")), (0, 0, 1));
    assert_eq!(hits("common"), 37);
    // The writer goes on beside it.
    let next = proxied(50, "user-1", "needle50", "answer").map(|part| part);
    let next: Vec<_> = (78..).zip(next).map(|(index, part)| logged(index, part)).collect();
    writer.apply(&next).unwrap();
    assert_eq!(hits("needle50"), 1);
}
