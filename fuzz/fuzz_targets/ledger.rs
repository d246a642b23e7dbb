//! Fuzzes notes, checkpoints, keys, leaves, frames, tiles, proofs.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = ledger::Leaf::decode(data);
    let _ = ledger::Frame::decode(0, data);
    let _ = ledger::parse_hashes(data);
    let _ = ledger::parse_entries(data);
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = ledger::Note::parse(text);
    let _ = ledger::Checkpoint::parse(text);
    let _ = text.parse::<ledger::VerifyingKey>();
    let _ = text.parse::<ledger::Proof>();
    let _ = ledger::TileId::parse(text);
});
