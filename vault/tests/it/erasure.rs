//! Destroying a subject's keys erases its records and nobody else's.

use model::{Class, TenantId};
use vault::{OpenError, SealedPayload, Space, Subject, Vault};

fn open(vault: &Vault, sealed: &SealedPayload) -> Result<Vec<u8>, OpenError> {
    vault.open_payload(1, &sealed.tenant, &sealed.key, &sealed.commitment, &sealed.payload)
}

#[test]
fn erases_one_subject_only() {
    let dir = tempfile::tempdir().unwrap();
    let vault = Vault::open(dir.path()).unwrap();
    let tenant = TenantId::default();
    let (gone, stays) = (Subject::User("u_1".to_owned()), Subject::User("u_2".to_owned()));
    let seal = |subject| vault.seal(&tenant, subject, Class::Traffic, b"words").unwrap();
    let original = vault.seal_original(&tenant, &gone, b"original").unwrap();
    assert_eq!(vault.unseal_original(&tenant, &original).unwrap().expose(), b"original");
    let (one, two) = (seal(&gone), seal(&stays));
    assert_eq!(vault.destroy_subject(&tenant, &gone).unwrap(), 1);
    assert!(matches!(open(&vault, &one), Err(OpenError::Erased)));
    assert!(matches!(vault.unseal_original(&tenant, &original), Err(OpenError::Erased)));
    assert_eq!(open(&vault, &two).unwrap(), b"words");
    let again = seal(&gone);
    assert_ne!(again.key, one.key, "what comes later is under a new key");
    vault.sync().unwrap();
    drop(vault);
    let vault = Vault::open(dir.path()).unwrap();
    assert!(matches!(open(&vault, &one), Err(OpenError::Erased)));
    assert_eq!(open(&vault, &again).unwrap(), b"words");
}

#[test]
fn a_forgotten_pseudonym_is_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let vault = Vault::open(dir.path()).unwrap();
    let tenant = TenantId::default();
    let name = vault.pseudonym(&tenant, Space::User, "user-42").unwrap();
    vault.sync().unwrap();
    assert_eq!(vault.resolve(&tenant, &name).unwrap().unwrap().expose(), "user-42");
    assert!(vault.forget(&tenant, &name).unwrap());
    assert!(!vault.forget(&tenant, &name).unwrap());
    assert!(vault.resolve(&tenant, &name).unwrap().is_none());
    assert_ne!(vault.pseudonym(&tenant, Space::User, "user-42").unwrap(), name);
}

/// What is sealed after an erasure has returned can be read, whoever was sealing during it.
#[test]
fn a_destroyed_key_does_not_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let vault = Vault::open(dir.path()).unwrap();
    let (tenant, subject) = (TenantId::default(), Subject::User("u_1".to_owned()));
    let stop = std::sync::atomic::AtomicBool::new(false);
    let seal = || vault.seal(&tenant, &subject, Class::Traffic, b"words").unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                seal();
            }
        });
        for _ in 0..50 {
            vault.destroy_subject(&tenant, &subject).unwrap();
            let later = seal();
            vault.sync().unwrap();
            let reader = Vault::open_read_only(dir.path()).unwrap();
            assert_eq!(open(&reader, &later).unwrap(), b"words");
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn erasing_what_never_was_makes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let vault = Vault::open(dir.path()).unwrap();
    let tenant = TenantId("unheard-of".to_owned());
    assert_eq!(vault.destroy_subject(&tenant, &Subject::Tenant).unwrap(), 0);
    assert!(!vault.forget(&tenant, "u_0").unwrap());
    assert!(
        Vault::open_read_only(dir.path())
            .unwrap()
            .destroy_subject(&tenant, &Subject::Tenant)
            .is_err()
    );
}
