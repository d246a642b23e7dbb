//! Inspects a record: every string, key and number, with the name it stands under.

use model::{
    Action, Finding, Keyed, Place, Record, Sealed, Signal, TenantId, Visitor, visit, visit_value,
};
use serde::de::IgnoredAny;
use serde_json::{Number, Value};

use crate::attack::{Sign, is_sign, leak, poisoning, weighed, weight_of};
use crate::classifier::Allowance;
use crate::detect::is_card;
use crate::inspector::{Inspected, Inspector, Look, NOT_INSPECTED, Replaced, inspection};
use crate::join::Joins;
use crate::matched::{Match, disjoint};
use crate::policy::{Origins, Scope};
use crate::redact::is_redacted;
use crate::sensitive_key::is_sensitive;
use crate::{Incomplete, Kind};

/// Findings that a record lists. What is found beyond them is taken out all the same.
pub(crate) const MAX_FINDINGS: usize = 1000;
/// JSON in a string of JSON, in a string of JSON, …
pub(crate) const MAX_NESTING: u8 = 4;
/// The largest text that is read as JSON. A larger one is inspected as text, where the names over
/// a value show only if they are next to it.
pub(crate) const MAX_JSON: usize = 16 << 20;
/// The largest text that is inspected at all.
const MAX_TEXT: usize = 256 << 20;

pub(crate) fn inspect(inspector: &Inspector, record: &mut Record, keys: &dyn Keyed) -> Inspected {
    let joins = Joins::of(record, inspector.finder());
    let mut inspecting = Inspecting {
        inspector,
        keys,
        tenant: record.tenant.clone(),
        origins: Origins::of(record),
        weights: record.content.iter().map(weight_of).collect(),
        findings: Vec::new(),
        signals: leaks(inspector, record),
        originals: Vec::new(),
        nesting: 0,
        partial: joins.is_err(),
        incomplete: joins.as_ref().err().copied().into_iter().collect(),
        allowance: inspector.allowance(),
        joins: joins.unwrap_or_default(),
    };
    visit(record, &mut inspecting);
    record.findings = inspecting.findings;
    record.signals = inspecting.signals;
    record.inspection = inspection(inspecting.partial || inspecting.allowance.short);
    Inspected { originals: inspecting.originals, incomplete: inspecting.incomplete }
}

/// The signs that answers give away what they should not.
fn leaks(inspector: &Inspector, record: &Record) -> Vec<Signal> {
    let signs = leak::find(record, inspector.canaries()).into_iter();
    let signal = |(position, (name, score)): (usize, Sign)| Signal {
        name: name.to_owned(),
        place: format!("content/{position}"),
        score,
    };
    signs.map(signal).collect()
}

struct Inspecting<'a> {
    inspector: &'a Inspector,
    keys: &'a dyn Keyed,
    tenant: TenantId,
    origins: Origins,
    /// How much signs of an attack count in each segment.
    weights: Vec<Option<f32>>,
    findings: Vec<Finding>,
    signals: Vec<Signal>,
    originals: Vec<(u32, Sealed<String>)>,
    nesting: u8,
    partial: bool,
    incomplete: Vec<Incomplete>,
    /// What the operator's classifier may still be asked about.
    allowance: Allowance,
    joins: Joins,
}

impl Visitor for Inspecting<'_> {
    fn text(&mut self, place: &Place<'_>, text: &mut String) {
        let parts = self.joins.take(place);
        if text.len() > MAX_TEXT {
            let signs = self.inspector.signs(text);
            self.tell(place, &signs);
            self.give_up(text);
        } else if is_pseudonym(place, text) || text.is_empty() {
        } else if is_under_sensitive_name(place) && !is_redacted(text) {
            let signs = self.inspector.signs(text);
            self.tell(place, &signs);
            let whole = Match::secret(subtype(place), 0..text.len(), 0.9);
            self.replace(place, text, &[whole]);
        } else if !parts.is_empty() || !self.json(place, text) {
            self.find(place, text, parts);
        }
    }

    /// The names under a sensitive name are not secret themselves.
    fn key(&mut self, place: &Place<'_>, key: &mut String) {
        let first = self.findings.len();
        self.find(place, key, Vec::new());
        if self.findings.len() > first {
            // A name is told apart from what stands under it.
            let written = place_of(&place.field(key), self) + "#";
            for finding in self.findings.iter_mut().skip(first) {
                finding.place.clone_from(&written);
            }
        }
    }

    fn number(&mut self, place: &Place<'_>, number: &Number) -> Option<String> {
        let mut text = number.to_string();
        let whole = 0..text.len();
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let found = if is_under_sensitive_name(place) {
            Match::secret(subtype(place), whole, 0.9)
        // Of numbers that begin with a 1, the cards are lost among all others.
        } else if digits && !text.starts_with('1') && is_card(text.as_bytes()) {
            Match::new(Kind::CreditCard, whole, 0.8)
        } else {
            return None;
        };
        let before = text.clone();
        self.replace(place, &mut text, &[found]);
        (text != before).then_some(text)
    }
}

