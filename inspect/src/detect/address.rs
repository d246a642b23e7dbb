//! IP addresses, versions 4 and 6.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::bytes::{at, before, follows_word, is_word, run, run_back};
use crate::Kind;
use crate::matched::Match;

/// The confidence of an address that is the same on every machine.
const NOBODYS: f32 = 0.3;

/// The address of four numbers at `start`. A version number looks the same: a word before it says
/// so. Loopback and unspecified addresses are nobody's.
pub(super) fn version_4(text: &str, start: usize) -> Option<Match> {
    let bytes = text.as_bytes();
    let end = run(bytes, start, 16, |byte| byte.is_ascii_digit() || byte == b'.');
    let end = if at(bytes, end - 1) == b'.' { end - 1 } else { end };
    if before(bytes, start) == b'.' || is_word(at(bytes, end)) {
        return None;
    }
    let address: Ipv4Addr = text.get(start..end)?.parse().ok()?;
    let nobodys = address.is_loopback() || address.is_unspecified() || address.is_broadcast();
    let version = || follows_word(bytes, start, 12, &["version", "ver", "v", "release"]);
    (!nobodys && !version()).then(|| Match::new(Kind::IpAddress, start..end, 0.9))
}

/// Whether an address of version 6 may be around a colon: most pairs of colons part the words of a
/// path.
pub(super) fn may_be_around(bytes: &[u8], colon: usize) -> bool {
    let (next, then) = (at(bytes, colon + 1), at(bytes, colon + 2));
    let last = colon.checked_sub(1).map(|last| at(bytes, last));
    is_part(next)
        && last.is_none_or(|last| (is_part(last) || next == b':') && !is_other(last))
        && !(next == b':' && is_other(then))
}

/// The address around the colon at `colon`, where one may be.
pub(super) fn version_6(text: &str, colon: usize) -> Option<Match> {
    let bytes = text.as_bytes();
    // None is written with three colons in a row, of which there may be many.
    let is_row = |start: usize| bytes.get(start..).is_some_and(|rest| rest.starts_with(b":::"));
    if (colon.saturating_sub(2)..=colon).any(is_row) {
        return None;
    }
    let start = run_back(bytes, colon, 40, is_part);
    let end = run(bytes, colon, 46, |byte| is_part(byte) || byte == b'.');
    let end = if b".:".contains(&at(bytes, end - 1)) && at(bytes, end - 2) != b':' {
        end - 1
    } else {
        end
    };
    if is_word(before(bytes, start)) || is_word(at(bytes, end)) {
        return None;
    }
    let written = text.get(start..end)?;
    if written == "::1" {
        return Some(Match::new(Kind::IpAddress, start..end, NOBODYS));
    }
    let groups = written.split(':').filter(|group| !group.is_empty()).count();
    // `a::b` is a path in many languages before it is an address.
    if groups < 3 && !written.starts_with("fe80::") && !written.starts_with("2001:") {
        return None;
    }
    let address: Ipv6Addr = written.parse().ok()?;
    (!address.is_loopback() && !address.is_unspecified())
        .then(|| Match::new(Kind::IpAddress, start..end, 0.9))
}

/// Whether a byte is of a word, and of no address.
const fn is_other(byte: u8) -> bool {
    byte.is_ascii() && is_word(byte) && !is_part(byte)
}

const fn is_part(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || byte == b':'
}
