//! What a destination is shown of a record: what was inspected, with less of some values.
//!
//! ```text
//! record → findings by field → each text, key and number → less of what the rules say → record
//! ```
//!
//! Pure, and needs no key: a finding has its value's fingerprint. Shows more of nothing.
//!
//! Its readers are those that will quote and send: alerts (`detect`) and SIEMs (`deliver`). The log
//! and the operational copy have no view of their own. The copy is made anew from the log alone, by
//! the server, by `store rebuild` and by whatever catches up, and must have the same rows each time;
//! and whoever reads a record whole reads it from the log.

use std::collections::HashMap;

use model::{Action, Finding, Place, Record, Visitor, visit, visit_value};
use serde_json::{Number, Value};

use super::rulebook::Rulebook;
use super::scope::Destination;
use crate::Kind;
use crate::record::{MAX_FINDINGS, MAX_JSON, MAX_NESTING};
use crate::redact::{Found, Hint, placeholder, placeholders};

/// Stands for a text whose findings cannot be told apart any more.
const WITHHELD: &str = "[withheld]";

/// A destination's view of records.
#[derive(Clone, Debug)]
pub struct View {
    rules: Rulebook,
    destination: Destination,
}

impl View {
    pub(super) const fn new(rules: Rulebook, destination: Destination) -> Self {
        Self { rules, destination }
    }

    /// Takes out of a record that was inspected what the destination is not to be shown, and
    /// every sealed original. Findings say what was done, and where.
    ///
    /// A record with more findings than are listed is withheld: what the list does not name cannot
    /// be found again here.
    pub fn redact(&self, record: &mut Record) {
        if !Destination::WITH_RULES.contains(&self.destination) {
            return;
        }
        record.sealed.clear();
        let tenant = record.tenant.0.clone();
        let mut findings = std::mem::take(&mut record.findings);
        let wanted: Vec<Option<Action>> =
            findings.iter().map(|finding| self.less(&tenant, finding)).collect();
        let mut viewing = Viewing {
            view: self,
            tenant: &tenant,
            full: findings.len() >= MAX_FINDINGS,
            by_place: by_place(&findings),
            findings: &mut findings,
            wanted,
            keys: Vec::new(),
            nesting: 0,
        };
        visit(record, &mut viewing);
        let mut keys = viewing.keys;
        // A name may begin with another one.
        keys.sort_by_key(|(old, _)| std::cmp::Reverse(old.len()));
        for finding in &mut findings {
            finding.place = self.place(&tenant, &finding.place, &keys);
        }
        for signal in &mut record.signals {
            signal.place = self.place(&tenant, &signal.place, &keys);
        }
        record.findings = findings;
    }

    /// What is to be done with a finding, if more than was done.
    fn less(&self, tenant: &str, finding: &Finding) -> Option<Action> {
        let kind = Kind::named(&finding.kind)?;
        let subtype = finding.subtype.as_deref();
        let wanted = self.rules.action_at(self.destination, tenant, kind, subtype)?;
        stricter(finding.action, wanted)
    }

    /// A text with less of its placeholders. Only where the findings say nothing of them.
    fn rewritten(&self, tenant: &str, text: &str) -> String {
        let mut rewritten = String::with_capacity(text.len());
        let mut from = 0;
        for (range, found) in placeholders(text) {
            let (done, subtype) = match found.hint {
                Hint::Nothing => (Action::Drop, None),
                Hint::Mask => (Action::Mask, None),
                Hint::Pseudonym => (Action::Pseudonymize, None),
                Hint::Subtype(subtype) => (Action::Drop, Some(subtype)),
            };
            let wanted = self.rules.action_at(self.destination, tenant, found.kind, subtype);
            if wanted.is_some_and(|wanted| stricter(done, wanted).is_some()) {
                rewritten.push_str(text.get(from..range.start).unwrap_or_default());
                rewritten.extend(["[", found.kind.as_str(), "]"]);
                from = range.end;
            }
        }
        rewritten.push_str(text.get(from..).unwrap_or_default());
        rewritten
    }

    /// The place of a finding, with the names on the way as they are now.
    fn place(&self, tenant: &str, place: &str, keys: &[(String, String)]) -> String {
        let renamed =
            keys.iter().fold(place.to_owned(), |place, (old, new)| place.replace(old, new));
        self.rewritten(tenant, &renamed)
    }
}

/// What makes less of a value visible than `done`, as far as `wanted` asks for it. A pseudonym
/// cannot be made a mask any more, and shows less than one.
const fn stricter(done: Action, wanted: Action) -> Option<Action> {
    match (done, wanted) {
        (Action::Drop, _) | (_, Action::Keep) => None,
        (_, Action::Drop) => Some(Action::Drop),
        (Action::Keep, Action::Mask) => Some(Action::Mask),
        (Action::Keep | Action::Mask, Action::Pseudonymize | Action::Seal) => {
            Some(Action::Pseudonymize)
        }
        _ => None,
    }
}

