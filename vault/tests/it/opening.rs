//! A vault opens with its own root key or says why not, and no crash at its making locks it.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use model::TenantId;
use vault::{RootKey, Space, Vault, VaultError, VaultOptions};

const HEX: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

fn given(hex: &str) -> VaultOptions {
    VaultOptions { root: Some(RootKey::parse(hex).unwrap()), ..VaultOptions::default() }
}

fn assign(vault: &Vault) -> String {
    let name = vault.pseudonym(&TenantId::default(), Space::User, "user-42").unwrap();
    vault.sync().unwrap();
    name
}

fn mode_of(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn files_are_private() {
    let dir = tempfile::tempdir().unwrap();
    drop(Vault::open(dir.path()).unwrap());
    assert_eq!(mode_of(&dir.path().join("keys")), 0o700);
    assert_eq!(mode_of(&dir.path().join("keys/root.key")), 0o600);
    assert_eq!(mode_of(&dir.path().join("vault")), 0o700);
}

#[test]
fn an_exposed_root_key_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(Vault::open(dir.path()).unwrap());
    let key = dir.path().join("keys/root.key");
    for bits in [0o640, 0o604, 0o620, 0o644] {
        std::fs::set_permissions(&key, PermissionsExt::from_mode(bits)).unwrap();
        let opened = Vault::open(dir.path());
        assert!(matches!(opened, Err(VaultError::Exposed { mode, .. }) if mode == bits));
        assert!(matches!(Vault::open_read_only(dir.path()), Err(VaultError::Exposed { .. })));
    }
}

#[test]
fn a_wrong_or_garbled_root_key_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let name = assign(&Vault::open(dir.path()).unwrap());
    let key = dir.path().join("keys/root.key");
    let right = std::fs::read(&key).unwrap();
    std::fs::write(&key, HEX).unwrap();
    assert!(matches!(Vault::open(dir.path()), Err(VaultError::WrongKey { .. })));
    assert!(matches!(Vault::open_read_only(dir.path()), Err(VaultError::WrongKey { .. })));
    for garbled in ["", "not a key", &"0".repeat(62), &"ab".repeat(100_000)] {
        std::fs::write(&key, garbled).unwrap();
        assert!(matches!(Vault::open(dir.path()), Err(VaultError::RootKey { .. })));
    }
    std::fs::write(&key, right).unwrap();
    assert_eq!(assign(&Vault::open(dir.path()).unwrap()), name);
}

#[test]
fn a_lost_or_emptied_database_is_not_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    drop(Vault::open(dir.path()).unwrap());
    let database = dir.path().join("vault/vault.db");
    std::fs::write(&database, "").unwrap();
    assert!(matches!(Vault::open(dir.path()), Err(VaultError::Missing { .. })));
    assert!(matches!(Vault::open_read_only(dir.path()), Err(VaultError::Missing { .. })));
    std::fs::remove_file(&database).unwrap();
    assert!(matches!(Vault::open(dir.path()), Err(VaultError::Missing { .. })));
    assert!(matches!(Vault::open_read_only(dir.path()), Err(VaultError::Missing { .. })));
    assert!(!database.try_exists().unwrap());
}

#[test]
fn a_lost_root_key_is_not_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    drop(Vault::open(dir.path()).unwrap());
    let key = dir.path().join("keys/root.key");
    std::fs::remove_file(&key).unwrap();
    assert!(matches!(Vault::open(dir.path()), Err(VaultError::RootKeyMissing { .. })));
    assert!(!key.try_exists().unwrap());
}

/// The root key's first name, as `root.rs` has it, at each instant a process may die.
#[test]
fn a_crash_at_the_making_locks_nobody_out() {
    let dir = tempfile::tempdir().unwrap();
    let (kept, staged) = (dir.path().join("keys/root.key"), dir.path().join("keys/root.key.new"));
    std::fs::create_dir(dir.path().join("keys")).unwrap();
    std::fs::write(&staged, "0011").unwrap();
    std::fs::set_permissions(&staged, PermissionsExt::from_mode(0o600)).unwrap();
    let name = assign(&Vault::open(dir.path()).unwrap());
    assert!(kept.try_exists().unwrap() && !staged.try_exists().unwrap());
    std::fs::rename(&kept, &staged).unwrap();
    assert_eq!(assign(&Vault::open(dir.path()).unwrap()), name);
    assert!(kept.try_exists().unwrap() && !staged.try_exists().unwrap());
}

#[test]
fn a_root_key_may_be_kept_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    let name = assign(&Vault::open_with(dir.path(), given(HEX)).unwrap());
    assert!(!dir.path().join("keys/root.key").try_exists().unwrap());
    assert_eq!(assign(&Vault::open_with(dir.path(), given(HEX)).unwrap()), name);
    let reader = Vault::open_read_only_with(dir.path(), given(HEX)).unwrap();
    assert_eq!(reader.resolve(&TenantId::default(), &name).unwrap().unwrap().expose(), "user-42");
    assert!(matches!(Vault::open(dir.path()), Err(VaultError::NotGiven)));
    assert!(matches!(Vault::open_read_only(dir.path()), Err(VaultError::NotGiven)));
    let other = HEX.replace('0', "1");
    let opened = Vault::open_with(dir.path(), given(&other));
    assert!(matches!(opened, Err(VaultError::WrongKey { .. })));
    std::fs::remove_dir_all(dir.path().join("vault")).unwrap();
    let opened = Vault::open_with(dir.path(), given(HEX));
    assert!(matches!(opened, Err(VaultError::Missing { .. })));
    assert!(matches!(RootKey::parse("short"), Err(VaultError::GivenKey)));
}

#[test]
fn a_root_key_may_move_out_of_its_file() {
    let dir = tempfile::tempdir().unwrap();
    let name = assign(&Vault::open(dir.path()).unwrap());
    let file = dir.path().join("keys/root.key");
    let hex = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert_eq!(assign(&Vault::open_with(dir.path(), given(&hex)).unwrap()), name);
    assert!(matches!(Vault::open(dir.path()), Err(VaultError::NotGiven)));
}
