//! Finds sensitive values in a text: anchors first, then structure and checksums.
//!
//! Linear in the length of the text: every look around an anchor is bounded. Nothing is allocated
//! for a text without anchors.

mod address;
mod bytes;
mod card;
mod connection;
mod crypto;
mod curl;
mod device;
mod email;
mod entropy;
mod iban;
mod identifier;
mod key_value;
mod kubernetes;
mod label;
mod number;
mod phone;
mod placeholder;
mod private_key;
mod provider;
mod token;

use crate::Incomplete;
use crate::custom::Customs;
use crate::matched::{Match, disjoint};
use crate::needle::Occurrence;
use crate::policy::AllowList;
use crate::vocabulary::Spotted;

pub(crate) use card::is_card;
use label::Labels;
pub(crate) use label::words as labels;
use placeholder::is_placeholder;

/// An anchor of three bytes stands in too many texts; such prefixes are looked for at the
/// beginnings of long runs only.
const SHORTEST_ANCHOR: usize = 4;

/// The detectors, built once.
pub(crate) struct Detectors {
    anchors: Vec<String>,
    /// What each anchor begins, and its length.
    kinds: Vec<(Anchor, usize)>,
    /// Formats whose prefix is too short to be an anchor.
    brief: token::Brief,
    /// The operator's own.
    customs: Customs,
    allow: AllowList,
}

/// What an anchor begins.
#[derive(Clone, Copy)]
enum Anchor {
    /// A provider's prefix.
    Provider(&'static provider::Format),
    /// The name of a service.
    Service(&'static provider::Service),
    /// `-----BEGIN`.
    Pem,
    /// `Private-Lines:`.
    Putty,
    /// `"kty"`.
    Jwk,
    /// `kind:`.
    Manifest,
    /// `://`.
    Scheme,
    /// `Bearer` or `Basic`.
    Authorization,
    /// `curl`.
    Curl,
    /// A word that names a secret.
    Key,
}

impl Detectors {
    pub(crate) fn new(customs: Customs, allow: AllowList) -> Self {
        let mut anchors: Vec<String> = Vec::new();
        let mut kinds = Vec::new();
        let mut add = |pattern: &str, length, kind| {
            anchors.push(pattern.to_owned());
            kinds.push((kind, length));
        };
        let (long, short): (Vec<_>, Vec<_>) =
            provider::formats().partition(|format| format.anchor.len() >= SHORTEST_ANCHOR);
        for format in long {
            add(format.anchor, format.anchor.len(), Anchor::Provider(format));
        }
        for service in provider::services() {
            for name in service.names {
                add(name, name.len(), Anchor::Service(service));
            }
        }
        for (pattern, anchor) in fixed_anchors() {
            add(pattern, pattern.len(), anchor);
        }
        for (word, length) in key_value::words() {
            add(word, length, Anchor::Key);
        }
        let brief = token::Brief::new(short.into_iter());
        Self { anchors, kinds, brief, customs, allow }
    }

    /// The words that begin a value.
    pub(crate) fn anchors(&self) -> &[String] {
        &self.anchors
    }

    /// Every sensitive value, in order, without overlaps.
    ///
    /// # Errors
    /// When a detector of the operator did not look at all of the text.
    pub(crate) fn find(&self, text: &str, spotted: &Spotted) -> Result<Vec<Match>, Incomplete> {
        let mut matches = Vec::new();
        self.find_anchored(text, &spotted.anchors, &mut matches);
        self.brief.find(text, &mut matches);
        let labels = Labels { text: text.as_bytes(), found: &spotted.labels };
        number::find(text, labels, &mut matches);
        crate::name::find(text, &spotted.cues, &mut matches);
        self.customs.find(text, &mut matches)?;
        // Before overlaps are resolved: what is allowed neither hides nor covers anything.
        self.allow.strike(text, &mut matches);
        Ok(if matches.len() > 1 { disjoint(matches) } else { matches })
    }

    /// What is not sensitive after all.
    pub(crate) const fn allow(&self) -> &AllowList {
        &self.allow
    }

    /// The operator's own detectors.
    pub(crate) const fn customs(&self) -> &Customs {
        &self.customs
    }

    fn find_anchored(&self, text: &str, anchors: &[Occurrence], matches: &mut Vec<Match>) {
        let mut from = 0;
        for Occurrence { word, start, .. } in anchors.iter().copied() {
            // An anchor may begin within one that came to nothing, but not within a value.
            let Some((anchor, length)) = self.kinds.get(word).filter(|_| start >= from) else {
                continue;
            };
            match anchor {
                Anchor::Manifest => kubernetes::find(text, start, start + length, matches),
                Anchor::Jwk => private_key::jwk(text, start, matches),
                _ => {
                    if let Some(found) = found(*anchor, text, start, start + length) {
                        // One within a value that is allowed may begin another.
                        let end = if self.allow.has(text, &found) { 0 } else { found.range.end };
                        from = end.max(start + 1);
                        matches.push(found);
                    }
                }
            }
        }
    }
}

/// Whether a detector, or the name that a value stood under, calls a secret so.
pub(crate) fn is_subtype(name: &str) -> bool {
    subtypes().any(|subtype| subtype == name)
}

/// Every subtype of secrets.
pub(crate) fn subtypes() -> impl Iterator<Item = &'static str> {
    const OTHERS: [&str; 13] = [
        "jwt",
        "private-key",
        "connection-string",
        "basic-auth",
        "bearer-token",
        "password",
        "generic-api-key",
        "sensitive-key",
        "telegram-bot-token",
        "discord-bot-token",
        "mailchimp-api-key",
        "kubernetes-secret-yaml",
        "masked",
    ];
    OTHERS.into_iter().chain(provider::subtypes())
}

/// What begins at an anchor, which lies at `start..end`.
fn found(anchor: Anchor, text: &str, start: usize, end: usize) -> Option<Match> {
    match anchor {
        Anchor::Provider(format) => provider::find(text, start, format),
        Anchor::Service(service) => provider::find_named(text, start, end, service),
        Anchor::Pem => private_key::find(text, start),
        Anchor::Putty => private_key::putty(text, end),
        Anchor::Scheme => connection::find(text, start),
        Anchor::Authorization => token::authorization(text, start, end),
        Anchor::Curl => curl::find(text, end),
        Anchor::Key => key_value::find(text, start, end),
        // Those have many values.
        Anchor::Manifest | Anchor::Jwk => None,
    }
}

/// The anchors that are no table's.
fn fixed_anchors() -> impl Iterator<Item = (&'static str, Anchor)> {
    let pem = private_key::PEM.map(|begin| (begin, Anchor::Pem));
    let others = [
        (private_key::PUTTY, Anchor::Putty),
        (private_key::JWK, Anchor::Jwk),
        (kubernetes::KIND, Anchor::Manifest),
        ("://", Anchor::Scheme),
        ("bearer ", Anchor::Authorization),
        ("basic ", Anchor::Authorization),
        (curl::COMMAND, Anchor::Curl),
    ];
    pem.into_iter().chain(others)
}