/// The positions of the findings of each field, from left to right.
fn by_place(findings: &[Finding]) -> HashMap<String, Vec<usize>> {
    let mut by_place: HashMap<String, Vec<usize>> = HashMap::new();
    for (position, finding) in findings.iter().enumerate() {
        by_place.entry(finding.place.clone()).or_default().push(position);
    }
    for positions in by_place.values_mut() {
        positions.sort_by_key(|position| findings.get(*position).map(|finding| finding.start));
    }
    by_place
}

struct Viewing<'a> {
    view: &'a View,
    tenant: &'a str,
    /// There may be findings that are not listed.
    full: bool,
    by_place: HashMap<String, Vec<usize>>,
    findings: &'a mut Vec<Finding>,
    /// What is to be done with each finding.
    wanted: Vec<Option<Action>>,
    /// Names that were changed.
    keys: Vec<(String, String)>,
    nesting: u8,
}

impl Visitor for Viewing<'_> {
    fn text(&mut self, place: &Place<'_>, text: &mut String) {
        if self.full && matches!(place.top(), Some("content" | "attributes" | "call")) {
            WITHHELD.clone_into(text);
            return;
        }
        let place_name = place.to_string();
        // What begins so was inspected as JSON, if it was any: the places are within its values.
        let begins = text.trim_start().starts_with(['{', '[']);
        if begins && self.changes_within(&place_name) {
            if self.by_place.contains_key(&place_name) || !self.json(place, text) {
                WITHHELD.clone_into(text);
            }
            return;
        }
        *text = self.apply(&place_name, text);
    }

    fn key(&mut self, place: &Place<'_>, key: &mut String) {
        let new = self.apply(&format!("{place}/{key}#"), key);
        if new != *key {
            self.keys.push((std::mem::replace(key, new.clone()), new));
        }
    }

    fn number(&mut self, place: &Place<'_>, number: &Number) -> Option<String> {
        let text = number.to_string();
        let new = self.apply(&place.to_string(), &text);
        (new != text).then_some(new)
    }
}

impl Viewing<'_> {
    /// Whether something is to change in the JSON that a text is.
    fn changes_within(&self, place: &str) -> bool {
        let inner = self.by_place.iter().filter(|(inner, _)| {
            inner.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'))
        });
        let mut positions = inner.flat_map(|(_, positions)| positions);
        positions.any(|position| self.wanted.get(*position).is_some_and(Option::is_some))
    }

    /// Views the JSON that a text is. False when it is none.
    fn json(&mut self, place: &Place<'_>, text: &mut String) -> bool {
        if text.len() > MAX_JSON || self.nesting == MAX_NESTING {
            return false;
        }
        let Ok(mut value) = serde_json::from_str::<Value>(text) else { return false };
        self.nesting += 1;
        visit_value(place, &mut value, self);
        self.nesting -= 1;
        *text = value.to_string();
        true
    }

    /// The text at a place with less of its values, and its findings moved along.
    fn apply(&mut self, place: &str, text: &str) -> String {
        let Some(positions) = self.by_place.get(place) else {
            return self.view.rewritten(self.tenant, text);
        };
        let mut applied = String::with_capacity(text.len());
        let (mut rest, mut taken, mut written) = (text, 0, 0);
        for position in positions {
            let Some(finding) = self.findings.get_mut(*position) else { continue };
            let Some(gap) = finding.start.checked_sub(taken) else { continue };
            let (between, after) = split(rest, gap);
            let (value, after) = split(after, finding.end.saturating_sub(finding.start));
            (taken, rest) = (finding.end, after);
            let between = self.view.rewritten(self.tenant, between);
            let value = match self.wanted.get(*position).copied().flatten() {
                Some(action) => {
                    finding.action = action;
                    replacement(finding, value, action)
                }
                None => value.to_owned(),
            };
            finding.start = written + points(&between);
            finding.end = finding.start + points(&value);
            written = finding.end;
            applied.push_str(&between);
            applied.push_str(&value);
        }
        applied.push_str(&self.view.rewritten(self.tenant, rest));
        applied
    }
}

fn replacement(finding: &Finding, value: &str, action: Action) -> String {
    let Some(kind) = Kind::named(&finding.kind) else { return String::new() };
    let found = Found {
        kind,
        subtype: finding.subtype.as_deref(),
        value,
        canonical: None,
        fingerprint: finding.fingerprint,
    };
    placeholder(&found, action)
}

/// The first `count` code points of a text, and the rest.
fn split(text: &str, count: u32) -> (&str, &str) {
    let place = text.char_indices().nth(count as usize).map_or(text.len(), |(place, _)| place);
    text.split_at_checked(place).unwrap_or((text, ""))
}

fn points(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_becomes_more_visible() {
        use Action::{Drop, Keep, Mask, Pseudonymize, Seal};
        let visible = |action| match action {
            Keep => 3,
            Mask => 2,
            Pseudonymize | Seal => 1,
            Drop => 0,
        };
        for done in [Keep, Mask, Pseudonymize, Seal, Drop] {
            for wanted in [Keep, Mask, Pseudonymize, Seal, Drop] {
                match stricter(done, wanted) {
                    Some(then) => assert!(visible(then) < visible(done)),
                    None => assert!(visible(done) <= visible(wanted)),
                }
            }
        }
    }
}
