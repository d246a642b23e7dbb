//! From the path a client asks for to the URL at the upstream.
//!
//! The path is never decoded, cleaned or otherwise changed; nothing is resolved or connected.

use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};

/// A path under one of the proxy's mounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target<'a> {
    /// Name of the upstream.
    pub upstream: &'a str,
    /// What follows the mount: empty, or a path beginning with `/`.
    pub path: &'a str,
}

impl<'a> Target<'a> {
    /// Splits `/openai/…`, `/anthropic/…` and `/up/NAME/…`; `None` for every other path.
    pub fn parse(path: &'a str) -> Option<Self> {
        let (mount, rest) = split_segment(path)?;
        match mount {
            "openai" | "anthropic" => Some(Self { upstream: mount, path: rest }),
            "up" => {
                let (upstream, path) = split_segment(rest)?;
                (!upstream.is_empty()).then_some(Self { upstream, path })
            }
            _ => None,
        }
    }
}

/// The first segment of a path, and what follows it from its `/` on.
fn split_segment(path: &str) -> Option<(&str, &str)> {
    let path = path.strip_prefix('/')?;
    Some(path.split_at(path.find('/').unwrap_or(path.len())))
}

/// The base URL of an upstream.
#[derive(Clone, Debug)]
pub(super) struct Base {
    scheme: Scheme,
    authority: Authority,
    path: String,
}

/// Why a base URL cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// It does not parse.
    #[error("url does not parse")]
    Malformed,
    /// It is neither `http` nor `https`.
    #[error("url begins with neither http:// nor https://")]
    Scheme,
    /// It has a user name or a password: credentials belong in the client's headers.
    #[error("url carries a user name or password")]
    UserInfo,
    /// It has a query, which the client's own query would have to be merged with.
    #[error("url has a query")]
    Query,
}

impl Base {
    /// Reads a base URL.
    pub(super) fn parse(url: &str) -> Result<Self, UrlError> {
        let parts = url.parse::<Uri>().map_err(|_| UrlError::Malformed)?.into_parts();
        let scheme = parts.scheme.ok_or(UrlError::Scheme)?;
        if scheme != Scheme::HTTP && scheme != Scheme::HTTPS {
            return Err(UrlError::Scheme);
        }
        let authority = parts.authority.ok_or(UrlError::Malformed)?;
        if authority.as_str().contains('@') {
            return Err(UrlError::UserInfo);
        }
        let path = parts.path_and_query.unwrap_or_else(|| PathAndQuery::from_static("/"));
        if path.query().is_some() {
            return Err(UrlError::Query);
        }
        let path = path.path().trim_end_matches('/').to_owned();
        Ok(Self { scheme, authority, path })
    }

    /// The URL of `path` with `query` under this base. A version segment that both have, as in
    /// `https://host/v1` and `/v1/models`, is written once.
    pub(super) fn join(&self, path: &str, query: Option<&str>) -> Result<Uri, http::Error> {
        let mut joined = String::with_capacity(self.path.len() + path.len() + 64);
        joined.push_str(&self.path);
        joined.push_str(self.without_repeated_version(path));
        if joined.is_empty() {
            joined.push('/');
        }
        if let Some(query) = query {
            joined.push('?');
            joined.push_str(query);
        }
        Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(joined)
            .build()
    }

    fn without_repeated_version<'a>(&self, path: &'a str) -> &'a str {
        let last = self.path.rsplit('/').next().unwrap_or_default();
        match split_segment(path) {
            Some((first, rest)) if first == last && is_version(first) => rest,
            _ => path,
        }
    }

    /// Whether the host is this machine, by name or by address.
    pub(super) fn is_loopback(&self) -> bool {
        let host = self.authority.host().trim_start_matches('[').trim_end_matches(']');
        let address = host.parse::<std::net::IpAddr>();
        host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
    }

    /// The host with its port, as the `Host` header says it.
    pub(super) fn authority(&self) -> &str {
        self.authority.as_str()
    }
}

/// `v1`, `v2beta`, …
fn is_version(segment: &str) -> bool {
    segment.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::{Base, Target, UrlError};

    fn joined(base: &str, path: &str, query: Option<&str>) -> String {
        Base::parse(base).unwrap().join(path, query).unwrap().to_string()
    }

    #[test]
    fn mounts() {
        let target = |path| Target::parse(path).map(|target| (target.upstream, target.path));
        assert_eq!(target("/openai/v1/models"), Some(("openai", "/v1/models")));
        assert_eq!(target("/up/local/a%2Fb//c"), Some(("local", "/a%2Fb//c")));
        assert_eq!(target("/anthropic"), Some(("anthropic", "")));
        assert_eq!(target("/up/"), None);
        assert_eq!(target("/upstream/x"), None);
        assert_eq!(target("*"), None);
    }

    #[test]
    fn urls() {
        assert_eq!(joined("https://a.example", "/v1/x", None), "https://a.example/v1/x");
        assert_eq!(joined("https://a.example/v1", "/v1/x", None), "https://a.example/v1/x");
        assert_eq!(
            joined("https://a.example/v1/", "/x", Some("b=1")),
            "https://a.example/v1/x?b=1"
        );
        assert_eq!(
            joined("https://a.example/in/v1", "/v10/x", None),
            "https://a.example/in/v1/v10/x"
        );
        assert_eq!(joined("https://a.example/in", "/in/x", None), "https://a.example/in/in/x");
        assert_eq!(joined("http://a.example:81", "", Some("")), "http://a.example:81/?");
        assert_eq!(
            joined("http://a.example", "//a/../%2e%2E/b", None),
            "http://a.example//a/../%2e%2E/b"
        );
    }

    #[test]
    fn bad_bases() {
        assert_eq!(Base::parse("ftp://a.example").unwrap_err(), UrlError::Scheme);
        assert_eq!(Base::parse("a.example").unwrap_err(), UrlError::Scheme);
        assert_eq!(Base::parse("https://me:pw@a.example").unwrap_err(), UrlError::UserInfo);
        assert_eq!(Base::parse("https://a.example/?k=v").unwrap_err(), UrlError::Query);
    }
}
