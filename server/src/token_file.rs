//! The tokens' files: the administrator's is made at the first start, the senders' is the operator's.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::Sealed;

use crate::access::Tokens;
use crate::config::Access;

/// Reads the tokens.
///
/// # Errors
/// When a file cannot be read, or the administrator's cannot be made.
pub(crate) fn open(admin: &Path, config: &Access) -> std::io::Result<Tokens> {
    let ingest = config.ingest_token_file.as_deref().map(read).transpose()?;
    let admin = match read(admin) {
        Err(error) if error.kind() == ErrorKind::NotFound => make(admin)?,
        read => read?,
    };
    Ok(Tokens {
        admin,
        ingest,
        ingest_required: config.require_ingest_token,
    })
}

fn read(path: &Path) -> std::io::Result<Sealed<String>> {
    let token = std::fs::read_to_string(path)?.trim().to_owned();
    if token.is_empty() {
        let reason = format!("{} holds no token", path.display());
        return Err(std::io::Error::new(ErrorKind::InvalidData, reason));
    }
    Ok(Sealed::new(token))
}

/// A token of 256 random bits, in a file for its owner only.
fn make(path: &Path) -> std::io::Result<Sealed<String>> {
    let mut random = [0; 32];
    aws_lc_rs::rand::fill(&mut random).map_err(|_| std::io::Error::other("no random bytes"))?;
    let token = format!("ps_{}", URL_SAFE_NO_PAD.encode(random));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    writeln!(file, "{token}")?;
    file.sync_all()?;
    Ok(Sealed::new(token))
}
