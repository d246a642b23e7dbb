//! Zstandard before encryption, with contexts that each thread keeps.
//!
//! Records are small, and most of a small record is names of fields: a shipped dictionary of those
//! names halves what is left.

use std::cell::RefCell;

use zstd::bulk::{Compressor, Decompressor};

use crate::VaultError;

/// The fastest level; higher ones gain little on texts this short.
const LEVEL: i32 = 1;
/// The largest record that is sealed or opened.
const MAX_PLAINTEXT: usize = 256 << 20;
/// Names of a record's fields, in the order and the form in which records have them. A payload
/// says which dictionary it was made with; this one may never change.
const DICTIONARY: &[u8] = include_bytes!("dictionary.json");
/// The number of [`DICTIONARY`].
pub(crate) const DICTIONARY_ID: u8 = 1;

thread_local! {
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

pub(crate) fn compress(plaintext: &[u8]) -> Result<Vec<u8>, VaultError> {
    if plaintext.len() > MAX_PLAINTEXT {
        return Err(VaultError::TooLarge { limit: MAX_PLAINTEXT });
    }
    COMPRESSOR.with_borrow_mut(|slot| {
        let compressor = match slot {
            Some(compressor) => compressor,
            None => slot.insert(
                Compressor::with_dictionary(LEVEL, DICTIONARY)
                    .map_err(|_| VaultError::Compression)?,
            ),
        };
        compressor.compress(plaintext).map_err(|_| VaultError::Compression)
    })
}

/// The plaintext; `None` when it is no frame of this dictionary, or larger than is allowed.
pub(crate) fn decompress(dictionary: u8, frame: &[u8]) -> Option<Vec<u8>> {
    if dictionary != DICTIONARY_ID {
        return None;
    }
    let size = zstd::zstd_safe::get_frame_content_size(frame).ok()??;
    let size = usize::try_from(size).ok().filter(|size| *size <= MAX_PLAINTEXT)?;
    DECOMPRESSOR.with_borrow_mut(|slot| {
        let decompressor = match slot {
            Some(decompressor) => decompressor,
            None => slot.insert(Decompressor::with_dictionary(DICTIONARY).ok()?),
        };
        decompressor.decompress(frame, size).ok()
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_bomb_is_not_opened() {
        let bomb = zstd::bulk::compress(&vec![0; 300 << 20], 1).unwrap();
        assert_eq!(super::decompress(super::DICTIONARY_ID, &bomb), None);
    }
}
