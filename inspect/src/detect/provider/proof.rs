//! Checksums that are public. A right one leaves no doubt; a wrong one is no proof of innocence,
//! since a key may be mistyped, broken off, or made up by whoever writes about keys.

/// The last six of a GitHub or npm token are the CRC-32 of what is before them, in base 62
/// (github.blog, "Behind GitHub's new authentication token formats").
pub(super) fn github(key: &[u8]) -> bool {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let Some((rest, check)) = key.split_last_chunk::<6>() else { return false };
    let body = rest.splitn(2, |byte| *byte == b'_').nth(1).unwrap_or_default();
    let mut sum = crc32(body);
    check.iter().rev().all(|digit| {
        let expected = DIGITS[(sum % 62) as usize];
        sum /= 62;
        *digit == expected
    })
}

/// CRC-32 of IEEE 802.3, reflected.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
    !bytes.iter().fold(!0, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), step))
}

/// The checksum of bech32 (BIP 173), which an age identity is written in.
pub(super) fn age(key: &[u8]) -> bool {
    const DIGITS: &[u8] = b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
    let Some(separator) = key.iter().rposition(|byte| *byte == b'1') else { return false };
    let lower = key.iter().take(separator).map(u8::to_ascii_lowercase);
    let high = lower.clone().map(|byte| byte >> 5);
    let low = lower.map(|byte| byte & 31);
    let digit = |byte: &u8| {
        (0..32).zip(DIGITS).find(|(_, digit)| *digit == byte).map_or(0, |(value, _)| value)
    };
    let data = key.iter().skip(separator + 1).map(digit);
    high.chain([0]).chain(low).chain(data).fold(1, polymod) == 1
}

/// A step of the code of bech32.
fn polymod(sum: u32, value: u8) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let top = sum >> 25;
    let next = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
    let mix =
        |sum, (place, part): (usize, &u32)| if top >> place & 1 == 1 { sum ^ part } else { sum };
    GENERATOR.iter().enumerate().fold(next, mix)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published examples: detect-secrets' test data, and age's documentation.
    #[test]
    fn published_examples_prove_themselves() {
        assert!(github(b"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"));
        assert!(!github(b"ghp_wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUy"));
        let key = b"AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
        assert!(age(key));
        assert!(!age(
            b"AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ"
        ));
    }

    #[test]
    fn crc_of_the_check_value() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
