//! A rotation of the root key that breaks off after any step leaves the old root key or the new
//! one, in the process that goes on and in the directory as the step left it.

use std::path::Path;

use model::{Class, Fingerprint, Keyed, TenantId};

use super::{NextRoot, Step};
use crate::{RootKey, SealedPayload, Space, Subject, Vault, VaultError, VaultOptions};

const OLD: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const NEW: &str = "/+7dzLuqmYh3ZlVEMyIRAP/u3cy7qpmId2ZVRDMiEQA=";
const STEPS: [Step; 4] = [Step::Staged, Step::Enveloped, Step::Rewrapped, Step::Counts];

/// A root key that the caller keeps; none for the file.
type Given = Option<&'static str>;

fn options(given: Given) -> VaultOptions {
    let root = given.map(|text| RootKey::parse(text).unwrap());
    VaultOptions { root, ..VaultOptions::default() }
}

fn next(given: Given) -> NextRoot {
    given.map_or(NextRoot::File, |text| NextRoot::Given(RootKey::parse(text).unwrap()))
}

/// What a vault has sealed and named, and must go on to open and name.
struct Kept {
    record: SealedPayload,
    original: String,
    name: String,
    fingerprint: Fingerprint,
    store: [u8; 32],
}

fn user() -> Subject {
    Subject::User("u_1".to_owned())
}

fn fill(vault: &Vault) -> Kept {
    let tenant = TenantId::default();
    let kept = Kept {
        record: vault.seal(&tenant, &user(), Class::Traffic, b"words").unwrap(),
        original: vault.seal_original(&tenant, &user(), b"original").unwrap(),
        name: vault.pseudonym(&tenant, Space::User, "user-42").unwrap(),
        fingerprint: vault.fingerprint(&tenant, "label", b"value"),
        store: *vault.subkey("store").unwrap().expose(),
    };
    vault.sync().unwrap();
    kept
}

fn check(vault: &Vault, kept: &Kept) {
    let tenant = TenantId::default();
    let SealedPayload { tenant: id, key, commitment, payload } = &kept.record;
    assert_eq!(vault.open_payload(1, id, key, commitment, payload).unwrap(), b"words");
    assert_eq!(vault.unseal_original(&tenant, &kept.original).unwrap().expose(), b"original");
    let name = vault.known_pseudonym(&tenant, Space::User, "user-42").unwrap();
    assert_eq!(name.as_ref(), Some(&kept.name));
    assert_eq!(vault.resolve(&tenant, &kept.name).unwrap().unwrap().expose(), "user-42");
    assert_eq!(vault.fingerprint(&tenant, "label", b"value"), kept.fingerprint);
    assert_eq!(*vault.subkey("store").unwrap().expose(), kept.store);
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Breaks a rotation off after `last`, and gives the directory as it was at that instant.
fn broken_off(vault: &Vault, dir: &Path, to: Given, last: Step) -> tempfile::TempDir {
    let left = tempfile::tempdir().unwrap();
    let ended = vault.rotate_root_by_steps(next(to), &mut |step| {
        if step != last {
            return Ok(());
        }
        copy(dir, left.path());
        Err(VaultError::Cryptography)
    });
    assert!(matches!(ended, Err(VaultError::Cryptography)));
    left
}

/// Opens what a rotation left, in every way, and goes on with it.
fn go_on(dir: &Path, kept: &Kept, [from, to]: [Given; 2], last: Step) {
    let counts = last == Step::Counts;
    let (right, wrong) = if counts { (to, from) } else { (from, to) };
    if right != wrong {
        let refused = Vault::open_read_only_with(dir, options(wrong)).unwrap_err();
        assert!(is_about_the_root(&refused), "{refused}");
        let refused = Vault::open_with(dir, options(wrong)).unwrap_err();
        assert!(is_about_the_root(&refused), "{refused}");
    }
    check(&Vault::open_read_only_with(dir, options(right)).unwrap(), kept);
    let vault = Vault::open_with(dir, options(right)).unwrap();
    check(&vault, kept);
    assert_eq!(vault.status().unwrap().roots.len(), 1 + usize::from(counts));
    drop(vault);
    let names = std::fs::read_dir(dir.join("keys")).unwrap();
    let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name == "root.key.new"), "{names:?}");
    assert_eq!(names.iter().any(|name| name == "root.key"), right.is_none(), "{names:?}");
    let retired = counts && from.is_none();
    assert_eq!(names.iter().any(|name| name == "root.key.1"), retired, "{names:?}");
    let vault = Vault::open_with(dir, options(right)).unwrap();
    vault.rotate_root(NextRoot::File).unwrap();
    check(&vault, kept);
    drop(vault);
    check(&Vault::open(dir).unwrap(), kept);
}

const fn is_about_the_root(error: &VaultError) -> bool {
    matches!(
        error,
        VaultError::RetiredRoot { .. }
            | VaultError::UnfinishedRoot { .. }
            | VaultError::WrongKey { .. }
            | VaultError::NotGiven
    )
}

#[test]
fn a_rotation_that_breaks_off_leaves_the_old_root_or_the_new_one() {
    for ways in [[None, None], [None, Some(NEW)], [Some(OLD), None], [Some(OLD), Some(NEW)]] {
        for last in STEPS {
            let dir = tempfile::tempdir().unwrap();
            let vault = Vault::open_with(dir.path(), options(ways[0])).unwrap();
            let kept = fill(&vault);
            let left = broken_off(&vault, dir.path(), ways[1], last);
            go_on(left.path(), &kept, ways, last);
            check(&vault, &kept);
            let epoch = if last == Step::Counts { 3 } else { 2 };
            assert_eq!(vault.rotate_root(NextRoot::File).unwrap(), epoch, "the process goes on");
            check(&vault, &kept);
            let later = fill(&vault);
            drop(vault);
            let vault = Vault::open(dir.path()).unwrap();
            check(&vault, &kept);
            check(&vault, &later);
        }
    }
}

#[test]
fn a_vault_from_before_there_were_epochs_rotates() {
    let dir = tempfile::tempdir().unwrap();
    let vault = Vault::open(dir.path()).unwrap();
    drop(vault);
    std::fs::remove_file(dir.path().join("vault/envelope")).unwrap();
    assert!(matches!(Vault::open(dir.path()), Err(VaultError::WrongKey { .. })), "not from then");
    let dir = tempfile::tempdir().unwrap();
    let root = RootKey::parse(OLD).unwrap().0;
    std::fs::create_dir_all(dir.path().join("vault")).unwrap();
    let path = dir.path().join("vault/vault.db");
    let key = root.derive(&[b"plainsight vault database"]).unwrap();
    drop(crate::database::Database::open(&path, &key, true, &root, 1).unwrap());
    std::fs::create_dir_all(dir.path().join("keys")).unwrap();
    std::fs::write(dir.path().join("keys/root.given"), "").unwrap();
    let vault = Vault::open_with(dir.path(), options(Some(OLD))).unwrap();
    let kept = fill(&vault);
    vault.rotate_root(NextRoot::File).unwrap();
    drop(vault);
    check(&Vault::open(dir.path()).unwrap(), &kept);
}
