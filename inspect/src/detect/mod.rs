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

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};

use crate::matched::{Match, disjoint};

pub(crate) use card::is_card;
use key_value::is_placeholder;

/// The detectors, built once.
pub(crate) struct Detectors {
    /// Gives the longest anchor at a place; shorter ones at the same place are in `prefixes`.
    anchors: AhoCorasick,
    /// What each anchor begins, and its length.
    kinds: Vec<(Anchor, usize)>,
    /// For each anchor, the anchors that it begins with, itself first.
    prefixes: Vec<Vec<usize>>,
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
    /// `:AA` in the middle of a token.
    Telegram,
    /// `curl`.
    Curl,
    /// A word that names a secret.
    Key,
}

impl Detectors {
    #[expect(clippy::expect_used, reason = "the anchors are constants, and every test builds them")]
    pub(crate) fn new() -> Self {
        let mut patterns: Vec<&str> = Vec::new();
        let mut kinds = Vec::new();
        let mut add = |pattern: &'static str, kind| {
            patterns.push(pattern);
            kinds.push((kind, pattern.len()));
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
        let anchors = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .build(&patterns)
            .expect("the anchors are few");
        let prefixes = patterns.iter().map(|pattern| prefixes(pattern, &patterns)).collect();
        Self { anchors, kinds, prefixes }
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
        while let Some(anchor) = self.anchors.find(Input::new(text).range(from..)) {
            // An anchor may begin within one that came to nothing, but not within a value.
            from = anchor.start() + 1;
            let numbers = self.prefixes.get(anchor.pattern().as_usize());
            let found = numbers.into_iter().flatten().find_map(|number| {
                let (anchor_kind, length) = self.kinds.get(*number)?;
                found(*anchor_kind, text, anchor.start(), anchor.start() + length)
            });
            if let Some(found) = found {
                from = from.max(found.range.end);
                matches.push(found);
            }
        }
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

/// The numbers of the patterns that a pattern begins with, longest first.
fn prefixes(pattern: &str, patterns: &[&str]) -> Vec<usize> {
    let lower = pattern.to_ascii_lowercase();
    let begins = |other: &&str| lower.starts_with(&other.to_ascii_lowercase());
    let numbered = patterns.iter().enumerate().filter(|(_, other)| begins(other));
    let mut numbers: Vec<usize> = numbered.map(|(number, _)| number).collect();
    numbers.sort_by_key(|number| {
        std::cmp::Reverse(patterns.get(*number).map_or(0, |other| other.len()))
    });
    numbers
}
