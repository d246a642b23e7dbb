//! What was sealed opens as it was, and nothing else opens.

use model::{Class, TenantId};
use proptest::prelude::*;
use vault::{OpenError, SealedPayload, Subject, Vault};

fn open(vault: &Vault, class: u8, sealed: &SealedPayload) -> Result<Vec<u8>, OpenError> {
    vault.open_payload(class, &sealed.tenant, &sealed.key, &sealed.commitment, &sealed.payload)
}

fn user() -> Subject {
    Subject::User("u_1".to_owned())
}

fn vault() -> (tempfile::TempDir, Vault) {
    let dir = tempfile::tempdir().unwrap();
    let vault = Vault::open(dir.path()).unwrap();
    (dir, vault)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn comes_back(plaintext in prop::collection::vec(any::<u8>(), 0..4000)) {
        let (_dir, vault) = vault();
        let sealed = vault.seal(&TenantId::default(), &user(), Class::Traffic, &plaintext).unwrap();
        prop_assert_eq!(open(&vault, 1, &sealed).unwrap(), plaintext);
    }

    #[test]
    fn random_bytes_never_open(payload in prop::collection::vec(any::<u8>(), 0..300)) {
        let (_dir, vault) = vault();
        let mut sealed = vault.seal(&TenantId::default(), &user(), Class::Traffic, b"x").unwrap();
        sealed.payload = payload;
        prop_assert!(matches!(open(&vault, 1, &sealed), Err(OpenError::Tampered)));
    }
}

proptest! {
    #[test]
    fn no_original_opens_from_random_text(text in "[0-9a-f]{0,200}|.{0,40}") {
        thread_local!(static VAULT: (tempfile::TempDir, Vault) = vault());
        VAULT.with(|(_, vault)| {
            vault.seal_original(&TenantId::default(), &user(), b"x").unwrap();
            assert!(vault.unseal_original(&TenantId::default(), &text).is_err());
        });
    }
}

#[test]
fn every_flipped_bit_is_noticed() {
    let (_dir, vault) = vault();
    let plaintext = b"{\"version\":1,\"kind\":\"interaction\"}";
    let sealed = vault.seal(&TenantId::default(), &user(), Class::Traffic, plaintext).unwrap();
    for position in 0..sealed.payload.len() {
        let mut altered = sealed.clone();
        altered.payload[position] ^= 1;
        assert!(matches!(open(&vault, 1, &altered), Err(OpenError::Tampered)), "byte {position}");
    }
    for position in 0..32 {
        let mut altered = sealed.clone();
        altered.commitment[position] ^= 1;
        assert!(matches!(open(&vault, 1, &altered), Err(OpenError::Tampered)));
    }
    assert!(matches!(open(&vault, 2, &sealed), Err(OpenError::Tampered)), "another class");
    for length in 0..sealed.payload.len() {
        let mut altered = sealed.clone();
        altered.payload.truncate(length);
        assert!(matches!(open(&vault, 1, &altered), Err(OpenError::Tampered)));
    }
}

#[test]
fn a_payload_does_not_open_under_another_key() {
    let (_dir, vault) = vault();
    let tenant = TenantId::default();
    let mut one = vault.seal(&tenant, &user(), Class::Traffic, b"one").unwrap();
    let other = vault.seal(&tenant, &Subject::Tenant, Class::Traffic, b"other").unwrap();
    one.key = other.key;
    assert!(matches!(open(&vault, 1, &one), Err(OpenError::Tampered)));
    one.key = [7; 16];
    assert!(matches!(open(&vault, 1, &one), Err(OpenError::UnknownKey)));
}

#[test]
fn a_payload_does_not_open_in_another_tenant() {
    let (dir, vault) = vault();
    let (one, other) = (TenantId("one".to_owned()), TenantId("other".to_owned()));
    let mut sealed = vault.seal(&one, &user(), Class::Traffic, b"one").unwrap();
    let original = vault.seal_original(&one, &user(), b"original").unwrap();
    sealed.tenant = vault.seal(&other, &user(), Class::Traffic, b"other").unwrap().tenant;
    vault.sync().unwrap();
    for vault in [vault, Vault::open_read_only(dir.path()).unwrap()] {
        assert!(matches!(open(&vault, 1, &sealed), Err(OpenError::Tampered)));
        let unsealed = vault.unseal_original(&other, &original);
        assert!(matches!(unsealed, Err(OpenError::Tampered)));
        assert_eq!(vault.unseal_original(&one, &original).unwrap().expose(), b"original");
    }
}

#[test]
fn opens_after_a_restart_and_read_only() {
    let dir = tempfile::tempdir().unwrap();
    let sealed = {
        let vault = Vault::open(dir.path()).unwrap();
        let sealed = vault.seal(&TenantId::default(), &user(), Class::Traffic, b"kept").unwrap();
        vault.sync().unwrap();
        let reader = Vault::open_read_only(dir.path()).unwrap();
        assert_eq!(open(&reader, 1, &sealed).unwrap(), b"kept", "beside the writer");
        assert!(reader.seal(&TenantId::default(), &Subject::Tenant, Class::Traffic, b"x").is_err());
        sealed
    };
    assert_eq!(open(&Vault::open(dir.path()).unwrap(), 1, &sealed).unwrap(), b"kept");
}

#[test]
fn a_record_of_two_kilobytes_halves() {
    let (_dir, vault) = vault();
    let text = "the customer wants to know where the kettle is and asks for a refund ".repeat(30);
    let sealed =
        vault.seal(&TenantId::default(), &user(), Class::Traffic, text.as_bytes()).unwrap();
    assert!(sealed.payload.len() < text.len() / 2);
}
