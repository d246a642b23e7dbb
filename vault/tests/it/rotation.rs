//! After any number of rotations everything opens that was sealed and not erased, and everybody has
//! the pseudonym they had.

use std::sync::atomic::{AtomicBool, Ordering};

use model::{Class, Fingerprint, Keyed, TenantId};
use proptest::prelude::*;
use tempfile::TempDir;
use vault::{
    NextRoot, OpenError, RootKey, RootSource, SealedPayload, Space, Status, Subject, Vault,
    VaultError, VaultOptions,
};

fn open_record(vault: &Vault, sealed: &SealedPayload) -> Result<Vec<u8>, OpenError> {
    vault.open_payload(1, &sealed.tenant, &sealed.key, &sealed.commitment, &sealed.payload)
}

fn subject(user: u8) -> Subject {
    Subject::User(format!("u_{user}"))
}

fn tenant(user: u8) -> TenantId {
    TenantId(format!("tenant-{}", user % 2))
}

/// Something that happens to a vault.
#[derive(Clone, Debug)]
enum Happening {
    Record(u8),
    Rotate,
    RotateRoot,
    RotateRootTo([u8; 16]),
    Reopen,
    Erase(u8),
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        4 => (0..4_u8).prop_map(Happening::Record),
        2 => Just(Happening::Rotate),
        1 => Just(Happening::RotateRoot),
        1 => any::<[u8; 16]>().prop_map(Happening::RotateRootTo),
        2 => Just(Happening::Reopen),
        1 => (0..4_u8).prop_map(Happening::Erase),
    ]
}

/// What was sealed of a user.
struct Sealed {
    user: u8,
    record: SealedPayload,
    original: String,
    is_erased: bool,
}

/// What a person was called, and the fingerprint of a value of theirs.
type Known = (String, Fingerprint);

/// A vault, and what is expected of it.
struct World {
    dir: TempDir,
    vault: Option<Vault>,
    /// In hexadecimal, where it is kept elsewhere.
    root: Option<String>,
    sealed: Vec<Sealed>,
    known: [Option<Known>; 4],
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let vault = Some(Vault::open(dir.path()).unwrap());
        Self { dir, vault, root: None, sealed: Vec::new(), known: [const { None }; 4] }
    }

    fn options(&self) -> VaultOptions {
        let root = self.root.as_deref().map(|text| RootKey::parse(text).unwrap());
        VaultOptions { root, ..VaultOptions::default() }
    }

    fn vault(&self) -> &Vault {
        self.vault.as_ref().unwrap()
    }

    fn happen(&mut self, happening: &Happening) {
        match happening {
            Happening::Record(user) => self.record(*user),
            Happening::Rotate => drop(self.vault().rotate().unwrap()),
            Happening::RotateRoot => {
                self.vault().rotate_root(NextRoot::File).unwrap();
                self.root = None;
            }
            Happening::RotateRootTo(bytes) => {
                let text = Fingerprint(*bytes).to_string().repeat(2);
                let next = NextRoot::Given(RootKey::parse(&text).unwrap());
                self.vault().rotate_root(next).unwrap();
                self.root = Some(text);
            }
            Happening::Reopen => {
                self.vault().sync().unwrap();
                drop(self.vault.take());
                self.vault = Some(Vault::open_with(self.dir.path(), self.options()).unwrap());
            }
            Happening::Erase(user) => {
                self.vault().destroy_subject(&tenant(*user), &subject(*user)).unwrap();
                let of_user = self.sealed.iter_mut().filter(|sealed| sealed.user == *user);
                of_user.for_each(|sealed| sealed.is_erased = true);
            }
        }
    }

    fn record(&mut self, user: u8) {
        let (vault, tenant, subject) = (self.vault(), tenant(user), subject(user));
        let record = vault.seal(&tenant, &subject, Class::Traffic, &[user]).unwrap();
        let original = vault.seal_original(&tenant, &subject, &[user]).unwrap();
        let known = known(vault, user);
        let before = self.known[usize::from(user)].get_or_insert_with(|| known.clone());
        assert_eq!(*before, known, "the same pseudonym and fingerprint as before");
        self.sealed.push(Sealed { user, record, original, is_erased: false });
    }

    fn check(&self, vault: &Vault) {
        for Sealed { user, record, original, is_erased } in &self.sealed {
            let (opened, unsealed) =
                (open_record(vault, record), vault.unseal_original(&tenant(*user), original));
            if *is_erased {
                assert!(matches!(opened, Err(OpenError::Erased)));
                assert!(matches!(unsealed, Err(OpenError::Erased)));
            } else {
                assert_eq!(opened.unwrap(), [*user]);
                assert_eq!(*unsealed.unwrap().expose(), [*user]);
            }
        }
        for (user, known) in (0..).zip(&self.known) {
            let Some((name, fingerprint)) = known else { continue };
            let clear = vault.resolve(&tenant(user), name).unwrap().unwrap();
            assert_eq!(*clear.expose(), format!("person-{user}"));
            assert_eq!(vault.fingerprint(&tenant(user), "label", &[user]), *fingerprint);
        }
    }
}

