//! Makes the texts of a protobuf message UTF-8, which they have to be: a text that was cut in the
//! middle of a character, or is of another encoding, costs its broken characters and not its span.
//!
//! Only run over what prost refused. Knows which fields are texts, and nothing else of them.

use std::borrow::Cow;

use super::framing::Fields;

/// What stands in a message: the fields that are texts, or hold some.
pub(crate) type Shape = [(u64, Holds)];

/// What a field holds.
pub(crate) enum Holds {
    Text,
    Message(&'static Shape),
}

use Holds::{Message, Text};

/// How deep messages may nest. Values that nest deeper are refused anyway.
const DEPTH: usize = 40;

static ANY_VALUE: [(u64, Holds); 3] = [(1, Text), (5, Message(&VALUES)), (6, Message(&KEY_VALUES))];
static VALUES: [(u64, Holds); 1] = [(1, Message(&ANY_VALUE))];
static KEY_VALUES: [(u64, Holds); 1] = [(1, Message(&KEY_VALUE))];
static KEY_VALUE: [(u64, Holds); 2] = [(1, Text), (2, Message(&ANY_VALUE))];
static EVENT: [(u64, Holds); 2] = [(2, Text), (3, Message(&KEY_VALUE))];
static LINK: [(u64, Holds); 2] = [(3, Text), (4, Message(&KEY_VALUE))];
static STATUS: [(u64, Holds); 1] = [(2, Text)];
static ENTITY: [(u64, Holds); 4] = [(1, Text), (2, Text), (3, Text), (4, Text)];
static EXEMPLAR: [(u64, Holds); 1] = [(7, Message(&KEY_VALUE))];
static NUMBER: [(u64, Holds); 2] = [(5, Message(&EXEMPLAR)), (7, Message(&KEY_VALUE))];
static NUMBERS: [(u64, Holds); 1] = [(1, Message(&NUMBER))];
static HISTOGRAM: [(u64, Holds); 2] = [(8, Message(&EXEMPLAR)), (9, Message(&KEY_VALUE))];
static HISTOGRAMS: [(u64, Holds); 1] = [(1, Message(&HISTOGRAM))];
static EXPONENTIAL: [(u64, Holds); 2] = [(1, Message(&KEY_VALUE)), (11, Message(&EXEMPLAR))];
static EXPONENTIALS: [(u64, Holds); 1] = [(1, Message(&EXPONENTIAL))];
static SUMMARY: [(u64, Holds); 1] = [(7, Message(&KEY_VALUE))];
static SUMMARIES: [(u64, Holds); 1] = [(1, Message(&SUMMARY))];

/// `opentelemetry.proto.trace.v1.Span`.
pub(crate) static SPAN: [(u64, Holds); 6] = [
    (3, Text),
    (5, Text),
    (9, Message(&KEY_VALUE)),
    (11, Message(&EVENT)),
    (13, Message(&LINK)),
    (15, Message(&STATUS)),
];
/// `opentelemetry.proto.logs.v1.LogRecord`.
pub(crate) static LOG_RECORD: [(u64, Holds); 4] =
    [(3, Text), (5, Message(&ANY_VALUE)), (6, Message(&KEY_VALUE)), (12, Text)];
/// `opentelemetry.proto.metrics.v1.Metric`.
pub(crate) static METRIC: [(u64, Holds); 9] = [
    (1, Text),
    (2, Text),
    (3, Text),
    (5, Message(&NUMBERS)),
    (7, Message(&NUMBERS)),
    (9, Message(&HISTOGRAMS)),
    (10, Message(&EXPONENTIALS)),
    (11, Message(&SUMMARIES)),
    (12, Message(&KEY_VALUE)),
];
/// `opentelemetry.proto.resource.v1.Resource`.
pub(crate) static RESOURCE: [(u64, Holds); 2] = [(1, Message(&KEY_VALUE)), (3, Message(&ENTITY))];
/// `opentelemetry.proto.common.v1.InstrumentationScope`.
pub(crate) static SCOPE: [(u64, Holds); 3] = [(1, Text), (2, Text), (3, Message(&KEY_VALUE))];

/// The message with what is not UTF-8 in its texts replaced by U+FFFD; `None` when its framing is
/// broken, it nests too deep, or all its texts were fine.
pub(crate) fn mended(shape: &Shape, message: &[u8]) -> Option<Vec<u8>> {
    let mut mended = Vec::with_capacity(message.len());
    let changed = mend(shape, message, DEPTH, &mut mended)?;
    changed.then_some(mended)
}

/// Writes the mended message, and says whether it is another one.
fn mend(shape: &Shape, message: &[u8], depth: usize, into: &mut Vec<u8>) -> Option<bool> {
    let depth = depth.checked_sub(1)?;
    let mut fields = Fields::of(message);
    let mut changed = false;
    while let Some(whole) = fields.whole() {
        let whole = whole.ok()?;
        let held = whole.field.as_ref().and_then(|field| {
            let (_, holds) = shape.iter().find(|(number, _)| *number == field.number)?;
            Some((field, holds))
        });
        let mended = match held {
            Some((field, Text)) => match String::from_utf8_lossy(field.bytes) {
                Cow::Owned(text) => Some((field.number, text.into_bytes())),
                Cow::Borrowed(_) => None,
            },
            Some((field, Message(shape))) => {
                let mut inner = Vec::with_capacity(field.bytes.len());
                let changed = mend(shape, field.bytes, depth, &mut inner)?;
                changed.then_some((field.number, inner))
            }
            None => None,
        };
        match mended {
            Some((number, bytes)) => {
                put(number, &bytes, into);
                changed = true;
            }
            None => into.extend_from_slice(whole.bytes),
        }
    }
    Some(changed)
}

/// Writes a length-delimited field.
fn put(number: u64, bytes: &[u8], into: &mut Vec<u8>) {
    prost::encoding::encode_varint(number << 3 | 2, into);
    prost::encoding::encode_varint(bytes.len() as u64, into);
    into.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::common::v1::any_value::Value;
    use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue, KeyValueList};
    use opentelemetry_proto::tonic::trace::v1::span::Event;
    use opentelemetry_proto::tonic::trace::v1::{Span, Status};
    use prost::Message as _;

