//! The inspector: detectors and policy, built once, used from every thread.

use model::{Action, Keyed, Origin, Record, Sealed, TenantId};

use crate::attack::{Signals, combined};
use crate::detect::Detectors;
use crate::matched::{Match, Rest, disjoint};
use crate::redact::placeholder;
use crate::scan::{Attack, Scan, Sensitive};
use crate::{Policy, PolicyError, layers, record};

/// How often the rest of a text is looked at again.
const MAX_PASSES: usize = 4;

/// Finds and removes what is sensitive, and sees signs of an attack.
pub struct Inspector {
    policy: Policy,
    detectors: Detectors,
    signals: Signals,
}

/// What inspection hands to its caller beside the redacted record.
#[derive(Debug, Default)]
pub struct Inspected {
    /// The originals that a `seal` policy keeps, by the position of their finding.
    pub originals: Vec<(u32, Sealed<String>)>,
}

impl Inspector {
    /// Builds the detectors.
    ///
    /// # Errors
    /// When the policy names a type that does not exist.
    pub fn new(policy: Policy) -> Result<Self, PolicyError> {
        policy.check()?;
        Ok(Self { policy, detectors: Detectors::new(), signals: Signals::new() })
    }

    /// Takes what is sensitive out of every field of a record, in place, and writes down what was
    /// found. A record that was inspected already is left as it is.
    pub fn inspect(&self, record: &mut Record, keys: &dyn Keyed) -> Inspected {
        self.signals.read(record);
        record::inspect(self, record, keys)
    }

    /// What is in one text.
    pub fn scan(&self, text: &str, origin: Origin, keys: &dyn Keyed) -> Scan {
        let matches = self.find(text);
        let redacted = self.redact(text, &matches, &TenantId::default(), keys, &mut |_| {});
        let signals = self.signals.of_text(text, origin);
        Scan {
            attack: Attack::new(combined(signals.iter().map(|(_, score)| *score)), &signals),
            sensitive: Sensitive::of(text, &matches),
            redacted,
        }
    }

    /// Whether nothing sensitive is in a text.
    pub fn is_clean(&self, text: &str) -> bool {
        self.find(text).is_empty()
    }

    /// Every sensitive value of a text, in order, without overlaps: so many that nothing is found
    /// in what is left between them.
    pub(crate) fn find(&self, text: &str) -> Vec<Match> {
        let mut matches = self.find_once(text);
        for _ in 0..MAX_PASSES {
            if matches.is_empty() {
                break;
            }
            let rest = Rest::of(text, &matches);
            let more = self.find_once(&rest.text);
            if more.is_empty() {
                break;
            }
            matches.extend(more.iter().map(|found| rest.in_original(found)));
            matches = disjoint(matches);
        }
        matches
    }

    fn find_once(&self, text: &str) -> Vec<Match> {
        let mut matches = self.detectors.find(text);
        let plain = matches.len();
        layers::find(text, &self.detectors, &mut matches);
        if matches.len() > plain { disjoint(matches) } else { matches }
    }

    /// The text with every match replaced; tells of each replacement.
    pub(crate) fn redact(
        &self,
        text: &str,
        matches: &[Match],
        tenant: &TenantId,
        keys: &dyn Keyed,
        tell: &mut dyn FnMut(Replaced<'_>),
    ) -> String {
        let mut redacted = String::with_capacity(text.len());
        let mut place = 0;
        for found in matches {
            redacted.push_str(text.get(place..found.range.start).unwrap_or_default());
            let value = text.get(found.range.clone()).unwrap_or_default();
            let action = self.policy.action(found.kind, found.subtype);
            let fingerprint = keys.fingerprint(tenant, found.kind.as_str(), value.as_bytes());
            let start = redacted.len();
            redacted.push_str(&placeholder(found, value, action, fingerprint));
            tell(Replaced { found, value, action, fingerprint, bytes: start..redacted.len() });
            place = found.range.end;
        }
        redacted.push_str(text.get(place..).unwrap_or_default());
        redacted
    }
}

/// A replacement, as [`Inspector::redact`] tells it.
pub(crate) struct Replaced<'a> {
    pub(crate) found: &'a Match,
    pub(crate) value: &'a str,
    pub(crate) action: Action,
    pub(crate) fingerprint: model::Fingerprint,
    /// Where the placeholder lies in the redacted text.
    pub(crate) bytes: std::ops::Range<usize>,
}
