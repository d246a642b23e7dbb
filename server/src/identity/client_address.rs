//! The client's address behind trusted proxies.
//!
//! Takes the word of no proxy that the operator has not named.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use http::header::FORWARDED;
use ipnet::IpNet;

use super::config::ForwardedHeader;

/// Most hops that are walked: beyond them the header is a hostile one.
const MAX_HOPS: usize = 32;

/// Walks from the peer towards the client, hop by hop, for as long as the hop that speaks is
/// trusted (`X-Forwarded-For`, or `Forwarded` of RFC 7239, right to left). The address that a
/// client wrote there itself stands left of its own and is never reached.
pub(super) fn client_address(
    headers: &HeaderMap,
    peer: IpAddr,
    trusted: &[IpNet],
    header: ForwardedHeader,
) -> IpAddr {
    let mut client = peer.to_canonical();
    if !is_trusted(client, trusted) {
        return client;
    }
    for hop in hops(headers, header).into_iter().take(MAX_HOPS) {
        // A hop that hides itself (`unknown`, `_secret`) or lies about its form ends the walk.
        let Some(address) = hop else { break };
        client = address.to_canonical();
        if !is_trusted(client, trusted) {
            break;
        }
    }
    client
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// The addresses of the header, last first; `None` for a hop that is not an address.
fn hops(headers: &HeaderMap, header: ForwardedHeader) -> Vec<Option<IpAddr>> {
    let name = match header {
        ForwardedHeader::XForwardedFor => "x-forwarded-for",
        ForwardedHeader::Forwarded => FORWARDED.as_str(),
    };
    let lines = headers.get_all(name).iter().collect::<Vec<_>>();
    let mut hops = Vec::new();
    for line in lines.into_iter().rev() {
        match (line.to_str(), header) {
            (Ok(line), ForwardedHeader::XForwardedFor) => hops.extend(plain(line)),
            (Ok(line), ForwardedHeader::Forwarded) => hops.extend(parse_forwarded(line)),
            (Err(_), _) => hops.push(None),
        }
        if hops.len() > MAX_HOPS {
            break;
        }
    }
    hops
}

fn plain(line: &str) -> impl Iterator<Item = Option<IpAddr>> {
    line.rsplit(',').map(parse_node)
}

/// The addresses in a `Forwarded` header (RFC 7239), last first; `None` for a hop that names none.
pub fn parse_forwarded(value: &str) -> Vec<Option<IpAddr>> {
    quoted_elements(value).into_iter().map(parse_element).collect()
}

/// The elements of `Forwarded`, last first: commas inside quoted strings do not separate. Read from
/// the right, so that an unbalanced quote on the left, where the client writes, cannot swallow what
/// the proxies added.
fn quoted_elements(line: &str) -> Vec<&str> {
    let bytes = line.as_bytes();
    let mut elements = Vec::new();
    let (mut end, mut quoted) = (bytes.len(), false);
    for at in (0..bytes.len()).rev() {
        let escaped = at.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'\\');
        match bytes.get(at) {
            Some(b'"') if !escaped => quoted = !quoted,
            Some(b',') if !quoted => {
                elements.extend(line.get(at + 1..end));
                end = at;
            }
            _ => {}
        }
    }
    elements.extend(line.get(..end));
    elements
}

/// One element of `Forwarded`: its `for=` (RFC 7239 §4).
fn parse_element(element: &str) -> Option<IpAddr> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let value = value.trim().trim_matches('"');
        name.trim().eq_ignore_ascii_case("for").then(|| parse_node(value))?
    })
}

/// A node: an address, in brackets when it is IPv6, with or without a port.
fn parse_node(node: &str) -> Option<IpAddr> {
    let node = node.trim();
    if let Ok(address) = node.parse::<IpAddr>() {
        return Some(address);
    }
    if let Ok(address) = node.parse::<SocketAddr>() {
        return Some(address.ip());
    }
    node.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::*;

    fn find(name: &'static str, lines: &[&str], peer: &str, header: ForwardedHeader) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            let line = HeaderValue::from_str(line).unwrap();
            headers.append(HeaderName::from_static(name), line);
        }
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        client_address(&headers, peer.parse().unwrap(), &trusted, header).to_string()
    }

    fn xff(lines: &[&str], peer: &str) -> String {
        find("x-forwarded-for", lines, peer, ForwardedHeader::XForwardedFor)
    }

    fn forwarded(lines: &[&str], peer: &str) -> String {
        find("forwarded", lines, peer, ForwardedHeader::Forwarded)
    }

    #[test]
    fn a_stranger_is_not_believed() {
        assert_eq!(xff(&["198.51.100.1"], "203.0.113.9"), "203.0.113.9");
    }

    #[test]
    fn a_spoofed_entry_is_never_reached() {
        let spoofed = "192.0.2.66, 203.0.113.9, 10.0.0.7";
        assert_eq!(xff(&[spoofed], "10.0.0.1"), "203.0.113.9");
        assert_eq!(xff(&["192.0.2.66", "203.0.113.9", "10.0.0.7"], "10.0.0.1"), "203.0.113.9");
        assert_eq!(xff(&["10.9.9.9, 203.0.113.9"], "::ffff:10.0.0.1"), "203.0.113.9");
    }

    #[test]
    fn only_trusted_hops_means_the_farthest() {
        assert_eq!(xff(&["10.0.0.3, 10.0.0.2"], "10.0.0.1"), "10.0.0.3");
        assert_eq!(xff(&[], "10.0.0.1"), "10.0.0.1");
        assert_eq!(xff(&["garbage, 10.0.0.2"], "10.0.0.1"), "10.0.0.2");
    }

    #[test]
    fn rfc_7239() {
        let line = r#"for=192.0.2.66, For="[2001:db8::17]:4711";proto=https;by=10.0.0.1"#;
        assert_eq!(forwarded(&[line], "10.0.0.1"), "2001:db8::17");
        assert_eq!(forwarded(&[r#"for="_a,b";x=1, for=10.0.0.2"#], "10.0.0.1"), "10.0.0.2");
        assert_eq!(forwarded(&["for=unknown"], "10.0.0.1"), "10.0.0.1");
        assert_eq!(xff(&["203.0.113.9:5000"], "10.0.0.1"), "203.0.113.9");
    }

    #[test]
    fn the_header_that_is_not_configured_is_ignored() {
        let spoofed =
            find("forwarded", &["for=192.0.2.66"], "10.0.0.1", ForwardedHeader::XForwardedFor);
        assert_eq!(spoofed, "10.0.0.1");
    }

    proptest! {
        #[test]
        fn anything_may_come(value in "[ -~]{0,80}") {
            parse_forwarded(&value);
        }

        #[test]
        fn left_of_the_client_nothing_counts(left in "[ -~]{0,40}") {
            let plain = format!("{left}, 203.0.113.9, 10.0.0.2");
            prop_assert_eq!(xff(&[&plain], "10.0.0.1"), "203.0.113.9");
            let rfc = format!("{left}, for=203.0.113.9, for=\"10.0.0.2:80\"");
            prop_assert_eq!(forwarded(&[&rfc], "10.0.0.1"), "203.0.113.9");
        }
    }
}
