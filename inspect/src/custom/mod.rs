//! The operator's own detectors: a regular expression or a dictionary, a check, words around it.
//!
//! ```text
//! pattern or words → candidate → validator → context → match (type CUSTOM, or the one it names)
//! ```
//!
//! Linear in the length of the text, whatever the expression. What would cost more, or cannot be
//! checked, is a failure of the detector: the text counts as not inspected. Reads no file itself.

mod checksum;
mod context;
mod dictionary;
mod pattern;
mod settings;

use crate::matched::Match;
use crate::policy::{PolicyError, ReadFile};
use crate::{Incomplete, Kind};

use checksum::Validator;
use context::Context;
use dictionary::Dictionary;
pub(crate) use pattern::Pattern;
pub use settings::DetectorSettings;

/// The operator's detectors, ready.
#[derive(Default)]
pub(crate) struct Customs {
    detectors: Vec<Detector>,
}

/// One of them.
struct Detector {
    kind: Kind,
    subtype: &'static str,
    finder: Finder,
    validator: Validator,
    context: Context,
    confidence: f32,
}

/// A detector met a bound, and did not look at all of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Beyond;

enum Finder {
    Pattern(Box<Pattern>),
    Dictionary(Dictionary),
}

impl Customs {
    /// Compiles what is set, as far as it is right, and tells of everything that is not.
    ///
    /// The names live as long as the process: matches of built-in detectors have static subtypes,
    /// and a configuration is read once.
    pub(crate) fn compile(
        settings: &[DetectorSettings],
        read: ReadFile<'_>,
        problems: &mut Vec<PolicyError>,
    ) -> Self {
        settings::check_together(settings, problems);
        let mut detectors = Vec::new();
        for (position, settings) in settings.iter().enumerate() {
            let before = problems.len();
            let mut tell = |setting: &str, what: String| {
                problems.push(PolicyError::new(format!("detector.{position}{setting}"), what));
            };
            let detector = settings.compile(read, &mut tell);
            if problems.len() == before {
                detectors.extend(detector);
            }
        }
        Self { detectors }
    }

    /// Tells every value that a detector of the operator finds. One that fails stops no other.
    ///
    /// # Errors
    /// Names the first detector that did not look at all of the text.
    pub(crate) fn find(&self, text: &str, matches: &mut Vec<Match>) -> Result<(), Incomplete> {
        let mut whole = Ok(());
        for detector in &self.detectors {
            let found = detector.find(text, matches);
            whole = whole.and(found.map_err(|Beyond| Incomplete::Detector(detector.subtype)));
        }
        whole
    }

    /// Whether one of them gives a type this subtype.
    pub(crate) fn has(&self, kind: Kind, subtype: &str) -> bool {
        self.detectors.iter().any(|detector| detector.kind == kind && detector.subtype == subtype)
    }
}

impl Detector {
    fn find(&self, text: &str, matches: &mut Vec<Match>) -> Result<(), Beyond> {
        let tell = |range: std::ops::Range<usize>| {
            let value = text.get(range.clone()).unwrap_or_default();
            if self.validator.holds(value)?
                && let Some(confidence) = self.context.weigh(text, &range, self.confidence)
            {
                let subtype = Some(self.subtype);
                matches.push(Match { subtype, ..Match::new(self.kind, range, confidence) });
            }
            Ok(())
        };
        match &self.finder {
            Finder::Pattern(pattern) => pattern.each(text, tell),
            Finder::Dictionary(dictionary) => dictionary.each(text, tell),
        }
    }
}