impl Inspecting<'_> {
    /// Writes down that a tool's definition has an instruction in it.
    fn tell_poisoned(&mut self, place: &Place<'_>, text: &str, signs: &[Sign]) {
        if place.top() != Some("call") || !place.any_name(&|name| name == "tool_definitions") {
            return;
        }
        let Some((name, score)) = poisoning::find(text, signs) else { return };
        let (name, place) = (name.to_owned(), "call/tool_definitions".to_owned());
        if !self.signals.iter().any(|signal| signal.name == name) {
            self.signals.push(Signal { name, place, score });
        }
    }

    /// Takes out what is found in a text, and `known` with it.
    fn find(&mut self, place: &Place<'_>, text: &mut String, known: Vec<Match>) {
        let Look { mut matches, signs } = match self.look(place, text) {
            Ok(look) => look,
            Err(why) => return self.fail(place, text, why),
        };
        self.tell(place, &signs);
        self.tell_poisoned(place, text, &signs);
        if !known.is_empty() {
            let scope = self.scope(place);
            matches.extend(known.into_iter().filter(|found| !self.keeps(scope, found)));
            matches = disjoint(matches);
        }
        if !matches.is_empty() {
            self.replace(place, text, &matches);
        }
    }

    /// What is in a text. The operator's classifier is asked about what was said.
    fn look(&mut self, place: &Place<'_>, text: &str) -> Result<Look, Incomplete> {
        let scope = Scope { tenant: &self.tenant.0, origin: self.origins.at(place) };
        match place.top() {
            Some("content") => self.inspector.find_asking(text, scope, &mut self.allowance),
            _ => self.inspector.find(text, scope),
        }
    }

    /// Writes down the signs of an attack in a text of a segment, each once and as strong as the
    /// strongest.
    fn tell(&mut self, place: &Place<'_>, signs: &[Sign]) {
        if signs.is_empty() || place.top() != Some("content") {
            return;
        }
        let (Some(position), Some(weight)) = (place.position(), self.weight_at(place)) else {
            return;
        };
        let origin = self.origins.at(place).unwrap_or_default();
        let place = format!("content/{position}");
        for (name, score) in signs.iter().filter(|(name, _)| is_sign(name, origin)) {
            let score = weighed(*score, weight);
            let same = |signal: &&mut Signal| signal.name == *name && signal.place == place;
            if let Some(known) = self.signals.iter_mut().find(same) {
                known.score = known.score.max(score);
            } else {
                let (name, place) = ((*name).to_owned(), place.clone());
                self.signals.push(Signal { name, place, score });
            }
        }
    }

    /// How much signs count in the segment at a place.
    fn weight_at(&self, place: &Place<'_>) -> Option<f32> {
        place.position().and_then(|position| self.weights.get(position).copied().flatten())
    }

    /// A text that was not looked at as a whole is dropped, and the reason told.
    fn fail(&mut self, place: &Place<'_>, text: &mut String, why: Incomplete) {
        let signs = self.inspector.signs(text);
        self.tell(place, &signs);
        if !self.incomplete.contains(&why) {
            self.incomplete.push(why);
        }
        self.give_up(text);
    }

    /// What could not be inspected is dropped.
    fn give_up(&mut self, text: &mut String) {
        NOT_INSPECTED.clone_into(text);
        self.partial = true;
    }

    /// Inspects a text that is JSON value by value. False when it is not, or is too large or nests
    /// too deeply: then it is inspected as a text, which the record says.
    fn json(&mut self, place: &Place<'_>, text: &mut String) -> bool {
        if !text.trim_start().starts_with(['{', '[']) {
            return false;
        }
        if text.len() > MAX_JSON || self.nesting == MAX_NESTING {
            self.partial |= serde_json::from_str::<IgnoredAny>(text).is_ok();
            return false;
        }
        let mut value = match serde_json::from_str::<Value>(text) {
            Ok(value) => value,
            Err(error) => {
                self.partial |= is_too_deep(&error);
                return false;
            }
        };
        let before = self.findings.len();
        let already_full = before == MAX_FINDINGS;
        self.nesting += 1;
        visit_value(place, &mut value, self);
        self.nesting -= 1;
        if self.findings.len() > before || already_full || self.partial {
            *text = value.to_string();
        }
        self.find_beside(place, text);
        true
    }

    /// Takes out what only a text of JSON as a whole shows, such as a name and its value side by
    /// side. What is told and kept was told already.
    fn find_beside(&mut self, place: &Place<'_>, text: &mut String) {
        let scope = self.scope(place);
        let Look { mut matches, signs } = match self.inspector.find(text, scope) {
            Ok(look) => look,
            Err(why) => return self.fail(place, text, why),
        };
        matches.retain(|found| !self.keeps(scope, found));
        self.tell(place, &signs);
        if !matches.is_empty() {
            self.replace(place, text, &matches);
        }
    }

    /// Whether a value is told and kept, so that it must not stand for another that overlaps it.
    fn keeps(&self, scope: Scope<'_>, found: &Match) -> bool {
        self.inspector.rules().action(scope, found.kind, found.subtype) == Action::Keep
    }

    /// Whose text it is.
    fn scope(&self, place: &Place<'_>) -> Scope<'_> {
        Scope { tenant: &self.tenant.0, origin: self.origins.at(place) }
    }

    fn replace(&mut self, place: &Place<'_>, text: &mut String, matches: &[Match]) {
        let mut replaced = Vec::with_capacity(matches.len());
        let scope = Scope { tenant: &self.tenant.0, origin: self.origins.at(place) };
        let originals = &mut self.originals;
        let first = self.findings.len();
        let mut tell = |replacement: Replaced<'_>| {
            let position = first + replaced.len();
            if replacement.action == Action::Seal && position < MAX_FINDINGS {
                let position = u32::try_from(position).unwrap_or(u32::MAX);
                originals.push((position, Sealed::new(replacement.value.to_owned())));
            }
            replaced.push((
                replacement.found.kind,
                replacement.found.subtype,
                replacement.found.confidence,
                replacement.action,
                replacement.fingerprint,
                replacement.bytes,
            ));
        };
        let redacted = self.inspector.redact(text, matches, scope, self.keys, &mut tell);
        let mut counter = CodePoints { text: &redacted, bytes: 0, points: 0 };
        for (kind, subtype, confidence, action, fingerprint, bytes) in replaced {
            if self.findings.len() == MAX_FINDINGS {
                break;
            }
            self.findings.push(Finding {
                kind: kind.as_str().to_owned(),
                subtype: subtype.map(str::to_owned),
                place: place_of(place, self),
                start: counter.at(bytes.start),
                end: counter.at(bytes.end),
                confidence,
                fingerprint,
                action,
            });
        }
        *text = redacted;
    }
}

