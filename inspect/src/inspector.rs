//! The inspector: detectors and policy, built once, used from every thread.

use std::ops::Range;

use model::{Action, Fingerprint, Inspection, Keyed, Origin, Record, Sealed, TenantId};

use crate::attack::{Sign, Signals, combined, is_sign, side, weighed, weight};
use crate::classifier::{Allowance, AskedOfTokens, TokenClassifier};
use crate::detect::Detectors;
use crate::finder::{Finder, whole};
use crate::known::Known;
use crate::matched::{Match, disjoint};
use crate::policy::{Compiled, ReadFile, Rulebook, Scope};
use crate::redact::{Found, canonical, placeholder};
use crate::scan::{Attack, Lossy, Scan, Sensitive, Stream};
use crate::standing::Standing;
use crate::stream::Blocks;
use crate::{Incomplete, Judges, Kind, Policy, PolicyError, record};

/// What stands for a text that was not inspected.
pub(crate) const NOT_INSPECTED: &str = "[not inspected]";

/// Finds and removes what is sensitive, and sees signs of an attack.
pub struct Inspector {
    rules: Rulebook,
    finder: Finder,
    known: Known,
    classifier: Option<AskedOfTokens>,
    signals: Signals,
    /// What [`Self::scan`] asks; records are judged where they are read.
    judges: Judges,
    /// Tokens that nobody should ever be told.
    canaries: Vec<String>,
}

/// What inspection hands to its caller beside the redacted record.
#[derive(Debug, Default)]
pub struct Inspected {
    /// The originals that a `seal` policy keeps, by the position of their finding.
    pub originals: Vec<(u32, Sealed<String>)>,
    /// Why texts were not looked at as a whole, each reason once. They were taken out.
    pub incomplete: Vec<Incomplete>,
}

impl Inspector {
    /// Builds the detectors. A policy with dictionaries in files needs [`Inspector::with_files`].
    ///
    /// # Errors
    /// For the first problem of the policy; [`Policy::check`] tells all.
    pub fn new(policy: &Policy) -> Result<Self, PolicyError> {
        Self::with_files(policy, &|_| Err(std::io::ErrorKind::Unsupported.into()))
    }

    /// Builds the detectors; `read` reads the files of dictionaries.
    ///
    /// # Errors
    /// For the first problem of the policy; [`Policy::check`] tells all.
    pub fn with_files(policy: &Policy, read: ReadFile<'_>) -> Result<Self, PolicyError> {
        let mut problems = Vec::new();
        let Compiled { rules, allow, customs, classifier, canaries } =
            policy.compile(read, &mut problems);
        match problems.into_iter().next() {
            Some(problem) => Err(problem),
            None => Ok(Self {
                rules,
                finder: Finder::new(Detectors::new(customs, allow)),
                known: Known::new(),
                classifier,
                signals: Signals::new(),
                judges: Judges::default(),
                canaries,
            }),
        }
    }

    /// The same, with a classifier in place of the policy's: it is asked about `longest` bytes of
    /// the natural language of each record, and believed from the confidence `least` on.
    #[must_use]
    pub fn with_classifier(
        mut self,
        classifier: Box<dyn TokenClassifier>,
        least: f32,
        longest: usize,
    ) -> Self {
        self.classifier = Some(AskedOfTokens::new(classifier, least, longest));
        self
    }

    /// The same, with these classifiers of attacks in place of the built-in one alone.
    #[must_use]
    pub fn with_judges(self, judges: Judges) -> Self {
        Self { judges, ..self }
    }

    /// Takes what is sensitive out of every field of a record, in place, and writes down what was
    /// found. A record that was inspected already is left as it is.
    pub fn inspect(&self, record: &mut Record, keys: &dyn Keyed) -> Inspected {
        record::inspect(self, record, keys)
    }

    /// What is in one text.
    pub fn scan(&self, text: &str, origin: Origin, keys: &dyn Keyed) -> Scan {
        let look = self.look(text);
        let mut signs = look.as_ref().map_or_else(|_| self.signs(text), |look| look.signs.clone());
        signs.extend(side(origin).and_then(|side| self.judges.sign(text, side)));
        let signals = weighed_all(&signs, origin);
        let attack = Attack::new(combined(signals.iter().map(|(_, score)| *score)), &signals);
        let tenant = TenantId::default();
        let scope = Scope { tenant: tenant.as_str(), origin: Some(origin) };
        let mut allowance = self.allowance();
        let found = look.and_then(|look| self.asking(text, scope, look.matches, &mut allowance));
        let Ok(matches) = found else {
            return Scan::not_inspected(attack);
        };
        let redacted = self.redact(text, &matches, scope, keys, &mut |_| {});
        let inspection = inspection(allowance.short);
        Scan { attack, sensitive: Sensitive::of(text, &matches), redacted, inspection }
    }

