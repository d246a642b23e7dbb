//! The canonical encoding of a record: what is encrypted, committed to and stored.
//!
//! Compact JSON, fields in the order of the schema, maps sorted by key, absent fields left out.
//! The bytes that were committed to are the bytes that are kept, so nobody who verifies a record
//! ever has to encode it again.

use crate::Record;

/// A payload that is not a record.
#[derive(Debug)]
pub struct DecodeError {
    column: usize,
    category: serde_json::error::Category,
}

impl std::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The parser's own message may quote the payload.
        write!(f, "record does not decode: {:?} error at byte {}", self.category, self.column)
    }
}

impl std::error::Error for DecodeError {}

/// Encodes a record.
pub fn encode(record: &Record) -> Vec<u8> {
    // A buffer that grows is copied; most records are one of these sizes.
    let size = if record.content.is_empty() { 1024 } else { 4096 };
    let mut bytes = Vec::with_capacity(size);
    // Every map key of a record is a string, so this serializer cannot fail.
    let _: Result<(), _> = serde_json::to_writer(&mut bytes, record);
    bytes
}

/// Decodes a record.
///
/// # Errors
/// When `bytes` are not the encoding of a record.
pub fn decode(bytes: &[u8]) -> Result<Record, DecodeError> {
    serde_json::from_slice(bytes)
        .map_err(|error| DecodeError { column: error.column(), category: error.classify() })
}

#[cfg(test)]
mod tests {
    use crate::{Body, Direction, Kind, Origin, Part, Record, Role, Segment};

    #[test]
    fn a_record_comes_back() {
        let record = Record {
            version: 1,
            kind: Kind::Interaction,
            part: Part::Request,
            content: vec![Segment {
                direction: Direction::Input,
                message: 0,
                role: Role::User,
                origin: Origin::User,
                name: None,
                body: Body::Text { content: "hello".to_owned() },
            }],
            ..Record::default()
        };
        let bytes = super::encode(&record);
        assert_eq!(super::decode(&bytes).unwrap(), record);
        assert_eq!(super::encode(&super::decode(&bytes).unwrap()), bytes);
    }

    #[test]
    fn an_error_does_not_quote_the_payload() {
        let error = super::decode(br#"{"version":1,"kind":"hunter2"}"#).unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}