fn known(vault: &Vault, user: u8) -> Known {
    let name = vault.pseudonym(&tenant(user), Space::User, &format!("person-{user}")).unwrap();
    (name, vault.fingerprint(&tenant(user), "label", &[user]))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_happens_what_was_sealed_opens(
        happenings in prop::collection::vec(happening(), 1..25)
    ) {
        let mut world = World::new();
        for happening in &happenings {
            world.happen(happening);
            world.vault().sync().unwrap();
            world.check(world.vault());
        }
        let reader = Vault::open_read_only_with(world.dir.path(), world.options()).unwrap();
        world.check(&reader);
    }
}

#[test]
fn new_records_have_new_keys_and_old_ones_open() {
    let dir = tempfile::tempdir().unwrap();
    let vault = Vault::open(dir.path()).unwrap();
    let seal = || vault.seal(&tenant(0), &subject(0), Class::Traffic, b"words").unwrap();
    let mut sealed = vec![seal()];
    for number in 1..=10 {
        assert_eq!(vault.rotate().unwrap(), 1);
        sealed.push(seal());
        assert_eq!(seal().key, sealed[number].key, "one key for each epoch");
    }
    let keys: std::collections::HashSet<_> = sealed.iter().map(|sealed| sealed.key).collect();
    assert_eq!(keys.len(), 11);
    vault.sync().unwrap();
    let status: Status = vault.status().unwrap();
    let of_tenant = &status.tenants[0];
    assert_eq!((of_tenant.epoch, of_tenant.data_keys, of_tenant.earlier_data_keys), (11, 1, 10));
    assert_eq!((status.subjects, status.destroyed, status.source), (1, 0, RootSource::File));
    drop(vault);
    let vault = Vault::open(dir.path()).unwrap();
    assert!(sealed.iter().all(|sealed| open_record(&vault, sealed).is_ok()));
    assert_eq!(vault.destroy_subject(&tenant(0), &subject(0)).unwrap(), 11);
    assert!(sealed.iter().all(|sealed| open_record(&vault, sealed).is_err()));
}

