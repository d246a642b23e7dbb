//! Fuzzes inspection of any text.

#![no_main]

struct Keys;

impl model::Keyed for Keys {
    fn fingerprint(&self, _: &model::TenantId, _: &str, value: &[u8]) -> model::Fingerprint {
        let fold = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        let hash = value.iter().fold(0xcbf2_9ce4_8422_2325, fold);
        model::Fingerprint((u128::from(hash) << 64).to_be_bytes())
    }
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    use std::sync::LazyLock;
    static INSPECTOR: LazyLock<Option<inspect::Inspector>> =
        LazyLock::new(|| inspect::Inspector::new(&inspect::Policy::default()).ok());
    let text = String::from_utf8_lossy(data);
    let Some(inspector) = INSPECTOR.as_ref() else { return };
    let scan = inspector.scan(&text, model::Origin::Tool, &Keys);
    let twice = inspector.scan(&scan.redacted, model::Origin::Tool, &Keys);
    assert_eq!(scan.redacted, twice.redacted);
});
