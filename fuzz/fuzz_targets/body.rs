//! Fuzzes content codings: the first byte chooses one.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((choice, body)) = data.split_first() else { return };
    let coding = ["gzip", "deflate", "br", "zstd", "gzip, br"][usize::from(*choice) % 5];
    let limits = wire::body::Limits { max_decoded: 1 << 20, ..wire::body::Limits::default() };
    let Ok(mut decoder) = wire::body::Decoder::new(coding, limits) else { return };
    decoder.push(body, &mut |_| {});
    decoder.finish();
});
