//! What is not sensitive after all: exact values, domains, networks, patterns, by type.
//!
//! Looks at each match before overlaps are resolved, and at nothing else: what is allowed is as if
//! no detector had seen it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::PolicyError;
use super::selector::Selector;
use crate::Kind;
use crate::custom::Pattern;
use crate::matched::Match;
use crate::redact::canonical;

/// What is allowed of one type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Allowed {
    /// Exact values, however they are written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Domains of e-mail addresses, with those below them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<String>,
    /// Networks of IP addresses: `192.0.2.0/24`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<String>,
    /// Regular expressions that a value as a whole matches.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub regex: Vec<String>,
}

/// Everything that is allowed.
#[derive(Default)]
pub(crate) struct AllowList {
    entries: Vec<Entry>,
}

struct Entry {
    selector: Selector,
    values: Vec<String>,
    /// The values as their type writes them, where there is one type.
    canonical: BTreeSet<String>,
    domains: Vec<String>,
    networks: Vec<IpNet>,
    patterns: Vec<Pattern>,
}

impl AllowList {
    /// Reads what is allowed, and tells of everything that cannot be.
    pub(crate) fn compile(
        allow: &BTreeMap<String, Allowed>,
        customs: &[&str],
        problems: &mut Vec<PolicyError>,
    ) -> Self {
        let mut entries = Vec::new();
        for (name, allowed) in allow {
            match Selector::read(name, customs) {
                Ok(selector) => entries.push(entry(name, selector, allowed, problems)),
                Err(what) => problems.push(PolicyError::new(format!("allow.{name}"), what)),
            }
        }
        Self { entries }
    }

    /// Whether the value of a match in a text is allowed.
    pub(crate) fn has(&self, text: &str, found: &Match) -> bool {
        let (kind, subtype) = (found.kind, found.subtype);
        let mut entries = self.entries.iter().filter(|entry| entry.selector.names(kind, subtype));
        entries.any(|entry| entry.has(kind, found.value_in(text)))
    }

    /// Takes those that are allowed out of the matches in a text.
    pub(crate) fn strike(&self, text: &str, matches: &mut Vec<Match>) {
        if !self.entries.is_empty() {
            matches.retain(|found| !self.has(text, found));
        }
    }
}

fn entry(
    name: &str,
    selector: Selector,
    allowed: &Allowed,
    problems: &mut Vec<PolicyError>,
) -> Entry {
    let kind = match selector {
        Selector::Every => None,
        Selector::Kind(kind) | Selector::Exact(kind, _) => Some(kind),
    };
    let mut tell = |list: &str, what: String| {
        problems.push(PolicyError::new(format!("allow.{name}.{list}"), what));
    };
    if !allowed.domains.is_empty() && kind != Some(Kind::EmailAddress) {
        tell("domains", "are those of EMAIL_ADDRESS; no other type has one".to_owned());
    }
    if !allowed.networks.is_empty() && kind != Some(Kind::IpAddress) {
        tell("networks", "are those of IP_ADDRESS; no other type has one".to_owned());
    }
    let mut networks = Vec::new();
    for (position, network) in allowed.networks.iter().enumerate() {
        match network.parse().or_else(|_| network.parse::<IpAddr>().map(IpNet::from)) {
            Ok(network) => networks.push(network),
            Err(_) => tell("networks", format!("{}: is no network in CIDR form", position + 1)),
        }
    }
    let mut patterns = Vec::new();
    for (position, regex) in allowed.regex.iter().enumerate() {
        match Pattern::compile_whole(regex) {
            Ok(pattern) => patterns.push(pattern),
            Err(what) => tell("regex", format!("{}: {what}", position + 1)),
        }
    }
    let written = |value: &String| kind.map(|kind| canonical(kind, value).into_owned());
    Entry {
        selector,
        values: allowed.values.clone(),
        canonical: allowed.values.iter().filter_map(written).collect(),
        domains: allowed.domains.iter().map(|domain| domain.to_lowercase()).collect(),
        networks,
        patterns,
    }
}

impl Entry {
    fn has(&self, kind: Kind, value: &str) -> bool {
        self.values.iter().any(|allowed| allowed.eq_ignore_ascii_case(value))
            || !self.canonical.is_empty() && self.canonical.contains(&*canonical(kind, value))
            || self.has_domain(value)
            || self.has_address(value)
            || self.patterns.iter().any(|pattern| pattern.is_match(value))
    }

    fn has_domain(&self, value: &str) -> bool {
        let Some((_, domain)) = value.rsplit_once('@').filter(|_| !self.domains.is_empty()) else {
            return false;
        };
        let domain = domain.to_lowercase();
        self.domains.iter().any(|allowed| {
            let above = domain.strip_suffix(allowed.as_str());
            above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
        })
    }

    fn has_address(&self, value: &str) -> bool {
        if self.networks.is_empty() {
            return false;
        }
        let address = value.parse::<IpAddr>();
        address.is_ok_and(|address| self.networks.iter().any(|network| network.contains(&address)))
    }
}