    use super::*;

    fn any(value: Value) -> AnyValue {
        AnyValue { value: Some(value) }
    }

    fn text() -> String {
        "a MARK".to_owned()
    }

    fn pair(value: Value) -> KeyValue {
        KeyValue { key: text(), value: Some(any(value)), ..KeyValue::default() }
    }

    /// A span with a text in every place that this module knows.
    fn span() -> Span {
        let array = ArrayValue { values: vec![any(Value::StringValue(text()))] };
        let list = KeyValueList { values: vec![pair(Value::ArrayValue(array))] };
        let attributes = vec![
            pair(Value::KvlistValue(list)),
            pair(Value::BytesValue(vec![0xff, 0xfe])),
            pair(Value::IntValue(7)),
        ];
        let event = Event { name: text(), attributes: attributes.clone(), ..Event::default() };
        Span {
            name: text(),
            trace_id: vec![0xff; 16],
            trace_state: text(),
            start_time_unix_nano: 5,
            attributes,
            events: vec![event],
            status: Some(Status { message: text(), code: 2 }),
            ..Span::default()
        }
    }

    fn broken(span: &Span) -> Vec<u8> {
        let mut bytes = span.encode_to_vec();
        for at in 0..bytes.len().saturating_sub(3) {
            if bytes[at..].starts_with(b"MARK") {
                bytes[at] = 0xff;
            }
        }
        bytes
    }

    #[test]
    fn every_text_of_a_span_is_mended() {
        let bytes = broken(&span());
        assert!(Span::decode(&*bytes).is_err());
        let mended = Span::decode(&*mended(&SPAN, &bytes).unwrap()).unwrap();
        let expected = format!("{:?}", span()).replace("MARK", "\u{fffd}ARK");
        assert_eq!(format!("{mended:?}"), expected);
    }

    #[test]
    fn what_is_fine_or_beyond_mending_is_left() {
        assert!(mended(&SPAN, &span().encode_to_vec()).is_none());
        assert!(mended(&SPAN, b"\x2a\x09\xff").is_none());
        let mut deep = b"\xff".to_vec();
        for _ in 0..100 {
            let mut outer = Vec::new();
            put(1, &deep, &mut outer);
            deep = Vec::new();
            put(5, &outer, &mut deep);
        }
        assert!(mended(&ANY_VALUE, &deep).is_none());
    }
}
