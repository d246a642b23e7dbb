//! What rules ask of the machine: whose an address is, and whether a file can be read.
//!
//! Decides nothing.

use std::fs::File;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::Path;

/// What can be asked.
pub(super) struct Machine {
    /// The addresses of `host:port`.
    pub(super) resolve: fn(&str) -> io::Result<Vec<SocketAddr>>,
    /// Whether a file can be opened to read.
    pub(super) open: fn(&Path) -> io::Result<()>,
}

impl Machine {
    /// The machine that this runs on.
    pub(super) fn this() -> Self {
        Self {
            resolve: |address| address.to_socket_addrs().map(Iterator::collect),
            open: |file| File::open(file).map(drop),
        }
    }

    /// A machine that has every file, and knows no name.
    pub(super) fn none() -> Self {
        Self {
            resolve: |address| {
                let address = address.parse().map_err(|_| io::ErrorKind::NotFound)?;
                Ok(vec![address])
            },
            open: |_| Ok(()),
        }
    }
}
