//! Fuzzes exports of other tools: the first byte chooses the format.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    use wire::import::{Format, parse_line};
    let Some((choice, line)) = data.split_first() else { return };
    let _ = parse_line(Format::ALL[usize::from(*choice) % 6], line, model::Timestamp::default());
    let _ = Format::detect(line);
});
