//! Fuzzes answers of both providers, whole and streamed.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    use wire::provider::{AnswerLimits, AnswerReader, Dialect, How};
    let Some((choice, body)) = data.split_first() else { return };
    let (dialect, path) = [
        (Dialect::OpenAi, "/v1/chat/completions"),
        (Dialect::OpenAi, "/v1/responses"),
        (Dialect::OpenAi, "/v1/completions"),
        (Dialect::Anthropic, "/v1/messages"),
    ][usize::from(*choice) % 4];
    let kind = ["application/json", "text/event-stream"][usize::from(*choice / 4) % 2];
    let mut reader = AnswerReader::new(dialect, path, Some(kind), AnswerLimits::default());
    let (head, tail) = body.split_at(body.len() / 2);
    reader.push(head);
    reader.push(tail);
    reader.finish(How::Cut);
});
