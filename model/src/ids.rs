//! Identifiers: tenants, traces, spans, fingerprints.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The tenant a record belongs to: a short name chosen by the operator.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TenantId(pub String);

impl TenantId {
    /// The tenant of an installation that serves only one.
    pub const DEFAULT: &'static str = "default";

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for TenantId {
    fn default() -> Self {
        Self(Self::DEFAULT.to_owned())
    }
}

/// Defines a fixed-size identifier that is written in lower-case hexadecimal.
macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// From bytes; `None` when the length is wrong or all bytes are zero, which the W3C
            /// trace context calls invalid.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                let id: [u8; $len] = bytes.try_into().ok()?;
                id.iter().any(|byte| *byte != 0).then_some(Self(id))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = [0_u8; $len * 2];
                hex::encode_to_slice(self.0, &mut text).map_err(|_| fmt::Error)?;
                f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = hex::FromHexError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let mut id = [0_u8; $len];
                hex::decode_to_slice(text, &mut id)?;
                Ok(Self(id))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl de::Visitor<'_> for Text {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        write!(f, "{} hexadecimal digits", $len * 2)
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                        text.parse().map_err(|_| E::custom("not a hexadecimal id"))
                    }
                }
                deserializer.deserialize_str(Text)
            }
        }
    };
}

hex_id!(
    /// A W3C trace id.
    TraceId, 16
);
hex_id!(
    /// A W3C span id.
    SpanId, 8
);
hex_id!(
    /// A keyed fingerprint: equal values of one tenant have equal fingerprints, and without the
    /// vault's key nobody can test a guess.
    Fingerprint, 16
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_no_trace() {
        assert_eq!(TraceId::from_slice(&[0; 16]), None);
        assert_eq!(TraceId::from_slice(&[1; 15]), None);
        let id = TraceId::from_slice(&[0xab; 16]).unwrap();
        assert_eq!(id.to_string().parse::<TraceId>().unwrap(), id);
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{id}\""));
    }
}
