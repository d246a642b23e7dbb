//! An inspector and a key for the tests.

use std::sync::LazyLock;

use inspect::{Inspector, Policy};
use model::{Body, Direction, Fingerprint, Keyed, Origin, Role, Segment, TenantId};

/// A key that is good enough for a test: FNV-1a.
pub(crate) struct TestKeys;

impl Keyed for TestKeys {
    fn fingerprint(&self, _: &TenantId, label: &str, value: &[u8]) -> Fingerprint {
        let fold = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        let hash = label.as_bytes().iter().chain(value).fold(0xcbf2_9ce4_8422_2325, fold);
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&hash.to_be_bytes());
        Fingerprint(bytes)
    }
}

/// Built once: building is the slow part without optimisation.
pub(crate) fn inspector() -> &'static Inspector {
    static INSPECTOR: LazyLock<Inspector> =
        LazyLock::new(|| Inspector::new(&Policy::default()).unwrap());
    &INSPECTOR
}

/// Types found in a text, with the subtype of secrets.
pub(crate) fn found(text: &str) -> Vec<String> {
    let scan = inspector().scan(text, Origin::User, &TestKeys);
    let name = |kind: &str, subtype: Option<&str>| match subtype {
        Some(subtype) => format!("{kind}/{subtype}"),
        None => kind.to_owned(),
    };
    scan.sensitive.iter().map(|found| name(found.kind, found.subtype)).collect()
}

/// A part of what the user said.
pub(crate) fn segment(body: Body) -> Segment {
    Segment {
        direction: Direction::Input,
        message: 0,
        role: Role::User,
        origin: Origin::User,
        name: None,
        body,
    }
}

/// A text of the user.
pub(crate) fn said(content: &str) -> Segment {
    segment(Body::Text { content: content.to_owned() })
}
