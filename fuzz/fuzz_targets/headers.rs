//! Fuzzes headers and keys that decide who somebody is.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = server::identity::KeySet::parse(data);
    let _ = server::proxy::shape(data);
    let _ = server::proxy::parse_traceparent(data);
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = server::identity::parse_forwarded(text);
    let _ = server::proxy::Target::parse(text);
    let _ = store::Terms::parse(text);
});
