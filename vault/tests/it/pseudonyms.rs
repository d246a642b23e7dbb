//! Pseudonyms are stable, random, and apart by tenant and space.

use model::{Keyed, TenantId};
use vault::{Space, Vault};

#[test]
fn stable_across_restarts_and_apart_by_tenant_and_space() {
    let dir = tempfile::tempdir().unwrap();
    let (one, other) = (TenantId("one".to_owned()), TenantId("other".to_owned()));
    let names = {
        let vault = Vault::open(dir.path()).unwrap();
        let name = vault.pseudonym(&one, Space::User, "user-42").unwrap();
        assert_eq!(vault.pseudonym(&one, Space::User, "user-42").unwrap(), name);
        let names = [
            name,
            vault.pseudonym(&other, Space::User, "user-42").unwrap(),
            vault.pseudonym(&one, Space::Address, "user-42").unwrap(),
        ];
        vault.sync().unwrap();
        names
    };
    let vault = Vault::open_read_only(dir.path()).unwrap();
    let found = vault.known_pseudonym(&one, Space::User, "user-42").unwrap();
    assert_eq!(found.as_deref(), Some(names[0].as_str()));
    assert_eq!(vault.known_pseudonym(&one, Space::User, "user-43").unwrap(), None);
    assert!(names[0].starts_with("u_") && names[2].starts_with("ip_"));
    assert!(names[0] != names[1] && names[0] != names[2]);
    assert!(vault.pseudonym(&one, Space::User, "new").is_err(), "a reader assigns none");
}

#[test]
fn what_was_not_made_durable_is_assigned_again() {
    let dir = tempfile::tempdir().unwrap();
    let first = Vault::open(dir.path()).unwrap().pseudonym(&TenantId::default(), Space::User, "x");
    let second = Vault::open(dir.path()).unwrap().pseudonym(&TenantId::default(), Space::User, "x");
    assert_ne!(first.unwrap(), second.unwrap());
}

#[test]
fn concurrent_callers_get_the_same_one() {
    let dir = tempfile::tempdir().unwrap();
    let vault = Vault::open(dir.path()).unwrap();
    let ask = |number: usize| {
        vault.pseudonym(&TenantId::default(), Space::User, &format!("{}", number % 50)).unwrap()
    };
    let names: Vec<Vec<String>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| (0..500).map(ask).collect())).collect();
        let sync = scope.spawn(|| (0..20).for_each(|_| vault.sync().unwrap()));
        sync.join().unwrap();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(names.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn fingerprints_are_keyed_by_tenant_and_label() {
    let dir = tempfile::tempdir().unwrap();
    let vault = Vault::open(dir.path()).unwrap();
    let (one, other) = (TenantId("one".to_owned()), TenantId("other".to_owned()));
    let base = vault.fingerprint(&one, "label", b"value");
    assert_eq!(vault.fingerprint(&one, "label", b"value"), base);
    assert_ne!(vault.fingerprint(&other, "label", b"value"), base);
    assert_ne!(vault.fingerprint(&one, "labelv", b"alue"), base);
}
