//! Where a running server listens, for the commands that work beside it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The file `endpoint.json` of the data directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Base URL of the main listener.
    pub url: String,
    /// The certificate that it shows, where it speaks TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
    /// Process id of the server.
    pub process: u32,
    /// Upstreams of the proxy that are on this machine: a call of one of them costs nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub local_upstreams: Vec<String>,
}

impl Endpoint {
    const FILE: &'static str = "endpoint.json";

    /// Reads where the server of `data` listens.
    ///
    /// # Errors
    /// When there is no such file, or it cannot be read.
    pub fn read(data: &Path) -> std::io::Result<Self> {
        Ok(serde_json::from_slice(&std::fs::read(data.join(Self::FILE))?)?)
    }

    /// Writes it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, data: &Path) -> std::io::Result<()> {
        std::fs::write(data.join(Self::FILE), serde_json::to_vec(self)?)
    }
}
