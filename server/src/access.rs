//! Who may use a door: the administrator's token, and the one that may only bring records in.
//!
//! Does not know people: who a record is about is the business of `identity`.

use std::fmt::Display;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use model::Sealed;

use crate::config::Access;

/// The header that carries a token where `Authorization` belongs to somebody else.
pub const TOKEN_HEADER: &str = "x-plainsight-token";

/// The tokens of this server.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Opens everything.
    pub admin: Sealed<String>,
    /// Opens the doors in, and nothing else.
    pub ingest: Option<Sealed<String>>,
    /// Whether OTLP needs a token, too. Events always do.
    pub ingest_required: bool,
}

/// Whose token was presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The administrator's.
    Admin,
    /// The one of a program that brings records in.
    Ingest,
}

impl Tokens {
    /// Reads the tokens; the administrator's is made at the first start.
    ///
    /// # Errors
    /// When a file cannot be read or made, has no token, or the administrator's may be read by
    /// others.
    pub fn open(admin: &Path, access: &Access) -> io::Result<Self> {
        if !admin.try_exists()? {
            make(admin)?;
        }
        if admin.metadata()?.permissions().mode() & 0o077 != 0 {
            return Err(wrong(admin, "may be read by others: chmod 600"));
        }
        Ok(Self {
            admin: read(admin)?,
            ingest: access.ingest_token_file.as_deref().map(read).transpose()?,
            ingest_required: access.require_ingest_token,
        })
    }

    /// Whose token the headers carry: `x-plainsight-token`, `Authorization: Bearer`, or the
    /// password of `Authorization: Basic` (RFC 6750, RFC 7617).
    pub fn caller(&self, headers: &HeaderMap) -> Option<Caller> {
        presented(headers).find_map(|token| self.owner(token.expose()))
    }

    /// Whether OTLP is taken in from a sender with these headers.
    pub fn admits(&self, headers: &HeaderMap) -> bool {
        !self.ingest_required || self.caller(headers).is_some()
    }

    fn owner(&self, token: &str) -> Option<Caller> {
        if equal(token, self.admin.expose()) {
            return Some(Caller::Admin);
        }
        let ingest = self.ingest.as_ref()?;
        equal(token, ingest.expose()).then_some(Caller::Ingest)
    }
}

/// Writes a new token, whole or not at all.
fn make(path: &Path) -> io::Result<()> {
    let mut token = [0_u8; 32];
    aws_lc_rs::rand::fill(&mut token).map_err(|_| io::Error::other("no random numbers"))?;
    let begun = path.with_extension("new");
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&begun)?;
    writeln!(file, "{}", hex::encode(token))?;
    file.sync_all()?;
    std::fs::rename(&begun, path)
}

fn read(path: &Path) -> io::Result<Sealed<String>> {
    let text = std::fs::read_to_string(path).map_err(|error| wrong(path, error))?;
    match text.trim() {
        "" => Err(wrong(path, "holds no token")),
        token => Ok(Sealed::new(token.to_owned())),
    }
}

fn wrong(path: &Path, reason: impl Display) -> io::Error {
    io::Error::other(format!("{}: {reason}", path.display()))
}

/// Compares digests, so that neither the time nor the length tells how much was right. An empty
/// token opens nothing.
pub(crate) fn equal(presented: &str, expected: &str) -> bool {
    let digests = [presented, expected].map(|token| digest(&SHA256, token.as_bytes()));
    let [presented, expected_digest] = &digests;
    let same = verify_slices_are_equal(presented.as_ref(), expected_digest.as_ref()).is_ok();
    same && !expected.is_empty()
}

/// Whether the headers carry what is meant as a token, legible or not.
pub(crate) fn has_token(headers: &HeaderMap) -> bool {
    let is_token = |value: &HeaderValue| {
        let scheme = value.as_bytes().split(|byte| *byte == b' ').next().unwrap_or_default();
        scheme.eq_ignore_ascii_case(b"bearer") || scheme.eq_ignore_ascii_case(b"basic")
    };
    headers.contains_key(TOKEN_HEADER) || headers.get_all(AUTHORIZATION).iter().any(is_token)
}

