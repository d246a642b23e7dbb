//! Fuzzes server-sent events, in two pieces.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut reader = wire::sse::Reader::new(1 << 16);
    let (head, tail) = data.split_at(data.len() / 2);
    reader.push(head, &mut |_| {});
    reader.push(tail, &mut |_| {});
    reader.finish(&mut |_| {});
});
