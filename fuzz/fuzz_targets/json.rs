//! Fuzzes tolerant JSON.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = wire::json::parse(data);
});