    /// What is in bytes that should be a text. What is no UTF-8 counts as one replacement character
    /// for each broken sequence; places are those of the bytes as they came.
    pub fn scan_bytes(&self, bytes: &[u8], origin: Origin, keys: &dyn Keyed) -> Scan {
        let lossy = Lossy::of(bytes);
        let mut scan = self.scan(lossy.text(), origin, keys);
        for found in &mut scan.sensitive {
            found.bytes = lossy.original(&found.bytes);
        }
        scan
    }

    /// Looks at a text that comes piece by piece, in bounded memory. Tells everything that the
    /// detectors find, whatever the policy does with it; an operator's classifier is not asked.
    pub const fn stream(&self) -> Stream<'_> {
        Stream::new(&self.finder)
    }

    /// Whether nothing sensitive is in a text.
    pub fn is_clean(&self, text: &str) -> bool {
        let scope = Scope { tenant: "", origin: None };
        let found = self.finder.find(text);
        found.is_ok_and(|matches| self.counting(text, scope, matches).is_empty())
    }

    /// What is in a text of a record, which may have been in another one: signs of an attack, and
    /// every value that the policy counts as sensitive, in order, without overlaps.
    ///
    /// # Errors
    /// When the text was not looked at as a whole.
    pub(crate) fn find(&self, text: &str, scope: Scope<'_>) -> Result<Look, Incomplete> {
        let Look { matches, signs } = self.known.or_look(text, |text| self.look(text))?;
        Ok(Look { matches: self.counting(text, scope, matches), signs })
    }

    /// The same of a text that somebody said: the operator's classifier is asked as well, as far
    /// as `allowance` goes.
    ///
    /// # Errors
    /// When the text was not looked at as a whole.
    pub(crate) fn find_asking(
        &self,
        text: &str,
        scope: Scope<'_>,
        allowance: &mut Allowance,
    ) -> Result<Look, Incomplete> {
        let Look { matches, signs } = self.known.or_look(text, |text| self.look(text))?;
        Ok(Look { matches: self.asking(text, scope, matches, allowance)?, signs })
    }

    /// Signs of an attack in a text of which nothing else is known.
    pub(crate) fn signs(&self, text: &str) -> Vec<Sign> {
        self.signals.find(text)
    }

    /// Looks for everything in one pass over the words of a text, if it is not too long.
    fn look(&self, text: &str) -> Result<Look, Incomplete> {
        if text.len() > Blocks::LENGTH {
            return Ok(Look { matches: self.finder.find(text)?, signs: self.signs(text) });
        }
        let words = self.finder.spot(text);
        let matches = self.finder.find_at(text, &words)?;
        Ok(Look { matches, signs: self.signals.find_at(text, &words.triggers) })
    }

    fn asking(
        &self,
        text: &str,
        scope: Scope<'_>,
        mut matches: Vec<Match>,
        allowance: &mut Allowance,
    ) -> Result<Vec<Match>, Incomplete> {
        if let Some(classifier) = &self.classifier {
            let mut said = classifier.find(text, allowance)?;
            self.finder.allow().strike(text, &mut said);
            matches = self.with_said(text, scope, matches, &said);
        }
        Ok(self.counting(text, scope, matches))
    }

    /// Matches and what a classifier said beside them, of which nothing that stands for a value is
    /// a part. What would be kept takes no place of another.
    fn with_said(
        &self,
        text: &str,
        scope: Scope<'_>,
        mut matches: Vec<Match>,
        said: &[Match],
    ) -> Vec<Match> {
        if said.is_empty() {
            return matches;
        }
        let standing = Standing::of(text, self.finder.customs());
        let detected = matches.len();
        for found in said {
            let kept = self.rules.action(scope, found.kind, found.subtype) == Action::Keep;
            let before = matches.get(..detected).unwrap_or_default();
            if kept && before.iter().any(|other| other.touches(&found.range)) {
                continue;
            }
            let parts = standing.outside(&found.range).into_iter();
            matches.extend(parts.map(|range| Match { range, ..found.clone() }));
        }
        whole(text, disjoint(matches))
    }

    /// What the classifier may be asked about in one record.
    pub(crate) fn allowance(&self) -> Allowance {
        self.classifier.as_ref().map(AskedOfTokens::allowance).unwrap_or_default()
    }

    /// Those matches that the policy counts as sensitive.
    fn counting(&self, text: &str, scope: Scope<'_>, mut matches: Vec<Match>) -> Vec<Match> {
        if matches.is_empty() {
            return matches;
        }
        let standing = Standing::of(text, self.finder.customs());
        matches.retain(|found| {
            let (kind, subtype) = (found.kind, found.subtype);
            found.confidence >= self.rules.confidence(scope, kind, subtype)
                && !standing.has(&found.range)
        });
        matches
    }

    /// What finds, before the policy says what counts.
    pub(crate) const fn finder(&self) -> &Finder {
        &self.finder
    }

    /// Tokens that nobody should ever be told.
    pub(crate) fn canaries(&self) -> &[String] {
        &self.canaries
    }

    /// The rules of the policy.
    pub(crate) const fn rules(&self) -> &Rulebook {
        &self.rules
    }

    /// The text with every match replaced; tells of each replacement.
    pub(crate) fn redact(
        &self,
        text: &str,
        matches: &[Match],
        scope: Scope<'_>,
        keys: &dyn Keyed,
        tell: &mut dyn FnMut(Replaced<'_>),
    ) -> String {
        let tenant = TenantId(scope.tenant.to_owned());
        let mut redacted = String::with_capacity(text.len());
        let mut place = 0;
        for found in matches {
            redacted.push_str(text.get(place..found.range.start).unwrap_or_default());
            let original = text.get(found.range.clone()).unwrap_or_default();
            let value = found.value_in(text);
            let action = self.rules.action(scope, found.kind, found.subtype);
            let fingerprint = fingerprint(keys, &tenant, found.kind, value);
            let start = redacted.len();
            if action == Action::Keep {
                redacted.push_str(original);
            } else {
                redacted.push_str(&self.placeholder(found, value, action, scope, fingerprint));
            }
            let bytes = start..redacted.len();
            tell(Replaced { found, value: original, action, fingerprint, bytes });
            place = found.range.end;
        }
        redacted.push_str(text.get(place..).unwrap_or_default());
        redacted
    }

    fn placeholder(
        &self,
        found: &Match,
        value: &str,
        action: Action,
        scope: Scope<'_>,
        fingerprint: Fingerprint,
    ) -> String {
        let (kind, subtype) = (found.kind, found.subtype);
        let canonical = self.rules.format(scope, kind, subtype).then(|| canonical(kind, value));
        let canonical = canonical.as_deref();
        placeholder(&Found { kind, subtype, value, canonical, fingerprint }, action)
    }
}

