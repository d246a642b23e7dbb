//! TLS towards receivers and upstreams: the public authorities, or the operator's own beside them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// Settings that connections share.
pub type TlsConfig = Arc<ClientConfig>;

/// Why TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file with certificate authorities cannot be read.
    #[error("ca_file {} cannot be read: {reason}", path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The TLS library refuses the settings.
    #[error("tls cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

/// A configuration that trusts the public authorities and those in `ca_file`, a PEM file.
///
/// # Errors
/// When the file cannot be read or holds no certificate, or the TLS library refuses.
pub fn client(ca_file: Option<&Path>) -> Result<TlsConfig, TlsError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots(ca_file)?)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn roots(ca_file: Option<&Path>) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let Some(path) = ca_file else {
        return Ok(roots);
    };
    let unreadable = |reason: String| TlsError::CaFile { path: path.to_owned(), reason };
    let certificates =
        CertificateDer::pem_file_iter(path).map_err(|error| unreadable(error.to_string()))?;
    let mut added = 0;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
        roots.add(certificate).map_err(|error| unreadable(error.to_string()))?;
        added += 1;
    }
    if added == 0 {
        return Err(unreadable("it holds no certificate".to_owned()));
    }
    Ok(roots)
}
