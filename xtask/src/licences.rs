//! Every dependency has a licence that we may use in an Apache-2.0 product.

use cargo_metadata::Metadata;

const ALLOWED: [&str; 16] = [
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "0BSD",
    "ISC",
    "MPL-2.0",
    "Unicode-3.0",
    "Zlib",
    "CC0-1.0",
    // SQLite's dedication to the public domain.
    "blessing",
    // LibTomCrypt, which comes with SQLCipher's source and is not compiled: OpenSSL's library is used.
    "WTFPL",
    // The list of public certificate roots, which is data.
    "CDLA-Permissive-2.0",
];

/// Every package without an allowed licence.
pub(crate) fn check(metadata: &Metadata) -> Vec<String> {
    metadata
        .packages
        .iter()
        .filter(|package| !package.license.as_deref().is_some_and(is_allowed))
        .map(|package| {
            let licence = package.license.as_deref().unwrap_or("none");
            format!("{} {} has the licence {licence}", package.name, package.version)
        })
        .collect()
}

/// Whether an SPDX expression can be met with allowed licences alone: every term of an `AND`, one
/// term of an `OR`. `A/B` is the old spelling of `A OR B`.
fn is_allowed(expression: &str) -> bool {
    let flat = expression.replace(['(', ')'], " ").replace('/', " OR ");
    flat.split(" AND ")
        .all(|term| term.split(" OR ").any(|licence| ALLOWED.contains(&licence.trim())))
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn reads_expressions() {
        assert!(is_allowed("MIT OR Apache-2.0"));
        assert!(is_allowed("MIT/Apache-2.0"));
        assert!(is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(is_allowed("LGPL-2.1-or-later OR MIT"));
        assert!(!is_allowed("GPL-3.0"));
        assert!(!is_allowed("MIT AND GPL-3.0"));
    }
}
