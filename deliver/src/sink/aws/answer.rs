//! Error codes of Amazon Web Services: what each means for a batch.

use serde_json::Value;

use crate::sink::http::Answer;
use crate::sink::{SinkError, Trouble};

/// Signs of a body that are searched for a code.
const SEARCHED: usize = 4096;

/// Whether a request was taken. The code counts more than the status: 400 stands for a wrong event,
/// for a token that has ended and for too many requests alike.
pub(super) fn check(answer: &Answer) -> Result<(), SinkError> {
    if answer.status.is_success() {
        return Ok(());
    }
    let later = |trouble| SinkError::Later { trouble, after: answer.after() };
    match code(answer).as_deref().map(meaning) {
        Some(Meaning::Passes) => Err(later(Trouble::Status(answer.status.as_u16()))),
        Some(Meaning::Credentials) => Err(SinkError::Refused(Trouble::Credentials)),
        Some(Meaning::Destination) => Err(SinkError::Refused(Trouble::NoDestination)),
        Some(Meaning::Size) => Err(SinkError::Batch(Trouble::TooLarge)),
        Some(Meaning::Unknown) | None => answer.check(),
    }
}

/// Whether the code of one event in an answer means that it may go better later.
pub(super) fn passes(code: &str) -> bool {
    matches!(meaning(code), Meaning::Passes)
}

enum Meaning {
    Passes,
    Credentials,
    Destination,
    Size,
    Unknown,
}

fn meaning(code: &str) -> Meaning {
    match code.strip_suffix("Exception").unwrap_or(code) {
        "Throttling"
        | "Throttled"
        | "TooManyRequests"
        | "ProvisionedThroughputExceeded"
        | "LimitExceeded"
        | "KMSThrottling"
        | "SlowDown"
        | "RequestLimitExceeded"
        | "RequestTimeout"
        | "OperationAborted"
        | "InternalFailure"
        | "InternalError"
        | "Internal"
        | "InternalServer"
        | "ServiceUnavailable" => Meaning::Passes,
        "AccessDenied"
        | "InvalidAccess"
        | "ExpiredToken"
        | "InvalidToken"
        | "InvalidAccessKeyId"
        | "InvalidClientTokenId"
        | "UnrecognizedClient"
        | "SignatureDoesNotMatch"
        | "InvalidSignature"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "RequestTimeTooSkewed"
        | "RequestExpired" => Meaning::Credentials,
        "ResourceNotFound" | "NoSuchBucket" => Meaning::Destination,
        "EntityTooLarge" | "RequestEntityTooLarge" => Meaning::Size,
        _ => Meaning::Unknown,
    }
}

/// The code: in a header (REST JSON), in `__type` (JSON 1.1), or in an element (REST XML).
fn code(answer: &Answer) -> Option<String> {
    let header = answer.header("x-amzn-errortype");
    let text = header
        .map(str::to_owned)
        .or_else(|| in_json(&answer.body))
        .or_else(|| in_xml(&answer.body))?;
    // `com.amazonaws.kinesis.v20131202#ResourceNotFoundException`, `InvalidInputException:http://…`
    let text = text.split_once('#').map_or(text.as_str(), |(_, code)| code);
    let text = text.split(':').next().unwrap_or_default();
    Some(text.to_owned())
}

fn in_json(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let code = ["__type", "code", "Code"].iter().find_map(|name| body[*name].as_str());
    code.map(str::to_owned)
}

fn in_xml(body: &[u8]) -> Option<String> {
    let body = String::from_utf8_lossy(body.get(..SEARCHED).unwrap_or(body));
    let (_, rest) = body.split_once("<Code>")?;
    rest.split_once("</Code>").map(|(code, _)| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{in_json, in_xml};

    #[test]
    fn codes() {
        let xml =
            b"<?xml version=\"1.0\"?><Error><Code>NoSuchBucket</Code><Message>x</Message></Error>";
        assert_eq!(in_xml(xml).as_deref(), Some("NoSuchBucket"));
        assert_eq!(in_xml(b"<Error><Code>No"), None);
        let json = br#"{"__type": "ExpiredTokenException", "message": "x"}"#;
        assert_eq!(in_json(json).as_deref(), Some("ExpiredTokenException"));
        assert_eq!(in_json(b"[1"), None);
    }
}
