//! Fuzzes OTLP in protobuf: the first byte chooses the signal.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    use wire::otlp::{Signal, decode_protobuf};
    let Some((choice, body)) = data.split_first() else { return };
    let signal = [Signal::Traces, Signal::Logs, Signal::Metrics][usize::from(*choice) % 3];
    let _ = decode_protobuf(signal, body);
});