/// The place as it is written down. A name on the way may be sensitive itself.
fn place_of(place: &Place<'_>, inspecting: &Inspecting<'_>) -> String {
    let written = place.to_string();
    let scope = inspecting.scope(place);
    // First name by name, so that a value does not take the names before it along.
    let apart = inspecting.inspector.find(&written.replace('/', "\n"), scope);
    let found = match apart {
        Ok(look) if look.matches.is_empty() => inspecting.inspector.find(&written, scope),
        apart => apart,
    };
    let Ok(Look { matches, .. }) = found else {
        return NOT_INSPECTED.to_owned();
    };
    if matches.is_empty() {
        return written;
    }
    inspecting.inspector.redact(&written, &matches, scope, inspecting.keys, &mut |_| {})
}

/// Counts code points once along a text.
struct CodePoints<'a> {
    text: &'a str,
    bytes: usize,
    points: usize,
}

impl CodePoints<'_> {
    /// The code points before the byte `bytes`, which only grows from call to call.
    fn at(&mut self, bytes: usize) -> u32 {
        self.points += self.text.get(self.bytes..bytes).map_or(0, |part| part.chars().count());
        self.bytes = bytes;
        u32::try_from(self.points).unwrap_or(u32::MAX)
    }
}

/// Whether a text of JSON nests deeper than it is read.
fn is_too_deep(error: &serde_json::Error) -> bool {
    error.to_string().starts_with("recursion limit exceeded")
}

/// The recorder replaces these fields before inspection. Only the exact form is a pseudonym: its
/// prefix, and sixteen lower-case characters of Crockford's base 32.
fn is_pseudonym(place: &Place<'_>, text: &str) -> bool {
    if place.top() != Some("actor") {
        return false;
    }
    let prefix = match place.name() {
        Some("user") => "u_",
        Some("client_address") => "ip_",
        Some("api_key") => "key_",
        _ => return false,
    };
    let is_crockford =
        |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase() && !b"ilou".contains(&byte);
    text.strip_prefix(prefix).is_some_and(|name| name.len() == 16 && name.bytes().all(is_crockford))
}

/// Whether a value stands under a name such as `password`, at any depth. The schemas of tools
/// have such names for what they only describe.
fn is_under_sensitive_name(place: &Place<'_>) -> bool {
    match place.top() {
        Some("actor") => false,
        Some("call") if place.any_name(&|name| name == "tool_definitions") => false,
        _ => place.any_name(&is_sensitive),
    }
}

fn subtype(place: &Place<'_>) -> &'static str {
    let is_password = |name: &str| {
        let lower = name.to_ascii_lowercase();
        lower.contains("pass") || lower.contains("pwd")
    };
    if place.any_name(&is_password) { "password" } else { "sensitive-key" }
}
