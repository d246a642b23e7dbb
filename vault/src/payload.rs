//! A sealed payload: what the ledger keeps beside a leaf.
//!
//! ```text
//! version 1 | dictionary | salt, 16 bytes | AES-256-GCM(zstd(plaintext)), tag included
//! ```
//!
//! Its key is derived from the subject's data key and the salt and used once. The commitment in the
//! leaf is an HMAC of the plaintext under a second derived key; since it is checked when the payload
//! is opened, it also commits to the key, which GCM alone does not (Dodis et al., CRYPTO 2018).

use aws_lc_rs::hmac;

use crate::compress::{DICTIONARY_ID, compress, decompress};
use crate::primitive::{Key, random};
use crate::{OpenError, VaultError};

const VERSION: u8 = 1;
const HEADER: usize = 18;

/// A record that only the vault can open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedPayload {
    /// The tenant's random id.
    pub tenant: [u8; 16],
    /// The data key's random id.
    pub key: [u8; 16],
    /// Keyed commitment to the plaintext.
    pub commitment: [u8; 32],
    /// The ciphertext and what is needed to open it.
    pub payload: Vec<u8>,
}

/// The fields of the leaf that a payload is bound to.
#[derive(Clone, Copy)]
pub(crate) struct Bound<'a> {
    pub(crate) class: u8,
    pub(crate) tenant: &'a [u8; 16],
    pub(crate) key: &'a [u8; 16],
}

impl Bound<'_> {
    fn associated_data(&self, header: &[u8]) -> Vec<u8> {
        [&[self.class], self.tenant.as_slice(), self.key, header].concat()
    }
}

/// The two keys of one record.
struct RecordKeys {
    encryption: Key,
    commitment: hmac::Key,
}

impl RecordKeys {
    fn derive(data_key: &Key, salt: &[u8]) -> Result<Self, VaultError> {
        Ok(Self {
            encryption: data_key.derive(&[b"plainsight record encryption", salt])?,
            commitment: data_key.derive(&[b"plainsight record commitment", salt])?.hmac(),
        })
    }
}

pub(crate) fn seal(
    data_key: &Key,
    bound: Bound<'_>,
    plaintext: &[u8],
) -> Result<SealedPayload, VaultError> {
    let salt: [u8; 16] = random()?;
    let keys = RecordKeys::derive(data_key, &salt)?;
    let mut header = [0; HEADER];
    header[0] = VERSION;
    header[1] = DICTIONARY_ID;
    header[2..].copy_from_slice(&salt);
    let mut ciphertext = compress(plaintext)?;
    keys.encryption.seal_once(&bound.associated_data(&header), &mut ciphertext)?;
    let mut commitment = [0; 32];
    commitment.copy_from_slice(hmac::sign(&keys.commitment, plaintext).as_ref());
    let payload = [header.as_slice(), &ciphertext].concat();
    Ok(SealedPayload { tenant: *bound.tenant, key: *bound.key, commitment, payload })
}

pub(crate) fn open(
    data_key: &Key,
    bound: Bound<'_>,
    commitment: &[u8; 32],
    payload: &[u8],
) -> Result<Vec<u8>, OpenError> {
    let Some((header, ciphertext)) = payload.split_first_chunk::<HEADER>() else {
        return Err(OpenError::Tampered);
    };
    let [version, dictionary, salt @ ..] = header;
    if *version != VERSION {
        return Err(OpenError::Tampered);
    }
    let keys = RecordKeys::derive(data_key, salt)?;
    let frame = keys.encryption.open_once(&bound.associated_data(header), ciphertext)?;
    let plaintext = frame.and_then(|frame| decompress(*dictionary, &frame));
    let plaintext = plaintext.ok_or(OpenError::Tampered)?;
    hmac::verify(&keys.commitment, &plaintext, commitment).map_err(|_| OpenError::Tampered)?;
    Ok(plaintext)
}
