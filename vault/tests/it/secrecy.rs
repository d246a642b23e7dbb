//! Nothing lies in the clear, and nothing opens for the wrong hands.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use model::{Class, TenantId};
use vault::{Space, Subject, Vault, VaultError};

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
    assert_eq!(format!("{vault:?} {:?}", Subject::User(name)), "Vault(…) Subject(user)");
}

#[test]
fn the_wrong_hands_get_a_reason() {
    let dir = tempfile::tempdir().unwrap();
    drop(Vault::open(dir.path()).unwrap());
    let key = dir.path().join("keys/root.key");
    let mode = |bits| std::fs::set_permissions(&key, PermissionsExt::from_mode(bits)).unwrap();
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    mode(0o644);
    assert!(matches!(Vault::open(dir.path()), Err(VaultError::Exposed { mode: 0o644, .. })));
    mode(0o600);
    let right = std::fs::read(&key).unwrap();
    std::fs::write(&key, "11".repeat(32)).unwrap();
    assert!(matches!(Vault::open(dir.path()), Err(VaultError::WrongKey { .. })));
    std::fs::write(&key, "not a key").unwrap();
    assert!(matches!(Vault::open(dir.path()), Err(VaultError::RootKey { .. })));
    std::fs::write(&key, right).unwrap();
    drop(Vault::open(dir.path()).unwrap());
    std::fs::remove_dir_all(dir.path().join("vault")).unwrap();
    assert!(matches!(Vault::open(dir.path()), Err(VaultError::Missing { .. })));
}
