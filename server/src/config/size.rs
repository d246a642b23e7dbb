//! Sizes: a number of bytes, or a text such as `16MiB`.
//!
//! Knows no limits: each setting has its own.

use std::fmt;
use std::marker::PhantomData;

use serde::{Deserializer, de};

/// Units, the longest ending first. Those without an `i` are decimal (IEC 80000-13).
const UNITS: [(&str, u64); 7] = [
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("B", 1),
];

/// For `#[serde(deserialize_with)]`.
pub(crate) fn deserialize<'de, D, N>(deserializer: D) -> Result<N, D::Error>
where
    D: Deserializer<'de>,
    N: TryFrom<u64>,
{
    deserializer.deserialize_any(Size(PhantomData))
}

struct Size<N>(PhantomData<N>);

impl<N: TryFrom<u64>> Size<N> {
    fn of<E: de::Error>(self, bytes: Option<u64>) -> Result<N, E> {
        let size = bytes.and_then(|bytes| N::try_from(bytes).ok());
        size.ok_or_else(|| E::custom(format_args!("invalid size, expected {}", Expected(&self))))
    }
}

impl<N: TryFrom<u64>> de::Visitor<'_> for Size<N> {
    type Value = N;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of bytes, or a text such as \"16MiB\"")
    }

    fn visit_i64<E: de::Error>(self, bytes: i64) -> Result<N, E> {
        self.of(u64::try_from(bytes).ok())
    }

    fn visit_u64<E: de::Error>(self, bytes: u64) -> Result<N, E> {
        self.of(Some(bytes))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<N, E> {
        self.of(parse(text))
    }
}

/// Writes what a visitor expects.
struct Expected<'a, V>(&'a V);

impl<'de, V: de::Visitor<'de>> fmt::Display for Expected<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }
}

/// Reads `16MiB`, `16 MiB` or `16777216`.
fn parse(text: &str) -> Option<u64> {
    let text = text.trim();
    let (number, unit) = UNITS
        .iter()
        .find_map(|(name, bytes)| Some((text.strip_suffix(name)?, *bytes)))
        .unwrap_or((text, 1));
    number.trim_end().parse::<u64>().ok()?.checked_mul(unit)
}

/// The shortest way to write a size in binary units.
pub(super) fn text(bytes: u64) -> String {
    let exact = |unit: u64| bytes >= unit && bytes.is_multiple_of(unit);
    match bytes {
        _ if exact(1 << 30) => format!("{}GiB", bytes >> 30),
        _ if exact(1 << 20) => format!("{}MiB", bytes >> 20),
        _ if exact(1 << 10) => format!("{}KiB", bytes >> 10),
        _ => bytes.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{parse, text};

    #[test]
    fn the_same_size_in_every_spelling() {
        for spelling in ["16MiB", " 16 MiB", "16384KiB", "16777216B", "16777216"] {
            assert_eq!(parse(spelling), Some(16 << 20), "{spelling}");
        }
        assert_eq!(parse("2GB"), Some(2_000_000_000));
        assert_eq!(parse("3kB"), Some(3_000));
    }

    #[test]
    fn what_is_no_size() {
        for wrong in ["", "MiB", "-1", "1.5MiB", "16 mb", "99999999999GiB", "1e6"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for bytes in [0, 1, 1023, 1 << 10, 3 << 20, (3 << 20) + 1, 5 << 30] {
            assert_eq!(parse(&text(bytes)), Some(bytes), "{bytes}");
        }
    }
}
