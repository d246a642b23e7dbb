use rusqlite::OpenFlags;

use super::{Database, TABLES, TenantRow, connect};
use crate::VaultError;
use crate::pending::Pending;
use crate::primitive::Key;

fn one_tenant() -> Pending {
    let tenants = vec![TenantRow { lookup: [1; 16], id: [2; 16], wrapped: vec![3] }];
    Pending { tenants, ..Pending::default() }
}

fn days(database: &Database) -> Vec<i64> {
    let mut query = database.0.prepare("SELECT created FROM tenant").unwrap();
    query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_row_has_the_day_it_was_made() {
    let dir = tempfile::tempdir().unwrap();
    let mut database = Database::open(&dir.path().join("db"), &Key::new([7; 32]), true).unwrap();
    database.insert(&one_tenant(), 20_781).unwrap();
    assert_eq!(days(&database), [20_781]);
}

#[test]
fn the_first_version_is_brought_up_to_date() {
    let dir = tempfile::tempdir().unwrap();
    let (path, key) = (dir.path().join("db"), Key::new([7; 32]));
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let (connection, _) = connect(&path, &key, flags).unwrap();
    connection.execute_batch(TABLES).unwrap();
    let insert = "INSERT INTO tenant VALUES (x'01', x'02', 1, x'03')";
    connection.execute(insert, []).unwrap();
    drop(connection);
    let mut database = Database::open(&path, &key, false).unwrap();
    database.insert(&one_tenant(), 20_781).unwrap();
    assert_eq!(days(&database).len(), 2);
}

#[test]
fn a_later_version_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (path, key) = (dir.path().join("db"), Key::new([7; 32]));
    let database = Database::open(&path, &key, true).unwrap();
    database.0.pragma_update(None, "user_version", 3).unwrap();
    drop(database);
    assert!(matches!(Database::open(&path, &key, false), Err(VaultError::Newer { .. })));
}
