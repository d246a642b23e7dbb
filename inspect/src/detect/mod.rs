//! Finds sensitive values in a text: anchors first, then structure and checksums.
//!
//! Linear in the length of the text: every look around an anchor is bounded. Nothing is allocated
//! for a text without anchors.

mod address;
mod bytes;
mod card;
mod connection;
mod curl;
mod email;
mod iban;
mod key_value;
mod number;
mod phone;
mod private_key;
mod provider;
mod token;

use crate::matched::{Match, disjoint};
use crate::needle::{Needles, Occurrence};

pub(crate) use card::is_card;
use key_value::is_placeholder;

/// The detectors, built once.
pub(crate) struct Detectors {
    anchors: Needles,
    /// What each anchor begins, and its length.
    kinds: Vec<(Anchor, usize)>,
}

/// What an anchor begins.
#[derive(Clone, Copy)]
enum Anchor {
    /// A provider's prefix.
    Provider(&'static provider::Format),
    /// `eyJ`.
    Jwt,
    /// `-----BEGIN`.
    Pem,
    /// `://`.
    Scheme,
    /// `Bearer` or `Basic`.
    Authorization,
    /// `:AA` in the middle of a token.
    Telegram,
    /// `curl`.
    Curl,
    /// A word that names a secret.
    Key,
}

impl Detectors {
    pub(crate) fn new() -> Self {
        let mut patterns: Vec<String> = Vec::new();
        let mut kinds = Vec::new();
        let mut add = |pattern: &str, kind| {
            for anchor in lengthened(pattern) {
                patterns.push(anchor);
                kinds.push((kind, pattern.len()));
            }
        };
        for format in provider::FORMATS {
            add(format.prefix, Anchor::Provider(format));
        }
        add("eyJ", Anchor::Jwt);
        add("-----BEGIN", Anchor::Pem);
        add("://", Anchor::Scheme);
        add("bearer ", Anchor::Authorization);
        add("basic ", Anchor::Authorization);
        add(":AA", Anchor::Telegram);
        add(curl::COMMAND, Anchor::Curl);
        for word in key_value::WORDS {
            add(word, Anchor::Key);
        }
        Self { anchors: Needles::new(&patterns), kinds }
    }

    /// Every sensitive value, in order, without overlaps.
    pub(crate) fn find(&self, text: &str) -> Vec<Match> {
        let mut matches = Vec::new();
        self.find_anchored(text, &mut matches);
        number::find(text, &mut matches);
        if matches.len() > 1 { disjoint(matches) } else { matches }
    }

    fn find_anchored(&self, text: &str, matches: &mut Vec<Match>) {
        let mut from = 0;
        self.anchors.each(text.as_bytes(), |Occurrence { word, start, .. }| {
            // An anchor may begin within one that came to nothing, but not within a value.
            if start >= from
                && let Some((anchor, length)) = self.kinds.get(word)
                && let Some(found) = found(*anchor, text, start, start + length)
            {
                from = found.range.end.max(start + 1);
                matches.push(found);
            }
        });
    }
}

/// Whether a detector, or the name that a value stood under, calls a secret so.
pub(crate) fn is_subtype(name: &str) -> bool {
    const OTHERS: [&str; 10] = [
        "jwt",
        "private-key",
        "connection-string",
        "basic-auth",
        "bearer-token",
        "password",
        "generic-api-key",
        "sensitive-key",
        "telegram-bot-token",
        "masked",
    ];
    OTHERS.contains(&name) || provider::FORMATS.iter().any(|format| format.subtype == name)
}

/// What begins at an anchor, which lies at `start..end`.
fn found(anchor: Anchor, text: &str, start: usize, end: usize) -> Option<Match> {
    match anchor {
        Anchor::Provider(format) => provider::find(text, start, format),
        Anchor::Jwt => token::jwt(text, start),
        Anchor::Pem => private_key::find(text, start),
        Anchor::Scheme => connection::find(text, start),
        Anchor::Authorization => token::authorization(text, start, end),
        Anchor::Telegram => token::telegram(text, start),
        Anchor::Curl => curl::find(text, end),
        Anchor::Key => key_value::find(text, start, end),
    }
}

/// An anchor of two bytes stands in every text: the hexadecimal digit behind it is taken along.
fn lengthened(pattern: &str) -> Vec<String> {
    if pattern.len() >= 3 {
        return vec![pattern.to_owned()];
    }
    "0123456789abcdef".chars().map(|digit| format!("{pattern}{digit}")).collect()
}
