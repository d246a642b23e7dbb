//! Links SQLCipher's cryptography into the binary, so that one file is all there is to install.
//!
//! The linker prefers a shared library in the same folder; in a folder that has only the static one
//! it has no choice. Where there is no static library, the shared one is linked as usual.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let output = Command::new("pkg-config").args(["--variable=libdir", "libcrypto"]).output();
    let Ok(output) = output else { return };
    let library = Path::new(String::from_utf8_lossy(&output.stdout).trim()).join("libcrypto.a");
    let Some(out) = std::env::var_os("OUT_DIR") else {
        return;
    };
    let link = Path::new(&out).join("libcrypto.a");
    let _ = std::fs::remove_file(&link);
    if library.is_file() && std::os::unix::fs::symlink(&library, &link).is_ok() {
        println!("cargo::rustc-link-search=native={}", Path::new(&out).display());
    }
}
