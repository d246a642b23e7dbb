//! Tokens that are recognised by their form: JSON web tokens, bearer and basic credentials.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::bytes::{before, is_word, run, run_back};
use crate::matched::Match;

const LONGEST_HEADER: usize = 16 << 10;
/// A token goes on to its end: what lies behind a bound would stay.
const LONGEST: usize = 1 << 20;

/// A JSON web token (RFC 7519) at `start`: three parts, the first of which is a JSON header.
pub(super) fn jwt(text: &str, start: usize) -> Option<Match> {
    let bytes = text.as_bytes();
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if is_base64(before(bytes, start)) {
        return None;
    }
    let header = run(bytes, start, LONGEST_HEADER, is_base64);
    let json = URL_SAFE_NO_PAD.decode(bytes.get(start..header)?).ok()?;
    let claims = run(bytes, header + 1, LONGEST, is_base64);
    if !json.starts_with(b"{\"") || bytes.get(header) != Some(&b'.') || claims < header + 5 {
        return None;
    }
    // A token that was broken off in its claims or before its signature is one all the same.
    let end = if bytes.get(claims) == Some(&b'.') {
        run(bytes, claims + 1, LONGEST, is_base64)
    } else {
        claims
    };
    Some(Match::secret("jwt", start..end, 0.95))
}

/// What follows `Bearer ` or `Basic ` (RFC 6750, RFC 7617).
pub(super) fn authorization(text: &str, start: usize, value: usize) -> Option<Match> {
    let bytes = text.as_bytes();
    if is_word(before(bytes, start)) {
        return None;
    }
    let end = run(bytes, value, LONGEST, |byte| {
        byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte)
    });
    let token = text.get(value..end)?;
    if bytes.get(start).is_some_and(|byte| byte.eq_ignore_ascii_case(&b'b')) && value - start == 6 {
        let decoded = STANDARD.decode(token).ok()?;
        let is_pair = decoded.contains(&b':') && std::str::from_utf8(&decoded).is_ok();
        return (token.len() >= 8 && is_pair).then(|| Match::secret("basic-auth", value..end, 0.9));
    }
    let mixed = token.bytes().any(|byte| byte.is_ascii_digit());
    (token.len() >= 12 && mixed).then(|| Match::secret("bearer-token", value..end, 0.85))
}

/// A Telegram bot's token, `ID:AA…`, around the `:AA` at `colon`.
pub(super) fn telegram(text: &str, colon: usize) -> Option<Match> {
    let bytes = text.as_bytes();
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let start = run_back(bytes, colon, 11, |byte| byte.is_ascii_digit());
    let end = run(bytes, colon + 1, 36, is_base64);
    let fits = (8..=10).contains(&(colon - start)) && end - colon == 36;
    (fits && text.get(colon..colon + 3)? == ":AA" && !before(bytes, start).is_ascii_digit())
        .then(|| Match::secret("telegram-bot-token", start..end, 0.9))
}
