//! Fuzzes requests of both providers: the first byte chooses the path.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    use wire::provider::{Dialect, parse_request};
    let Some((choice, body)) = data.split_first() else { return };
    let (dialect, path) = [
        (Dialect::OpenAi, "/v1/chat/completions"),
        (Dialect::OpenAi, "/v1/responses"),
        (Dialect::OpenAi, "/v1/completions"),
        (Dialect::OpenAi, "/v1/embeddings"),
        (Dialect::Anthropic, "/v1/messages"),
        (Dialect::Anthropic, "/v1/messages/count_tokens"),
    ][usize::from(*choice) % 6];
    let _ = parse_request(dialect, path, body);
});
