//! Fuzzes the events API.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = server::events::parse(data, model::Timestamp::default());
});
