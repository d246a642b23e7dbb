use std::path::Path;

use rusqlite::OpenFlags;

use super::file::TABLES;
use super::{Database, TenantRow, connect};
use crate::VaultError;
use crate::pending::Pending;
use crate::primitive::Key;
use crate::wrap;

fn one_tenant() -> Pending {
    let tenants =
        vec![TenantRow { lookup: [1; 16], id: [2; 16], lasting: vec![3], first: vec![4] }];
    Pending { tenants, ..Pending::default() }
}

fn open(path: &Path, key: &Key, create: bool) -> Result<Database, VaultError> {
    Database::open(path, key, create, &Key::new([8; 32]), 20_780)
}

fn days(database: &Database) -> Vec<i64> {
    let mut query = database.0.prepare("SELECT created FROM tenant").unwrap();
    query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_row_has_the_day_it_was_made() {
    let dir = tempfile::tempdir().unwrap();
    let mut database = open(&dir.path().join("db"), &Key::new([7; 32]), true).unwrap();
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
    let only = wrap::wrapping(&Key::new([8; 32])).unwrap().wrap(&[5; 16], &[6; 32]).unwrap();
    let insert = "INSERT INTO tenant VALUES (x'01', ?1, 1, ?2)";
    connection.execute(insert, rusqlite::params![[5_u8; 16], only]).unwrap();
    drop(connection);
    assert!(matches!(Database::open_read_only(&path, &key), Err(VaultError::Older { .. })));
    let mut database = open(&path, &key, false).unwrap();
    database.insert(&one_tenant(), 20_781).unwrap();
    assert_eq!(days(&database).len(), 2);
}

#[test]
fn a_later_version_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (path, key) = (dir.path().join("db"), Key::new([7; 32]));
    let database = open(&path, &key, true).unwrap();
    database.0.pragma_update(None, "user_version", 4).unwrap();
    drop(database);
    assert!(matches!(open(&path, &key, false), Err(VaultError::Newer { .. })));
    assert!(matches!(Database::open_read_only(&path, &key), Err(VaultError::Newer { .. })));
}
