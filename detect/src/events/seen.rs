//! What inspection saw: findings and signs of an attack, of a record or of a part of it.

use hashbrown::HashMap;
use model::Record;

use super::Fields;

/// The most different names that are listed.
const MOST_NAMES: usize = 64;

/// Findings and signals, summed up.
#[derive(Default)]
pub(super) struct Seen<'a> {
    types: Vec<&'a str>,
    subtypes: Vec<&'a str>,
    findings: u64,
    signals: Vec<&'a str>,
    strongest: f32,
    /// How likely none of the signs is one, were they independent.
    clean: Option<f64>,
}

impl<'a> Seen<'a> {
    /// What was seen at the places that `here` holds for.
    pub(super) fn of(record: &'a Record, here: impl Fn(&str) -> bool) -> Self {
        let mut seen = Self::default();
        for finding in record.findings.iter().filter(|finding| here(&finding.place)) {
            seen.add_finding(finding);
        }
        for signal in record.signals.iter().filter(|signal| here(&signal.place)) {
            seen.add_signal(signal);
        }
        seen
    }

    /// What was seen in each member of the list that lies at `list` in the record.
    pub(super) fn in_each(record: &'a Record, list: &str) -> HashMap<usize, Self> {
        let mut each: HashMap<usize, Self> = HashMap::new();
        for finding in &record.findings {
            if let Some(position) = position(&finding.place, list) {
                each.entry(position).or_default().add_finding(finding);
            }
        }
        for signal in &record.signals {
            if let Some(position) = position(&signal.place, list) {
                each.entry(position).or_default().add_signal(signal);
            }
        }
        each
    }

    fn add_finding(&mut self, finding: &'a model::Finding) {
        self.findings += 1;
        once(&mut self.types, &finding.kind);
        if let Some(subtype) = &finding.subtype {
            once(&mut self.subtypes, subtype);
        }
    }

    fn add_signal(&mut self, signal: &'a model::Signal) {
        once(&mut self.signals, &signal.name);
        self.strongest = self.strongest.max(signal.score);
        let clean = 1.0 - f64::from(signal.score.clamp(0.0, 1.0));
        self.clean = Some(self.clean.unwrap_or(1.0) * clean);
    }

    pub(super) fn into_fields(self, fields: &mut Fields<'a>) {
        fields.texts("finding.type", self.types.into_iter());
        fields.texts("finding.subtype", self.subtypes.into_iter());
        fields.count("finding.count", Some(self.findings));
        fields.texts("signal.name", self.signals.into_iter());
        fields.score("signal.score", Some(rounded(self.strongest)));
        let together = 1.0 - self.clean.unwrap_or(1.0);
        fields.score("attack.score", Some((together * 1e6).round() / 1e6));
    }
}

/// The position in the list `list` of what a place is in: 2 for `content/2/arguments` and `content`.
pub(super) fn position(place: &str, list: &str) -> Option<usize> {
    let rest = place.strip_prefix(list)?.strip_prefix('/')?;
    rest.split('/').next()?.parse().ok()
}

/// A score as it is written: 0.9, and not the nearest `f32`.
pub(super) fn rounded(score: f32) -> f64 {
    (f64::from(score) * 1e6).round() / 1e6
}

fn once<'a>(names: &mut Vec<&'a str>, name: &'a str) {
    if names.len() < MOST_NAMES && !names.contains(&name) {
        names.push(name);
    }
}

#[cfg(test)]
mod tests {
    use super::{position, rounded};

    #[test]
    fn places_are_read() {
        assert_eq!(position("content/12/arguments/x", "content"), Some(12));
        assert_eq!(position("call/tool_definitions/0", "call/tool_definitions"), Some(0));
        assert_eq!(position("attributes/content/1", "content"), None);
        assert!((rounded(0.9) - 0.9).abs() < f64::EPSILON);
    }
}
