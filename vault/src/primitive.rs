//! The cryptographic primitives as the vault uses them: HKDF-SHA-256 (RFC 5869), HMAC-SHA-256
//! (RFC 2104), AES-256-GCM (SP 800-38D).

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk};
use aws_lc_rs::rand;
use zeroize::Zeroize;

use crate::VaultError;

/// A 256-bit key. Wiped when dropped, never printed.
pub(crate) struct Key([u8; 32]);

impl Key {
    pub(crate) const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) fn random() -> Result<Self, VaultError> {
        let mut bytes = [0; 32];
        rand::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A key for one purpose, derived by HKDF-Expand with this key as the pseudorandom key.
    pub(crate) fn derive(&self, info: &[&[u8]]) -> Result<Self, VaultError> {
        let mut bytes = [0; 32];
        Prk::new_less_safe(HKDF_SHA256, &self.0).expand(info, Length)?.fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    pub(crate) fn hmac(&self) -> aws_lc_rs::hmac::Key {
        aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &self.0)
    }

    fn aead(&self) -> Result<LessSafeKey, VaultError> {
        Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &self.0)?))
    }

    /// Encrypts under a key that is used once, so that the nonce may be zero.
    pub(crate) fn seal_once(&self, aad: &[u8], buffer: &mut Vec<u8>) -> Result<(), VaultError> {
        let nonce = Nonce::assume_unique_for_key([0; NONCE_LEN]);
        Ok(self.aead()?.seal_in_place_append_tag(nonce, Aad::from(aad), buffer)?)
    }

    /// Opens what [`Key::seal_once`] made; `None` when anything of it was altered.
    pub(crate) fn open_once(
        &self,
        aad: &[u8],
        sealed: &[u8],
    ) -> Result<Option<Vec<u8>>, VaultError> {
        self.open(Nonce::assume_unique_for_key([0; NONCE_LEN]), aad, sealed)
    }

    /// Encrypts a small value under a key that is used again: a random nonce goes before it.
    pub(crate) fn wrap(&self, aad: &[u8], value: &[u8]) -> Result<Vec<u8>, VaultError> {
        let nonce: [u8; NONCE_LEN] = random()?;
        let mut buffer = value.to_vec();
        let tag = Nonce::assume_unique_for_key(nonce);
        self.aead()?.seal_in_place_append_tag(tag, Aad::from(aad), &mut buffer)?;
        Ok([nonce.as_slice(), &buffer].concat())
    }

    /// Opens what [`Key::wrap`] made; `None` when anything of it was altered.
    pub(crate) fn unwrap(&self, aad: &[u8], wrapped: &[u8]) -> Result<Option<Vec<u8>>, VaultError> {
        let Some((nonce, sealed)) = wrapped.split_first_chunk::<NONCE_LEN>() else {
            return Ok(None);
        };
        self.open(Nonce::assume_unique_for_key(*nonce), aad, sealed)
    }

    /// Opens a wrapped key.
    pub(crate) fn unwrap_key(&self, aad: &[u8], wrapped: &[u8]) -> Result<Self, VaultError> {
        let bytes = self.unwrap(aad, wrapped)?.ok_or(VaultError::Altered)?;
        Ok(Self(bytes.try_into().map_err(|_| VaultError::Altered)?))
    }

    fn open(&self, nonce: Nonce, aad: &[u8], sealed: &[u8]) -> Result<Option<Vec<u8>>, VaultError> {
        let mut buffer = sealed.to_vec();
        let Ok(plain) = self.aead()?.open_in_place(nonce, Aad::from(aad), &mut buffer) else {
            return Ok(None);
        };
        let length = plain.len();
        buffer.truncate(length);
        Ok(Some(buffer))
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

struct Length;

impl KeyType for Length {
    fn len(&self) -> usize {
        32
    }
}

/// Random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], VaultError> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes)?;
    Ok(bytes)
}

/// The first 16 bytes of an HMAC over the parts, each preceded by its length, so that no two
/// different lists of parts give the same message.
pub(crate) fn short_mac(key: &aws_lc_rs::hmac::Key, parts: &[&[u8]]) -> [u8; 16] {
    let mut context = aws_lc_rs::hmac::Context::with_key(key);
    for part in parts {
        context.update(&(part.len() as u64).to_le_bytes());
        context.update(part);
    }
    let mut short = [0; 16];
    for (to, from) in short.iter_mut().zip(context.sign().as_ref()) {
        *to = *from;
    }
    short
}

/// Sixteen characters of Crockford's base 32, lower case: 80 bits.
pub(crate) fn readable(bytes: [u8; 10]) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut number = bytes.iter().fold(0_u128, |number, byte| (number << 8) | u128::from(*byte));
    let mut characters = [0_u8; 16];
    for character in characters.iter_mut().rev() {
        *character = ALPHABET[(number % 32) as usize];
        number /= 32;
    }
    characters.iter().map(|character| char::from(*character)).collect()
}