/// Threads that seal during rotations lose nothing, and no thread makes a tenant twice.
#[test]
fn sealing_goes_on_during_rotations() {
    let dir = tempfile::tempdir().unwrap();
    let vault = Vault::open(dir.path()).unwrap();
    let stop = AtomicBool::new(false);
    let work = |thread: u8| {
        let mut sealed = Vec::new();
        for number in (0..=u8::MAX).cycle() {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let tenant = TenantId(format!("tenant-{}", number % 7));
            let subject = Subject::User(format!("u_{}", number % 13));
            let plaintext = [thread, number];
            sealed.push((
                vault.seal(&tenant, &subject, Class::Traffic, &plaintext).unwrap(),
                plaintext,
            ));
            vault.pseudonym(&tenant, Space::User, &format!("person-{}", number % 50)).unwrap();
            vault.sync().unwrap();
        }
        sealed
    };
    let sealed: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|thread| scope.spawn(move || work(thread))).collect();
        let rotated: Result<Vec<_>, _> = (0..10)
            .map(|_| vault.rotate().and_then(|_| vault.rotate_root(NextRoot::File)))
            .collect();
        stop.store(true, Ordering::Relaxed);
        assert_eq!(rotated.unwrap().last(), Some(&11));
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    drop(vault);
    let vault = Vault::open(dir.path()).unwrap();
    for (sealed, plaintext) in &sealed {
        assert_eq!(open_record(&vault, sealed).unwrap(), plaintext);
    }
    assert!(vault.status().unwrap().tenants.len() <= 7);
}

#[test]
fn a_reader_from_before_the_rotation_reads_on_or_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let vault = Vault::open(dir.path()).unwrap();
    let before = vault.seal(&tenant(0), &subject(0), Class::Traffic, b"before").unwrap();
    vault.sync().unwrap();
    let knows = Vault::open_read_only(dir.path()).unwrap();
    assert_eq!(open_record(&knows, &before).unwrap(), b"before");
    let fresh = Vault::open_read_only(dir.path()).unwrap();
    vault.rotate().unwrap();
    let after = vault.seal(&tenant(0), &subject(0), Class::Traffic, b"after").unwrap();
    vault.sync().unwrap();
    assert_eq!(open_record(&knows, &after).unwrap(), b"after", "a new epoch of the tenant");
    vault.rotate_root(NextRoot::File).unwrap();
    assert_eq!(open_record(&knows, &before).unwrap(), b"before");
    let told = open_record(&fresh, &before);
    assert!(matches!(told, Err(OpenError::Vault(VaultError::Rotated))), "{told:?}");
}

#[test]
fn the_root_key_in_use_is_no_new_one() {
    let dir = tempfile::tempdir().unwrap();
    let hex = "ab".repeat(32);
    let given = || RootKey::parse(&hex).unwrap();
    let options = VaultOptions { root: Some(given()), ..VaultOptions::default() };
    let vault = Vault::open_with(dir.path(), options).unwrap();
    let refused = vault.rotate_root(NextRoot::Given(given()));
    assert!(matches!(refused, Err(VaultError::SameRoot)));
    let reader = VaultOptions { root: Some(given()), ..VaultOptions::default() };
    let reader = Vault::open_read_only_with(dir.path(), reader).unwrap();
    assert!(matches!(reader.rotate(), Err(VaultError::ReadOnly)));
    assert!(matches!(reader.rotate_root(NextRoot::File), Err(VaultError::ReadOnly)));
}

#[test]
fn a_root_key_is_hexadecimal_or_base64() {
    let hex = "fb".repeat(32);
    let encoded = "+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s=";
    let dir = tempfile::tempdir().unwrap();
    let open = |text: &str| {
        let root = Some(RootKey::parse(text).unwrap());
        Vault::open_with(dir.path(), VaultOptions { root, ..VaultOptions::default() })
    };
    open(&hex).unwrap();
    open(encoded).unwrap();
    open(encoded.trim_end_matches('=')).unwrap();
    open(&encoded.replace('+', "-").replace('/', "_")).unwrap();
    open(&format!(" {} \n", hex.to_uppercase())).unwrap();
    let (short, long) = ("fb".repeat(31), "A".repeat(64 << 10));
    for wrong in ["", &short, &format!("{encoded}AA"), "not a key", &"é".repeat(32), &long] {
        assert!(matches!(RootKey::parse(wrong), Err(VaultError::GivenKey)), "{wrong}");
    }
}
