//! Nothing lies in the clear: not on the disk, not in what is printed.

use std::path::Path;

use model::{Class, TenantId};
use vault::{RootKey, Space, Subject, Vault};

fn bytes_below(folder: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            bytes.extend(bytes_below(&entry.path()));
        } else {
            bytes.extend(std::fs::read(entry.path()).unwrap());
        }
    }
    bytes
}

fn contains(bytes: &[u8], needle: &str) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
}

#[test]
fn nothing_lies_in_the_clear() {
    let dir = tempfile::tempdir().unwrap();
    let vault = Vault::open(dir.path()).unwrap();
    let tenant = TenantId("acme-canary-tenant".to_owned());
    let name = vault.pseudonym(&tenant, Space::User, "person@canary.example").unwrap();
    vault.pseudonym(&tenant, Space::Address, "203.0.113.77").unwrap();
    vault.api_key_fingerprint(&tenant, "sk-canary-key-0123456789");
    vault.seal(&tenant, &Subject::User(name.clone()), Class::Traffic, b"canary words").unwrap();
    vault.sync().unwrap();
    let bytes = bytes_below(dir.path());
    let clear = [
        "person@canary",
        "203.0.113.77",
        "sk-canary",
        "canary words",
        "acme-canary",
        &name,
        "SQLite format",
        "CREATE TABLE",
    ];
    for text in clear {
        assert!(!contains(&bytes, text), "{text} is in the clear");
    }
    vault.forget(&tenant, &name).unwrap();
    drop(vault);
    let bytes = bytes_below(dir.path());
    assert!(clear.iter().all(|text| !contains(&bytes, text)), "nor after erasure and the end");
}

#[test]
fn nothing_that_is_printed_shows_a_key_or_a_name() {
    let dir = tempfile::tempdir().unwrap();
    let vault = Vault::open(dir.path()).unwrap();
    let root = RootKey::parse(&"ab".repeat(32)).unwrap();
    let subkey = vault.subkey("store").unwrap();
    let subject = Subject::User("u_1".to_owned());
    let printed = format!("{vault:?} {subkey:?} {root:?} {subject:?}");
    assert_eq!(printed, "Vault(…) Sealed(…) RootKey(Key(…)) Subject(user)");
    assert_ne!(subkey.expose(), vault.subkey("once").unwrap().expose());
}
