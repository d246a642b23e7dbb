//! Syslog: messages of RFC 5424 and their frames.
//!
//! No byte order mark: rsyslog keeps it at the head of the message, where it hides `CEF:`.

use model::{Severity, Timestamp};

use super::time;
use crate::outgoing::Outgoing;

/// Security and authorization messages (RFC 5424 §6.2.1).
const FACILITY: u8 = 10;
/// SD-ID of our structured data, with the enterprise number that RFC 5612 keeps for examples.
const SD_ID: &str = "plainsight@32473";

/// A message: header, structured data, and the event as its text.
pub fn message(outgoing: &Outgoing, host: &str) -> Vec<u8> {
    let priority = FACILITY * 8 + level(outgoing.severity);
    let head = format!(
        "<{priority}>1 {} {} plainsight - {} [{SD_ID} key=\"",
        moment(outgoing.time),
        token(host, 255),
        token(outgoing.kind, 32),
    );
    let mut message = head.into_bytes();
    parameter_value(&mut message, &outgoing.key);
    message.push(b'"');
    for (name, value) in &outgoing.facts {
        message.extend_from_slice(format!(" {name}=\"").as_bytes());
        parameter_value(&mut message, value);
        message.push(b'"');
    }
    message.extend_from_slice(b"] ");
    message.extend_from_slice(&outgoing.payload);
    message
}

/// A frame with its length in octets (RFC 5425 §4.3, RFC 6587 §3.4.1).
pub fn octet_counted(message: &[u8]) -> Vec<u8> {
    let mut frame = format!("{} ", message.len()).into_bytes();
    frame.extend_from_slice(message);
    frame
}

/// Severities of RFC 5424 §6.2.1.
const fn level(severity: Severity) -> u8 {
    match severity {
        Severity::Critical => 2,
        Severity::High => 3,
        Severity::Medium => 4,
        Severity::Low => 5,
        Severity::Informational => 6,
    }
}

/// A moment of the years that the header can hold (four digits).
fn moment(at: Timestamp) -> String {
    let text = time::rfc5424(at);
    if text.starts_with('-') { "-".to_owned() } else { text }
}

/// Visible ASCII of at most `most` signs; `-` for nothing.
fn token(text: &str, most: usize) -> String {
    let token: String = text
        .chars()
        .take(most)
        .map(|sign| if sign.is_ascii_graphic() { sign } else { '_' })
        .collect();
    if token.is_empty() { "-".to_owned() } else { token }
}

/// The value of a parameter: `"`, `\` and `]` are escaped (RFC 5424 §6.3.3). A line end, which may
/// stand there, becomes a space, since many receivers take it for the end of the message.
fn parameter_value(message: &mut Vec<u8>, value: &str) {
    for byte in value.bytes() {
        match byte {
            b'"' | b'\\' | b']' => message.extend_from_slice(&[b'\\', byte]),
            b'\n' | b'\r' => message.push(b' '),
            _ => message.push(byte),
        }
    }
}
