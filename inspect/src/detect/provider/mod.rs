//! API keys and tokens by their provider's published form.
//!
//! ```text
//! prefix or mark → shape (runs and fixed text) → variety → checksum, where one is public
//! name of a service → a word that says secret → shape → variety
//! ```
//!
//! Sources: a subtype with the name of a rule of gitleaks (MIT, `config/gitleaks.toml`) has its
//! length and alphabet from there, now and then made wider. The others are of common knowledge
//! about the provider's keys and were not checked against its documentation or a live key: a
//! wrong one misses the provider's keys. The masked forms of Artifactory and Twilio are those of
//! detect-secrets' test data (Apache-2.0).
//!
//! The tables say what a key looks like; nothing here knows whether it works.

mod chat;
mod cloud;
mod data;
mod delivery;
mod hosting;
mod identity;
mod models;
mod monitoring;
mod named;
#[cfg(test)]
pub(super) mod noise;
mod payment;
mod product;
mod proof;
mod shape;
mod social;
#[cfg(test)]
mod tests;

use named::service;
pub(super) use named::{Service, find as find_named};
use shape::Part;

use super::bytes::before;
use super::entropy::{has_sequence, is_masked, is_random, is_varied};
use crate::matched::Match;

/// The form of a provider's key.
pub(super) struct Format {
    pub(super) subtype: &'static str,
    /// What a search finds it by, in the provider's case.
    pub(super) anchor: &'static str,
    /// How many characters of the key are before the anchor. With none, the shape is that of the
    /// characters behind it; with some, that of the whole key.
    lead: usize,
    shape: &'static [Part],
    chance: Chance,
    proof: Option<fn(&[u8]) -> bool>,
    /// What every key of the provider has inside, and the subtype of one that has it not: as
    /// good as a key, and somebody else's.
    mark: Option<(&'static [u8], &'static str)>,
}

/// How much a key must look drawn by chance.
#[derive(Clone, Copy)]
enum Chance {
    /// By its variety: `xxxx…` stands for a key.
    Varied,
    /// By its letters too, since its prefix is nothing rare.
    Random,
    /// So, or it is one that was masked.
    RandomOrMasked,
    /// Only not to be a mask: nothing else has its prefix, length and alphabet.
    Unmasked,
    /// Not at all: part of it is fixed.
    Any,
}

/// A key that begins with a prefix.
const fn key(subtype: &'static str, prefix: &'static str, shape: &'static [Part]) -> Format {
    around(subtype, prefix, 0, shape)
}

/// A key with a mark inside, `lead` characters from its beginning.
const fn around(
    subtype: &'static str,
    anchor: &'static str,
    lead: usize,
    shape: &'static [Part],
) -> Format {
    Format { subtype, anchor, lead, shape, chance: Chance::Varied, proof: None, mark: None }
}

impl Format {
    const fn fixed(self) -> Self {
        Self { chance: Chance::Any, ..self }
    }

    const fn unmasked(self) -> Self {
        Self { chance: Chance::Unmasked, ..self }
    }

    const fn random(self) -> Self {
        Self { chance: Chance::Random, ..self }
    }

    const fn masked(self) -> Self {
        Self { chance: Chance::RandomOrMasked, ..self }
    }

    const fn proved(self, proof: fn(&[u8]) -> bool) -> Self {
        Self { proof: Some(proof), ..self }
    }

    const fn marked(self, mark: &'static [u8], otherwise: &'static str) -> Self {
        Self { mark: Some((mark, otherwise)), ..self }
    }

    /// The subtype of a key of this form.
    fn subtype_of(&self, key: &[u8]) -> &'static str {
        match self.mark {
            Some((mark, otherwise)) if memchr::memmem::find(key, mark).is_none() => otherwise,
            _ => self.subtype,
        }
    }
}

static FORMATS: [&[Format]; 11] = [
    models::FORMATS,
    cloud::FORMATS,
    hosting::FORMATS,
    delivery::FORMATS,
    chat::FORMATS,
    payment::FORMATS,
    monitoring::FORMATS,
    identity::FORMATS,
    data::FORMATS,
    product::FORMATS,
    social::FORMATS,
];

static SERVICES: [&[Service]; 11] = [
    models::SERVICES,
    cloud::SERVICES,
    hosting::SERVICES,
    delivery::SERVICES,
    chat::SERVICES,
    payment::SERVICES,
    monitoring::SERVICES,
    identity::SERVICES,
    data::SERVICES,
    product::SERVICES,
    social::SERVICES,
];

/// Every format with a prefix or a mark.
pub(super) fn formats() -> impl Iterator<Item = &'static Format> {
    FORMATS.iter().copied().flatten()
}

/// Every service whose keys are known by its name near them.
pub(super) fn services() -> impl Iterator<Item = &'static Service> {
    SERVICES.iter().copied().flatten()
}

/// Every subtype, some of them more than once.
pub(super) fn subtypes() -> impl Iterator<Item = &'static str> {
    let named = services().flat_map(|service| service.keys.iter().map(|(subtype, _)| *subtype));
    formats().map(|format| format.subtype).chain(named)
}

/// The key around the anchor of its format at `place`.
pub(super) fn find(text: &str, place: usize, format: &'static Format) -> Option<Match> {
    let bytes = text.as_bytes();
    let body = place + format.anchor.len();
    if bytes.get(place..body)? != format.anchor.as_bytes() {
        return None;
    }
    let start = place.checked_sub(format.lead)?;
    let touches = before(bytes, start);
    let in_word = touches.is_ascii_alphanumeric() || b"_-".contains(&touches);
    // A host, or a name with its sign, may stand behind anything.
    if in_word && !format.anchor.starts_with(['_', '/', '&']) && !format.anchor.contains('/') {
        return None;
    }
    let shaped = if format.lead == 0 { body } else { start };
    let end = shape::end_of(format.shape, bytes, shaped)?;
    if !text.is_char_boundary(start) || !format.chance.suits(bytes.get(shaped..end)?) {
        return None;
    }
    let end = shape::extended(format.shape, bytes, end)?;
    let key = bytes.get(start..end).filter(|key| !key.ends_with(b"EXAMPLE"))?;
    let confidence = match format.proof {
        Some(proof) if proof(key) => 0.99,
        Some(_) => 0.9,
        None => 0.97,
    };
    Some(Match::secret(format.subtype_of(key), start..end, confidence))
}

impl Chance {
    fn suits(self, drawn: &[u8]) -> bool {
        match self {
            Self::Varied => is_varied(drawn),
            Self::Random => is_random(drawn),
            Self::RandomOrMasked => is_masked(drawn) || is_random(drawn) && !has_sequence(drawn),
            Self::Unmasked => !is_masked(drawn) && !has_sequence(drawn),
            Self::Any => true,
        }
    }
}
