//! TLS of the listeners: the operator's certificate, or one made at the first start.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::config::Tls;

/// Why TLS could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// A PEM file holds nothing of what is wanted.
    #[error("{}: {reason}", path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// The reason.
        reason: String,
    },
    /// Certificate and key do not fit, or are not usable.
    #[error(transparent)]
    Rustls(#[from] rustls::Error),
    /// The certificate could not be made.
    #[error("could not make a certificate: {0}")]
    Make(#[from] rcgen::Error),
}

/// What accepts TLS connections; `None` when listeners speak plain HTTP. A certificate that is made
/// is kept in `data`.
///
/// # Errors
/// When a file cannot be used.
pub(crate) fn acceptor(config: &Tls, data: &Path) -> Result<Option<TlsAcceptor>, TlsError> {
    let (cert, key) = match (&config.cert, &config.key) {
        (Some(cert), Some(key)) => (cert.clone(), key.clone()),
        _ if config.self_signed => self_signed(&data.join("tls"))?,
        _ => return Ok(None),
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&cert)
        .and_then(Iterator::collect)
        .map_err(|error| TlsError::Pem { path: cert, reason: error.to_string() })?;
    let key = PrivateKeyDer::from_pem_file(&key)
        .map_err(|error| TlsError::Pem { path: key, reason: error.to_string() })?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut server = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    server.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Some(TlsAcceptor::from(Arc::new(server))))
}

/// The file with the certificate that listeners show.
pub(crate) fn certificate(config: &Tls, data: &Path) -> Option<PathBuf> {
    let made = || config.self_signed.then(|| data.join("tls").join("cert.pem"));
    config.cert.clone().or_else(made)
}

/// The certificate that was made at the first start.
fn self_signed(folder: &Path) -> Result<(PathBuf, PathBuf), TlsError> {
    let (cert, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    if cert.is_file() && key.is_file() {
        return Ok((cert, key));
    }
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names)?;
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| TlsError::Io { path, source }
    };
    std::fs::create_dir_all(folder).map_err(io(folder))?;
    std::fs::write(&cert, made.cert.pem()).map_err(io(&cert))?;
    write_private(&key, made.signing_key.serialize_pem().as_bytes()).map_err(io(&key))?;
    Ok((cert, key))
}

/// Writes a file that only its owner may read. One that is there gives way first, since an open
/// file keeps its mode, and whoever has it open.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(path)?.write_all(bytes)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_new_key_does_not_keep_the_mode_of_an_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let old = folder.path().join("key.pem");
        std::fs::write(&old, "old").unwrap();
        std::fs::set_permissions(&old, std::fs::Permissions::from_mode(0o644)).unwrap();
        let (_, key) = self_signed(folder.path()).unwrap();
        assert_eq!(key.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert!(std::fs::read_to_string(key).unwrap().contains("PRIVATE KEY"));
    }
}
