//! A JSON Web Key Set (RFC 7517): the public keys that tokens may be signed with.
//!
//! Takes no symmetric key: whoever could read the set could sign with it.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

/// Most keys that are read of a set.
const MAX_KEYS: usize = 64;
/// Most keys that are tried for a token that names none.
const MAX_TRIED: usize = 8;

/// The keys of a set that can verify a signature.
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    keys: Vec<Key>,
}

/// One public key.
#[derive(Clone, Debug)]
struct Key {
    id: Option<String>,
    algorithms: Vec<Algorithm>,
    decoding: DecodingKey,
}

/// A document that is not a key set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// It is not JSON with a `keys` array.
    #[error("key set is not json with an array `keys`")]
    Malformed,
    /// None of its keys can verify a signature.
    #[error("key set holds no public signature key of a supported kind")]
    Empty,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl KeySet {
    /// Reads a key set. Keys of unknown kinds are passed over (RFC 7517 §5).
    ///
    /// # Errors
    /// When it is not a key set, or no key of it can be used.
    pub fn parse(json: &[u8]) -> Result<Self, KeySetError> {
        let document: Document =
            serde_json::from_slice(json).map_err(|_| KeySetError::Malformed)?;
        let keys = document.keys.into_iter().take(MAX_KEYS).filter_map(Key::parse);
        let set = Self { keys: keys.collect() };
        if set.keys.is_empty() { Err(KeySetError::Empty) } else { Ok(set) }
    }

    /// The one key of a shared secret.
    pub(super) fn of_secret(secret: &[u8]) -> Self {
        let decoding = DecodingKey::from_secret(secret);
        Self { keys: vec![Key { id: None, algorithms: vec![Algorithm::HS256], decoding }] }
    }

    /// Whether there is no key at all.
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The keys that may have signed a token of this `kid` and `alg`.
    pub(super) fn candidates(&self, id: Option<&str>, algorithm: Algorithm) -> Vec<&DecodingKey> {
        self.keys
            .iter()
            .filter(|key| key.algorithms.contains(&algorithm))
            .filter(|key| id.is_none() || key.id.is_none() || key.id.as_deref() == id)
            .map(|key| &key.decoding)
            .take(MAX_TRIED)
            .collect()
    }
}

impl Key {
    fn parse(json: Value) -> Option<Self> {
        let key: Jwk = serde_json::from_value(json).ok()?;
        let signs = matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature));
        let algorithms = algorithms(&key);
        if !signs || algorithms.is_empty() {
            return None;
        }
        let decoding = DecodingKey::from_jwk(&key).ok()?;
        Some(Self { id: key.common.key_id, algorithms, decoding })
    }
}

/// What a key can verify: what it says it is for, as far as its kind allows it.
fn algorithms(key: &Jwk) -> Vec<Algorithm> {
    use Algorithm::{ES256, ES384, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};
    let of_kind: &[Algorithm] = match &key.algorithm {
        AlgorithmParameters::RSA(_) => &[RS256, RS384, RS512, PS256, PS384, PS512],
        AlgorithmParameters::EllipticCurve(parameters) => match parameters.curve {
            EllipticCurve::P256 => &[ES256],
            EllipticCurve::P384 => &[ES384],
            _ => &[],
        },
        AlgorithmParameters::OctetKeyPair(parameters) => match parameters.curve {
            EllipticCurve::Ed25519 => &[EdDSA],
            _ => &[],
        },
        _ => &[],
    };
    let said = key.common.key_algorithm.map(|algorithm| algorithm.to_string());
    let fits = |algorithm: &Algorithm| {
        said.as_deref().is_none_or(|said| said.parse::<Algorithm>().is_ok_and(|a| a == *algorithm))
    };
    of_kind.iter().copied().filter(fits).collect()
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::Algorithm;
    use proptest::prelude::*;
    use serde_json::json;

    use super::{KeySet, KeySetError};

    fn ec(kid: &str) -> serde_json::Value {
        json!({
            "kty": "EC", "crv": "P-256", "kid": kid,
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        })
    }

    #[test]
    fn useless_keys_are_passed_over() {
        let mut encryption = ec("enc");
        encryption["use"] = json!("enc");
        let mut other = ec("other");
        other["alg"] = json!("ES384");
        let symmetric = json!({"kty": "oct", "k": "c2VjcmV0", "alg": "HS256", "kid": "s"});
        let set = json!({"keys": [encryption, other, symmetric, {"kty": "new"}, 7, ec("a")]});
        let set = KeySet::parse(set.to_string().as_bytes()).unwrap();
        assert_eq!(set.candidates(Some("a"), Algorithm::ES256).len(), 1);
        assert_eq!(set.candidates(Some("b"), Algorithm::ES256).len(), 0);
        assert_eq!(set.candidates(None, Algorithm::ES256).len(), 1);
        assert_eq!(set.candidates(Some("s"), Algorithm::HS256).len(), 0);
        assert_eq!(set.candidates(Some("a"), Algorithm::RS256).len(), 0);
    }

    #[test]
    fn what_is_no_key_set() {
        assert_eq!(KeySet::parse(b"{}").unwrap_err(), KeySetError::Malformed);
        assert_eq!(KeySet::parse(br#"{"keys":[]}"#).unwrap_err(), KeySetError::Empty);
    }

    proptest! {
        #[test]
        fn anything_may_come(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = KeySet::parse(&bytes);
        }

        #[test]
        fn a_mutated_set_never_panics(at in 0_usize..150, byte in any::<u8>()) {
            let mut set = json!({"keys": [ec("a")]}).to_string().into_bytes();
            let at = at % set.len();
            set[at] = byte;
            let _ = KeySet::parse(&set);
        }
    }
}
