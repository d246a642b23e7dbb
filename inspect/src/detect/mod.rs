//! Finds sensitive values in a text: anchors first, then structure and checksums.
//!
//! Linear in the length of the text: every look around an anchor is bounded. Nothing is allocated
//! for a text without anchors.

mod address;
mod bytes;
mod card;
mod connection;
mod email;
mod iban;
mod key_value;
mod number;
mod phone;
mod private_key;
mod provider;
mod token;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::matched::{Match, disjoint};

pub(crate) use card::is_card;
pub(crate) use key_value::is_placeholder;

/// The detectors, built once.
pub(crate) struct Detectors {
    anchors: AhoCorasick,
    kinds: Vec<Anchor>,
}

/// What an anchor of the automaton begins.
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
    /// A word that names a secret.
    Key,
}

impl Detectors {
    #[expect(
        clippy::expect_used,
        reason = "the anchors are constants, and every test builds them"
    )]
    pub(crate) fn new() -> Self {
        let mut patterns: Vec<&str> = Vec::new();
        let mut kinds = Vec::new();
        let mut add = |pattern, kind| {
            patterns.push(pattern);
            kinds.push(kind);
        };
        for format in provider::FORMATS {
            add(format.prefix, Anchor::Provider(format));
        }
        add("eyJ", Anchor::Jwt);
        add("-----BEGIN", Anchor::Pem);
        add("://", Anchor::Scheme);
        add("bearer ", Anchor::Authorization);
        add("basic ", Anchor::Authorization);
        for word in key_value::WORDS {
            add(word, Anchor::Key);
        }
        let anchors = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(true)
            .build(patterns)
            .expect("the anchors are few");
        Self { anchors, kinds }
    }

    /// Every sensitive value, in order, without overlaps.
    pub(crate) fn find(&self, text: &str) -> Vec<Match> {
        let mut matches = Vec::new();
        self.find_anchored(text, &mut matches);
        number::find(text, &mut matches);
        if matches.len() > 1 {
            disjoint(matches)
        } else {
            matches
        }
    }

    fn find_anchored(&self, text: &str, matches: &mut Vec<Match>) {
        let mut done = 0;
        for anchor in self.anchors.find_overlapping_iter(text) {
            // What lies within a value that was found is part of that value.
            if anchor.start() < done {
                continue;
            }
            let (start, end) = (anchor.start(), anchor.end());
            let found = match self.kinds.get(anchor.pattern().as_usize()) {
                Some(Anchor::Provider(format)) => provider::find(text, start, format),
                Some(Anchor::Jwt) => token::jwt(text, start),
                Some(Anchor::Pem) => private_key::find(text, start),
                Some(Anchor::Scheme) => connection::find(text, start),
                Some(Anchor::Authorization) => token::authorization(text, start, end),
                Some(Anchor::Key) => key_value::find(text, start, end),
                None => None,
            };
            if let Some(found) = found {
                done = found.range.end;
                matches.push(found);
            }
        }
    }
}
