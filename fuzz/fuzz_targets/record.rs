//! Fuzzes records of a ledger that somebody else wrote.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = model::decode(data);
});