/// Every token in the headers; several, when the sender needs `Authorization` for itself.
pub(crate) fn presented(headers: &HeaderMap) -> impl Iterator<Item = Sealed<String>> + '_ {
    let own = headers.get(TOKEN_HEADER).and_then(|value| value.to_str().ok());
    let authorization = headers.get_all(AUTHORIZATION).iter();
    own.map(|token| Sealed::new(token.trim().to_owned()))
        .into_iter()
        .chain(authorization.filter_map(|value| authorized(value.to_str().ok()?)))
}

fn authorized(value: &str) -> Option<Sealed<String>> {
    let (scheme, credentials) = value.trim().split_once(' ')?;
    let credentials = credentials.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(Sealed::new(credentials.to_owned()));
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(credentials).ok()?).ok()?;
    let (_, password) = decoded.split_once(':')?;
    Some(Sealed::new(password.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> Tokens {
        Tokens {
            admin: Sealed::new("admin-token".to_owned()),
            ingest: Some(Sealed::new("ingest-token".to_owned())),
            ingest_required: true,
        }
    }

    fn caller(name: &'static str, value: &str) -> Option<Caller> {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        tokens().caller(&headers)
    }

    #[test]
    fn every_way_to_present_a_token() {
        let basic = format!("Basic {}", STANDARD.encode("anyone:ingest-token"));
        assert_eq!(caller("authorization", "Bearer admin-token"), Some(Caller::Admin));
        assert_eq!(caller("authorization", "bearer ingest-token"), Some(Caller::Ingest));
        assert_eq!(caller("authorization", &basic), Some(Caller::Ingest));
        assert_eq!(caller(TOKEN_HEADER, "admin-token"), Some(Caller::Admin));
    }

    #[test]
    fn nothing_else_opens() {
        let basic = format!("Basic {}", STANDARD.encode("admin-token:"));
        for value in ["Bearer admin-toke", "Bearer ", "admin-token", "Basic !", "Digest x", &basic]
        {
            assert_eq!(caller("authorization", value), None, "{value}");
        }
        assert_eq!(tokens().caller(&HeaderMap::new()), None);
        assert!(!tokens().admits(&HeaderMap::new()));
    }

    #[test]
    fn what_is_meant_as_a_token_is_one_however_it_is_written() {
        for (value, expected) in [
            (&b"Bearer x"[..], true),
            (b"bearer \xff\xfe", true),
            (b"Bearer", true),
            (b"Basic !", true),
            (b"Digest x", false),
            (b"", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, HeaderValue::from_bytes(value).unwrap());
            assert_eq!(has_token(&headers), expected, "{value:?}");
        }
    }

    #[test]
    fn an_empty_token_opens_nothing() {
        let tokens = Tokens { admin: Sealed::default(), ..tokens() };
        let mut headers = HeaderMap::new();
        headers.insert("authorization", "Bearer ".parse().unwrap());
        headers.insert(TOKEN_HEADER, "".parse().unwrap());
        assert_eq!(tokens.caller(&headers), None);
    }

    #[test]
    fn a_foreign_authorization_does_not_hide_the_token() {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", "Bearer of-somebody-else".parse().unwrap());
        headers.insert(TOKEN_HEADER, "ingest-token".parse().unwrap());
        assert_eq!(tokens().caller(&headers), Some(Caller::Ingest));
    }

    #[test]
    fn the_first_start_makes_a_token_that_only_its_owner_reads() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("admin-token");
        let open = || Tokens::open(&path, &Access::default());
        let first = open().unwrap();
        assert_eq!(first.admin.expose().len(), 64);
        assert_eq!(open().unwrap().admin, first.admin, "the second start reads it");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(open().unwrap_err().to_string().contains("may be read by others"));
    }

    #[test]
    fn tokens_do_not_print() {
        assert!(!format!("{:?}", tokens()).contains("-token"));
    }
}
