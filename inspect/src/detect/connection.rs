//! URLs with credentials: `scheme://user:password@host`.

use super::bytes::{run, run_back};
use super::entropy::{is_masked, is_random};
use crate::matched::Match;

const LONGEST: usize = 2 << 10;

/// The URL around the `://` at `colon`, if a password is in it. For a database the whole URL is
/// taken, since its host and name are nobody else's business either; for others the credentials.
pub(super) fn find(text: &str, colon: usize) -> Option<Match> {
    let bytes = text.as_bytes();
    let start =
        run_back(bytes, colon, 32, |byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte));
    let authority = colon + 3;
    // What stands before the next scheme: nobody writes one in a password (RFC 3986 §3.2.1).
    let ahead = bytes.get(authority..bytes.len().min(authority + LONGEST))?;
    let longest = memchr::memmem::find(ahead, b"://").unwrap_or(ahead.len());
    let end = run(bytes, authority, longest, |byte| {
        !byte.is_ascii_whitespace() && !b"\"'`<>\\".contains(&byte)
    });
    let url = bytes.get(authority..end)?;
    let at = url.iter().rposition(|byte| *byte == b'@')?;
    let slash = url.iter().position(|byte| *byte == b'/').unwrap_or(url.len());
    if is_taken_out(text.get(authority..authority + at)?) {
        return None;
    }
    let Some(user) = url.iter().take(at).position(|byte| *byte == b':') else {
        // A token may stand alone: `https://TOKEN@host`.
        let token = authority..authority + at;
        let alone = at < slash && is_random(bytes.get(token.clone())?);
        return alone.then(|| Match::secret("basic-auth", token, 0.85));
    };
    let password = text.get(authority + user + 1..authority + at)?;
    // `host:8000/@name` has a port.
    let port = password.split('/').next().unwrap_or_default();
    let is_port = password.contains('/') && port.bytes().all(|byte| byte.is_ascii_digit());
    // A weak password is one: `user:password@`.
    let taken_out =
        password != "password" && super::is_placeholder(password) || is_masked(password.as_bytes());
    if user > slash || is_port || password.is_empty() || taken_out {
        return None;
    }
    let scheme = text.get(start..colon)?.to_ascii_lowercase();
    let web = matches!(scheme.as_str(), "http" | "https" | "ftp" | "git+https" | "ws" | "wss");
    let mut end = end;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    Some(if web {
        Match::secret("basic-auth", authority..authority + at, 0.96)
    } else {
        Match::secret("connection-string", start..end, 0.96)
    })
}

/// Whether credentials are placeholders already: of the whole, or of the user and the password.
fn is_taken_out(credentials: &str) -> bool {
    let parts = credentials.split("]:[").count();
    credentials.split("]:[").enumerate().all(|(position, part)| {
        let open = if position > 0 { "[" } else { "" };
        let close = if position + 1 < parts { "]" } else { "" };
        crate::redact::is_redacted(&format!("{open}{part}{close}"))
    })
}
