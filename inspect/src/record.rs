//! Inspects a record: every string, key and number, with the name it stands under.

use model::{
    Action, Finding, Inspection, Keyed, Place, Record, Sealed, TenantId, Visitor, visit,
    visit_value,
};
use serde_json::{Number, Value};

use crate::Kind;
use crate::detect::is_card;
use crate::inspector::{Inspected, Inspector, Replaced};
use crate::matched::Match;
use crate::redact::is_redacted;
use crate::sensitive_key::is_sensitive;

/// Findings that a record lists. What is found beyond them is taken out all the same.
const MAX_FINDINGS: usize = 1000;
/// JSON in a string of JSON, in a string of JSON, …
const MAX_NESTING: u8 = 4;
/// The largest text that is read as JSON; a larger one is inspected as text.
const MAX_JSON: usize = 1 << 20;
/// The largest text that is inspected at all.
const MAX_TEXT: usize = 64 << 20;

pub(crate) fn inspect(inspector: &Inspector, record: &mut Record, keys: &dyn Keyed) -> Inspected {
    let mut inspection = Inspecting {
        inspector,
        keys,
        tenant: record.tenant.clone(),
        findings: Vec::new(),
        originals: Vec::new(),
        nesting: 0,
        partial: false,
    };
    visit(record, &mut inspection);
    record.findings = inspection.findings;
    record.inspection = if inspection.partial { Inspection::Partial } else { Inspection::Complete };
    Inspected { originals: inspection.originals }
}

struct Inspecting<'a> {
    inspector: &'a Inspector,
    keys: &'a dyn Keyed,
    tenant: TenantId,
    findings: Vec<Finding>,
    originals: Vec<(u32, Sealed<String>)>,
    nesting: u8,
    partial: bool,
}

impl Visitor for Inspecting<'_> {
    fn text(&mut self, place: &Place<'_>, text: &mut String) {
        if text.len() > MAX_TEXT {
            "[not inspected]".clone_into(text);
            self.partial = true;
        } else if is_pseudonym(place, text) || text.is_empty() {
        } else if is_under_sensitive_name(place) && !is_redacted(text) {
            let whole = Match::secret(subtype(place), 0..text.len(), 0.9);
            self.replace(place, text, &[whole]);
        } else if !self.json(place, text) {
            let matches = self.inspector.find(text);
            if !matches.is_empty() {
                self.replace(place, text, &matches);
            }
        }
    }

    /// The names under a sensitive name are not secret themselves.
    fn key(&mut self, place: &Place<'_>, key: &mut String) {
        let matches = self.inspector.find(key);
        if !matches.is_empty() {
            self.replace(place, key, &matches);
        }
    }

    fn number(&mut self, place: &Place<'_>, number: &Number) -> Option<String> {
        let mut text = number.to_string();
        let whole = 0..text.len();
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let found = if is_under_sensitive_name(place) {
            Match::secret(subtype(place), whole, 0.9)
        } else if digits && is_card(text.as_bytes()) {
            Match::new(Kind::CreditCard, whole, 0.8)
        } else {
            return None;
        };
        self.replace(place, &mut text, &[found]);
        Some(text)
    }
}

impl Inspecting<'_> {
    /// Inspects a text that is JSON value by value. False when it is not, or nests too deeply.
    fn json(&mut self, place: &Place<'_>, text: &mut String) -> bool {
        let begins = text.trim_start().starts_with(['{', '[']);
        if !begins || text.len() > MAX_JSON || self.nesting == MAX_NESTING {
            return false;
        }
        let Ok(mut value) = serde_json::from_str::<Value>(text) else {
            return false;
        };
        let before = self.findings.len();
        let already_full = before == MAX_FINDINGS;
        self.nesting += 1;
        visit_value(place, &mut value, self);
        self.nesting -= 1;
        if self.findings.len() > before || already_full {
            *text = value.to_string();
        }
        // What only the text as a whole shows, such as a name and its value side by side.
        let matches = self.inspector.find(text);
        if !matches.is_empty() {
            self.replace(place, text, &matches);
        }
        true
    }

    fn replace(&mut self, place: &Place<'_>, text: &mut String, matches: &[Match]) {
        let mut replaced = Vec::with_capacity(matches.len());
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
        let redacted = self.inspector.redact(text, matches, &self.tenant, self.keys, &mut tell);
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
    let matches = inspecting.inspector.find(&written);
    if matches.is_empty() {
        return written;
    }
    inspecting.inspector.redact(
        &written,
        &matches,
        &inspecting.tenant,
        inspecting.keys,
        &mut |_| {},
    )
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

/// The recorder replaces these fields before inspection.
fn is_pseudonym(place: &Place<'_>, text: &str) -> bool {
    if place.top() != Some("actor") {
        return false;
    }
    match place.name() {
        Some("user") => text.starts_with("u_"),
        Some("client_address") => text.starts_with("ip_"),
        Some("api_key") => text.starts_with("key_"),
        _ => false,
    }
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
