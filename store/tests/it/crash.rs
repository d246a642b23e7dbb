//! Nothing is lost or counted twice when the writer ends at any point, and a rebuild is the same.

use model::Logged;
use store::Writer;

use crate::made::*;

const EVERYTHING: &[&str] = &[
    "SELECT * FROM records ORDER BY \"index\", kind",
    "SELECT * FROM messages ORDER BY record_index, direction, position",
    "SELECT * FROM tool_calls ORDER BY 1",
    "SELECT * FROM entities ORDER BY 1, 2, 3",
    "SELECT time, kind, sum(count), merge_sketches(sketch) FROM rollup_minute GROUP BY 1, 2",
];

fn everything(folder: &std::path::Path) -> Vec<Vec<String>> {
    EVERYTHING.iter().map(|sql| ask(folder, sql)).collect()
}

/// Requests before midnight, answers after it.
fn records() -> Vec<Logged> {
    let calls: Vec<_> =
        (1..40).map(|n| proxied(n, &format!("user-{}", n % 3), "ask", "tell")).collect();
    let requests = calls.iter().map(|[request, _]| request.clone());
    let responses = calls.iter().map(|[_, response]| response.clone());
    let mut records = log(requests.chain(responses).collect());
    for logged in records.iter_mut().skip(39) {
        logged.log_time.0 += 86_400_000_000_000;
    }
    records
}

fn whole() -> Vec<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &records());
    everything(folder.path())
}

#[test]
fn what_is_given_twice_is_taken_once() {
    let folder = tempfile::tempdir().unwrap();
    let records = records();
    let mut writer = Writer::open(folder.path(), &key()).unwrap();
    for end in [10, 30, 50, 78] {
        assert_eq!(writer.apply(&records[..end]).unwrap(), end as u64);
        drop(writer);
        writer = Writer::open(folder.path(), &key()).unwrap();
        assert_eq!(writer.cursor(), end as u64);
    }
    assert_eq!(everything(folder.path()), whole());
}

#[test]
fn a_crash_between_two_files_is_mended() {
    // Yesterday's file has the batch, today's does not: put today's back as it was before.
    let folder = tempfile::tempdir().unwrap();
    let records = records();
    write(folder.path(), &records[..45]);
    let today = folder.path().join("2026-11-25.db");
    let before = std::fs::read(&today).unwrap();
    write(folder.path(), &records[..60]);
    std::fs::write(&today, before).unwrap();
    let mut writer = Writer::open(folder.path(), &key()).unwrap();
    assert_eq!(writer.cursor(), 45);
    writer.apply(&records).unwrap();
    drop(writer);
    assert_eq!(everything(folder.path()), whole());
}

#[test]
fn a_rebuild_gives_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(folder.path(), &key()).unwrap();
    for batch in records().chunks(7) {
        writer.apply(batch).unwrap();
    }
    let before = everything(folder.path());
    writer.reset().unwrap();
    assert_eq!(writer.cursor(), 0);
    writer.apply(&records()).unwrap();
    assert_eq!(everything(folder.path()), before);
}

#[test]
fn a_damaged_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &records()[..10]);
    let path = folder.path().join("2026-11-24.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[100] ^= 1;
    bytes[middle] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let Err(error) = Writer::open(folder.path(), &key()) else { panic!("opened") };
    assert!(error.to_string().contains("2026-11-24.db"), "{error}");
    assert!(error.to_string().contains("plainsight store rebuild"), "{error}");
    store::remove_files(folder.path()).unwrap();
    write(folder.path(), &records()[..10]);
}

#[test]
fn another_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &records()[..10]);
    let other = model::Sealed::new([8; 32]);
    let Err(error) = Writer::open(folder.path(), &other) else { panic!("opened") };
    assert!(error.to_string().contains("another key"), "{error}");
}

#[test]
fn a_reader_sees_each_commit_of_a_running_writer() {
    let folder = tempfile::tempdir().unwrap();
    let records = records();
    let mut writer = Writer::open(folder.path(), &key()).unwrap();
    writer.apply(&records[..10]).unwrap();
    let reader = reader(folder.path());
    let count = || {
        let table = reader.query("SELECT count(*) FROM records", &store::Limits::default());
        table.unwrap().rows[0][0].to_string()
    };
    assert_eq!(count(), "10");
    writer.apply(&records[..20]).unwrap();
    assert_eq!(count(), "20");
}
