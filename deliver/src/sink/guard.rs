//! Which addresses a sink may connect to: an address of the configuration must not become a way into
//! the network that Plainsight stands in (server-side request forgery).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::Trouble;

/// Whether private addresses are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// Only public addresses.
    Public,
    /// Any address: the operator said so, or the transport is one for the inside.
    Any,
}

impl Guard {
    pub(crate) const fn new(allow_private: bool) -> Self {
        if allow_private { Self::Any } else { Self::Public }
    }

    /// The addresses to connect to. One private address refuses them all, since a name that has
    /// both kinds is no name of a public service.
    pub(crate) fn check(self, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Trouble> {
        if found.is_empty() {
            return Err(Trouble::Name);
        }
        let all_public = found.iter().all(|address| is_public(address.ip()));
        if self == Self::Public && !all_public {
            return Err(Trouble::PrivateAddress);
        }
        Ok(found)
    }
}

/// Whether an address is a unicast one of the public internet (IANA special-purpose registries:
/// RFC 6890 and what followed it). IPv4 inside of IPv6 counts as IPv4.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match embedded(address) {
            Some(inner) => is_public_v4(inner),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    // "This network", loopback, private, multicast, reserved and broadcast.
    let inside =
        matches!(a, 0 | 10 | 127 | 224..=255) || matches!((a, b), (172, 16..=31) | (192, 168));
    // Shared by carriers, link-local (cloud metadata), benchmarks.
    let shared = matches!((a, b), (100, 64..=127) | (169, 254) | (198, 18 | 19));
    // Protocol assignments, documentation, 6to4 relays.
    let assigned =
        matches!((a, b, c), (192, 0, 0 | 2) | (192, 88, 99) | (198, 51, 100) | (203, 0, 113));
    // The metadata and agent address of one large cloud lies in public space.
    !(inside || shared || assigned) && address != Ipv4Addr::new(168, 63, 129, 16)
}

/// Only 2000::/3 is global unicast; of it, protocol assignments and documentation are not public.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let global = first & 0xe000 == 0x2000;
    let assigned = first == 0x2001 && second < 0x0200;
    let documentation = (first == 0x2001 && second == 0x0db8) || first == 0x3fff;
    global && !assigned && !documentation
}

/// The IPv4 address in an IPv6 one: mapped, compatible, NAT64 (RFC 6052, RFC 8215), 6to4.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let v4 = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match address.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x64, 0xff9b, 1, _, _, _, high, low]
        | [0x2002, high, low, ..] => Some(v4(high, low)),
        _ => None,
    }
}
