//! What inspection does to one text, finding by finding: for trying a policy and detectors out.
//!
//! Shows no value that the policy does not show.

use model::{Action, Inspection, Keyed, Origin, TenantId};
use serde::Serialize;

use crate::Incomplete;
use crate::inspector::{Inspector, NOT_INSPECTED, Replaced, inspection};
use crate::policy::Scope;

/// What is done to a text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explained {
    /// Whether all of it was looked at.
    pub inspection: Inspection,
    /// Every finding, in order.
    pub findings: Vec<ExplainedFinding>,
    /// Why it was not looked at as a whole, if nothing of it is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<String>,
    /// The text as it is kept.
    pub redacted: String,
}

/// A sensitive value of the original text, and what is done with it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExplainedFinding {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Its exact kind, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtype: Option<&'static str>,
    /// The line it starts in, from 1.
    pub line: usize,
    /// Where in the line it starts, in code points, from 1.
    pub column: usize,
    /// Where in the text it starts, in code points.
    pub start: usize,
    /// Where it ends, exclusive.
    pub end: usize,
    /// From 0 to 1.
    pub confidence: f32,
    /// What is done with it.
    pub action: Action,
    /// What stands in its place.
    pub shown: String,
}

impl Explained {
    fn not_inspected(why: Incomplete) -> Self {
        Self {
            inspection: Inspection::Partial,
            findings: Vec::new(),
            incomplete: Some(why.to_string()),
            redacted: NOT_INSPECTED.to_owned(),
        }
    }
}

impl Inspector {
    /// What is done to a text of a tenant and an origin.
    pub fn explain(
        &self,
        text: &str,
        tenant: &TenantId,
        origin: Option<Origin>,
        keys: &dyn Keyed,
    ) -> Explained {
        let scope = Scope { tenant: tenant.as_str(), origin };
        let mut allowance = self.allowance();
        let matches = match self.find_asking(text, scope, &mut allowance) {
            Ok(look) => look.matches,
            Err(why) => return Explained::not_inspected(why),
        };
        let mut findings = Vec::with_capacity(matches.len());
        let mut shown = Vec::with_capacity(matches.len());
        let mut place = Place { text, bytes: 0, points: 0, line: 1, column: 1 };
        let mut tell = |replaced: Replaced<'_>| {
            let found = replaced.found;
            place.go_to(found.range.start);
            let (start, line, column) = (place.points, place.line, place.column);
            place.go_to(found.range.end);
            shown.push(replaced.bytes);
            findings.push(ExplainedFinding {
                kind: found.kind.as_str(),
                subtype: found.subtype,
                line,
                column,
                start,
                end: place.points,
                confidence: found.confidence,
                action: replaced.action,
                shown: String::new(),
            });
        };
        let redacted = self.redact(text, &matches, scope, keys, &mut tell);
        for (finding, bytes) in findings.iter_mut().zip(shown) {
            redacted.get(bytes).unwrap_or_default().clone_into(&mut finding.shown);
        }
        let inspection = inspection(allowance.short);
        Explained { inspection, findings, incomplete: None, redacted }
    }
}

/// A place in a text that only moves on.
struct Place<'a> {
    text: &'a str,
    bytes: usize,
    points: usize,
    line: usize,
    column: usize,
}

impl Place<'_> {
    fn go_to(&mut self, bytes: usize) {
        for char in self.text.get(self.bytes..bytes).unwrap_or_default().chars() {
            self.points += 1;
            self.column += 1;
            if char == '\n' {
                (self.line, self.column) = (self.line + 1, 1);
            }
        }
        self.bytes = bytes;
    }
}
