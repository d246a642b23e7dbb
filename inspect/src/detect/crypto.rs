//! Addresses of cryptocurrencies: Base58Check (Bitcoin, Litecoin, Dogecoin, …), Bech32 and Bech32m
//! (BIP 173, BIP 350), and Ethereum's `0x` (EIP-55 tells only of capitals).

use aws_lc_rs::digest::{SHA256, digest};

use super::bytes::{at, before, is_word, run, run_back};
use crate::Kind;
use crate::matched::Match;

const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BECH32: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// Bytes of an address: version, hash, checksum.
const DECODED: usize = 25;

/// The address whose token holds the digit at `digit`.
pub(super) fn find(text: &str, digit: usize) -> Option<Match> {
    let bytes = text.as_bytes();
    let start = run_back(bytes, digit, 4, |byte| byte.is_ascii_alphanumeric());
    let end = run(bytes, digit, 92, |byte| byte.is_ascii_alphanumeric());
    if is_word(before(bytes, start)) || is_word(at(bytes, end)) {
        return None;
    }
    let token = bytes.get(start..end)?;
    let subtype = match token.len() {
        42 if is_ethereum(token) => "ethereum",
        26..=35 if is_base58_check(token) => "base58check",
        14..=90 if is_bech32(token) => "bech32",
        _ => return None,
    };
    Some(Match { subtype: Some(subtype), ..Match::new(Kind::CryptoAddress, start..end, 0.95) })
}

fn is_ethereum(token: &[u8]) -> bool {
    let hex = token.strip_prefix(b"0x");
    hex.is_some_and(|hex| {
        hex.iter().all(u8::is_ascii_hexdigit) && hex.iter().any(|byte| *byte != b'0')
    })
}

/// Base 58 with four bytes of a double SHA-256.
fn is_base58_check(token: &[u8]) -> bool {
    let mut decoded = [0_u8; DECODED];
    for character in token {
        let Some(value) = BASE58.iter().position(|known| known == character) else { return false };
        let mut carry = u32::try_from(value).unwrap_or(0);
        for byte in decoded.iter_mut().rev() {
            carry += u32::from(*byte) * 58;
            *byte = carry.to_le_bytes()[0];
            carry >>= 8;
        }
        if carry > 0 {
            return false;
        }
    }
    let (payload, checksum) = decoded.split_at(DECODED - 4);
    let twice = digest(&SHA256, digest(&SHA256, payload).as_ref());
    twice.as_ref().starts_with(checksum)
}

/// A readable part, `1`, data, and six characters that check both.
fn is_bech32(token: &[u8]) -> bool {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let Some(separator) = token.iter().rposition(|byte| *byte == b'1') else { return false };
    let mixed =
        token.iter().any(u8::is_ascii_uppercase) && token.iter().any(u8::is_ascii_lowercase);
    let (prefix, data) = token.split_at(separator);
    let known = [b"bc".as_slice(), b"tb", b"ltc", b"addr", b"cosmos"];
    let lower = prefix.to_ascii_lowercase();
    if mixed || data.len() < 7 || !known.contains(&lower.as_slice()) {
        return false;
    }
    let step = |sum: u32, value: u32| {
        let top = sum >> 25;
        let folded = (0..5).filter(|bit| top >> bit & 1 == 1).map(|bit| GENERATOR[bit]);
        folded.fold((sum & 0x1ff_ffff) << 5 ^ value, |sum, generator| sum ^ generator)
    };
    let high = lower.iter().map(|byte| u32::from(*byte) >> 5);
    let low = lower.iter().map(|byte| u32::from(*byte) & 31);
    let head = high.chain(std::iter::once(0)).chain(low).fold(1, step);
    let mut sum = head;
    for character in data.iter().skip(1) {
        let lower = character.to_ascii_lowercase();
        let Some(value) = BECH32.iter().position(|known| *known == lower) else { return false };
        sum = step(sum, u32::try_from(value).unwrap_or(0));
    }
    // Bech32, and Bech32m.
    matches!(sum, 1 | 0x2bc8_30a3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_decide() {
        // The genesis block's address, and the examples of BIP 173 and BIP 350.
        assert!(is_base58_check(b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"));
        assert!(!is_base58_check(b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"));
        assert!(is_bech32(b"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"));
        assert!(is_bech32(b"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"));
        assert!(!is_bech32(b"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"));
    }
}
