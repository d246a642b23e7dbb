//! What was wrong with a request, or with one item of it.
//!
//! Nothing here quotes the request: a fault names a field and a reason, never a value.

use std::borrow::Cow;
use std::fmt;

/// A body from which nothing could be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("OTLP {encoding} body does not decode at byte {byte}: {reason}")]
pub struct DecodeError {
    /// `protobuf` or `JSON`.
    pub encoding: &'static str,
    /// Where the fault was seen.
    pub byte: usize,
    /// What is wrong.
    pub reason: Cow<'static, str>,
}

/// An item that was not taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Its path, such as `resourceSpans[0].scopeSpans[1].spans[3]`.
    pub item: String,
    /// The field within it, empty for the item as a whole.
    pub field: String,
    /// What is wrong.
    pub reason: Cow<'static, str>,
    /// How many spans, log records or data points were lost by it; 0 when nothing was lost but
    /// what surrounds the items, such as the resource.
    pub count: u64,
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.item)?;
        if !self.field.is_empty() {
            write!(f, ".{}", self.field)?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// Why one item was not taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) field: String,
    pub(crate) reason: Cow<'static, str>,
}

impl Fault {
    /// A fault of a field.
    pub(crate) fn new(field: impl Into<String>, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { field: field.into(), reason: reason.into() }
    }

    /// The same fault, seen from the field that holds this one.
    pub(crate) fn within(mut self, outer: &str) -> Self {
        self.field = match self.field.chars().next() {
            None => outer.to_owned(),
            Some('[') => format!("{outer}{}", self.field),
            Some(_) => format!("{outer}.{}", self.field),
        };
        self
    }
}

impl From<prost::DecodeError> for Fault {
    /// Splits prost's text (`failed to decode Protobuf message: Span.name: invalid string value`)
    /// into the field and the reason. Prost never quotes what it read.
    fn from(error: prost::DecodeError) -> Self {
        let text = error.to_string();
        let text = text.split_once("message: ").map_or(text.as_str(), |(_, rest)| rest);
        let mut fields = Vec::new();
        let mut rest = text;
        while let Some((step, after)) = rest.split_once(": ") {
            let Some((_, field)) = step.split_once('.').filter(|_| !step.contains(' ')) else {
                break;
            };
            fields.push(field);
            rest = after;
        }
        Self::new(fields.join("."), rest.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::Fault;

    #[test]
    fn a_fault_names_its_path() {
        let fault = Fault::new("intValue", "not an integer").within("value").within("[3]");
        assert_eq!(fault.within("attributes").field, "attributes[3].value.intValue");
    }

    #[test]
    fn a_protobuf_fault_names_its_field() {
        use opentelemetry_proto::tonic::trace::v1::Span;
        use prost::Message as _;
        let error = Span::decode(&b"\x2a\x02\xff\xff"[..]).unwrap_err();
        let fault = Fault::from(error);
        assert_eq!(fault.field, "name");
        assert!(fault.reason.contains("UTF-8"), "{}", fault.reason);
    }
}
