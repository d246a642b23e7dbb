//! Tokens that are known by their form as a whole: JSON web tokens, bearer and basic
//! credentials, and keys whose prefix is too short to search a text for.
//!
//! One walk over the text looks only at its long runs, of which prose has nearly none.

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use memchr::memmem;

use super::bytes::{before, is_word, run, run_back};
use super::device::mac_of_letters;
use super::entropy::{is_masked, is_varied};
use super::provider::{self, Format};
use crate::class;
use crate::matched::Match;

/// The shortest run that is looked at.
const SHORTEST: usize = 13;
/// The shortest token that is known by what is within it, or part of one (Facebook's).
const SHORTEST_LONG: usize = 27;
/// The shortest token of a Discord bot.
const SHORTEST_DISCORD: usize = 24 + 1 + 6 + 1 + 27;
const LONGEST_HEADER: usize = 16 << 10;
/// A token goes on to its end: what lies behind a bound would stay.
const LONGEST: usize = 1 << 20;

/// Base 64 for URLs that does not mind what is left over at the end.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Formats by the first byte of their short prefixes.
pub(super) struct Brief(Vec<Vec<&'static Format>>);

impl Brief {
    pub(super) fn new(formats: impl Iterator<Item = &'static Format>) -> Self {
        let mut brief = Self(vec![Vec::new(); 256]);
        for format in formats {
            if let Some(first) = format.anchor.bytes().next() {
                brief.0[usize::from(first)].push(format);
            }
        }
        brief
    }

    /// Every token of a text.
    pub(super) fn find(&self, text: &str, matches: &mut Vec<Match>) {
        let bytes = text.as_bytes();
        let mut runs = class::runs::<SHORTEST>(bytes, is_token);
        let mut from = 0;
        // The run began before when `from` lies within it.
        while let Some(start) = runs.next(from) {
            let end = run(bytes, start + SHORTEST, usize::MAX, is_token);
            let found = self.of_run(text, start, end);
            from = found.as_ref().map_or(end, |found| found.range.end.max(end));
            matches.extend(found);
        }
    }

    fn of_run(&self, text: &str, start: usize, end: usize) -> Option<Match> {
        let bytes = text.as_bytes();
        let candidates = &self.0[usize::from(*bytes.get(start)?)];
        candidates
            .iter()
            .find_map(|format| provider::find(text, start, format))
            .or_else(|| match bytes.get(start..start + 3)? {
                b"eyJ" => jwt(text, start),
                [b'A', b'A', _] if before(bytes, start) == b':' => telegram(text, start - 1),
                _ => None,
            })
            .or_else(|| mac_of_letters(bytes, start, end))
            .or_else(|| if end - start < SHORTEST_LONG { None } else { long(text, start, end) })
    }
}

/// A token that is known by what is within it.
fn long(text: &str, start: usize, end: usize) -> Option<Match> {
    let bytes = text.as_bytes();
    azure(text, start, end)
        .or_else(|| of_mailchimp(bytes, start, end))
        .or_else(|| of_facebook(bytes, start))
        .or_else(|| of_discord(bytes, start, end))
}

/// One comparison after the other, which are made for many bytes at once.
const fn is_token(byte: u8) -> bool {
    // The dot follows on the dash in ASCII.
    byte.is_ascii_alphanumeric() || byte == b'_' || byte.wrapping_sub(b'-') < 2 || byte == b'~'
}

const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// A JSON web token (RFC 7519) at `start`: a header and claims, mostly signed.
fn jwt(text: &str, start: usize) -> Option<Match> {
    let bytes = text.as_bytes();
    if is_base64(before(bytes, start)) {
        return None;
    }
    let header = run(bytes, start, LONGEST_HEADER, is_base64);
    let json = LENIENT.decode(bytes.get(start..header)?).ok()?;
    let claims = run(bytes, header + 1, LONGEST, is_base64);
    let says_how = [b"\"alg\"".as_slice(), b"\"typ\"", b"\"kid\"", b"\"enc\""];
    let is_header = says_how.iter().any(|name| memmem::find(&json, name).is_some());
    if !is_header || bytes.get(header) != Some(&b'.') || claims < header + 5 {
        return None;
    }
    // A token that was broken off in its claims or before its signature is one all the same.
    let end = if bytes.get(claims) == Some(&b'.') {
        run(bytes, claims + 1, LONGEST, |byte| is_base64(byte) || byte == b'.')
    } else {
        claims
    };
    let end = if end > claims && bytes.get(end - 1) == Some(&b'.') { end - 1 } else { end };
    // What its claims say, an address perhaps, is within it.
    Some(Match::secret("jwt", start..end, 0.99))
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
    (token.len() >= 12 && mixed && !is_masked(token.as_bytes()))
        .then(|| Match::secret("bearer-token", value..end, 0.85))
}

/// A Telegram bot's token, `ID:AA…`, around the `:AA` at `colon`; also in the path `/botID:AA…`.
fn telegram(text: &str, colon: usize) -> Option<Match> {
    let bytes = text.as_bytes();
    let start = run_back(bytes, colon, 11, |byte| byte.is_ascii_digit());
    let end = run(bytes, colon + 1, 36, is_base64);
    let in_path = bytes.get(..start)?.ends_with(b"/bot");
    let fits = (8..=10).contains(&(colon - start)) && end - colon == 36;
    (fits && (in_path || !is_word(before(bytes, start))))
        .then(|| Match::secret("telegram-bot-token", start..end, 0.9))
}

/// A client secret of Microsoft Entra, which has `Q~` behind its fourth character.
fn azure(text: &str, start: usize, end: usize) -> Option<Match> {
    let sign = start + memchr::memchr(b'~', text.as_bytes().get(start..end)?)?;
    // The first four may have such a sign too.
    let mark = (sign.saturating_sub(1)..end.min(sign + 5))
        .find(|place| text.as_bytes().get(*place..).is_some_and(|rest| rest.starts_with(b"Q~")))?;
    let format = provider::formats().find(|format| format.anchor == "Q~")?;
    provider::find(text, mark, format)
}

/// The call that is given a key which is in every copy of an app.
pub(super) const PUBLIC_CALL: &str = "MailchimpSDK.initialize(token: ";

/// A key of Mailchimp: a hash and the data centre, `…-us12`. The one that its mobile SDK is given
/// looks the same, and is no secret.
fn of_mailchimp(bytes: &[u8], start: usize, end: usize) -> Option<Match> {
    let key = bytes.get(start..end)?;
    let is_hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let place = key.get(32..)?.strip_prefix(b"-us")?;
    let fits = (1..=2).contains(&place.len()) && place.iter().all(u8::is_ascii_digit);
    let is_public = bytes.get(..start)?.ends_with(PUBLIC_CALL.as_bytes());
    (fits && !is_public && key[..32].iter().all(is_hex) && is_varied(&key[..32]))
        .then(|| Match::secret("mailchimp-api-key", start..end, 0.95))
}

/// An application's token of Facebook, `ID|…`, whose second part begins at `start`.
fn of_facebook(bytes: &[u8], start: usize) -> Option<Match> {
    let sign = start.checked_sub(1).filter(|sign| matches!(bytes.get(*sign), Some(b'|' | b'%')))?;
    let first = run_back(bytes, sign, 17, |byte| byte.is_ascii_digit());
    let end = run(bytes, start, 41, is_base64);
    ((15..=16).contains(&(sign - first))
        && (27..=40).contains(&(end - start))
        && is_varied(bytes.get(start..end)?))
    .then(|| Match::secret("facebook-access-token", first..end, 0.95))
}

/// A bot's token of Discord: its number in base 64, a time, a signature.
fn of_discord(bytes: &[u8], start: usize, end: usize) -> Option<Match> {
    let token = bytes.get(start..end).filter(|token| token.len() >= SHORTEST_DISCORD)?;
    let mut parts = token.split(|byte| *byte == b'.');
    let (bot, time, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let lengths = (24..=28).contains(&bot.len()) && time.len() == 6 && signature.len() >= 27;
    let plain = [bot, time, signature].iter().all(|part| part.iter().all(|byte| is_base64(*byte)));
    let drawn = bot.iter().any(u8::is_ascii_digit)
        && bot.iter().any(u8::is_ascii_uppercase)
        && bot.iter().any(u8::is_ascii_lowercase)
        && is_varied(signature);
    (lengths && plain && drawn && parts.next().is_none_or(<[u8]>::is_empty))
        .then(|| Match::secret("discord-bot-token", start..end, 0.95))
}