/// What was found in a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Look {
    pub(crate) matches: Vec<Match>,
    pub(crate) signs: Vec<Sign>,
}

impl Look {
    /// Whether nothing was found.
    pub(crate) const fn is_nothing(&self) -> bool {
        self.matches.is_empty() && self.signs.is_empty()
    }
}

/// The signs of a text, as strong as they are in one of this origin.
fn weighed_all(signs: &[Sign], origin: Origin) -> Vec<Sign> {
    let counting = move || signs.iter().filter(move |(name, _)| is_sign(name, origin));
    let weigh = |weight| counting().map(move |(name, score)| (*name, weighed(*score, weight)));
    weight(origin).into_iter().flat_map(weigh).collect()
}

/// What to call an inspection of which a bound was reached, or none.
pub(crate) const fn inspection(short: bool) -> Inspection {
    if short { Inspection::Partial } else { Inspection::Complete }
}

/// The fingerprint of a value, however it is written.
fn fingerprint(keys: &dyn Keyed, tenant: &TenantId, kind: Kind, value: &str) -> Fingerprint {
    keys.fingerprint(tenant, kind.as_str(), canonical(kind, value).as_bytes())
}

/// A replacement, as [`Inspector::redact`] tells it.
pub(crate) struct Replaced<'a> {
    pub(crate) found: &'a Match,
    pub(crate) value: &'a str,
    pub(crate) action: Action,
    pub(crate) fingerprint: Fingerprint,
    /// Where the placeholder lies in the redacted text.
    pub(crate) bytes: Range<usize>,
}
