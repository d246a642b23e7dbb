//! Files into rules: each document by itself, then what they say of each other.

use aws_lc_rs::digest::{SHA256, digest};
use hashbrown::{HashMap, HashSet};

use super::document::{Document, Place, documents};
use super::own::Own;
use super::{Body, Rule, RuleSet, Template, check};
use crate::correlation::Correlation;
use crate::problem::{Problem, Weight};
use crate::sigma::{self, CorrelationRule, Filter, Level, Parsed, Sigma};

/// The most rules that are loaded.
const MOST_RULES: usize = 20_000;

/// A rule, before it is known whether what it refers to is there.
struct Draft<'f> {
    place: Place<'f>,
    rule: Rule,
    level: Option<Level>,
    /// The names of a correlation's bases.
    bases: Vec<String>,
    /// Whether its bases raise alerts all the same.
    generate: bool,
}

pub(super) fn load<'f>(
    files: impl IntoIterator<Item = (&'f str, &'f str)>,
) -> (RuleSet, Vec<Problem>) {
    let mut loader = Loader::default();
    for (file, text) in files {
        for document in documents(file, text, &mut loader.problems) {
            loader.read(&document);
        }
    }
    loader.finish()
}

#[derive(Default)]
struct Loader<'f> {
    drafts: Vec<Draft<'f>>,
    filters: Vec<(Place<'f>, Filter)>,
    ids: HashSet<String>,
    problems: Vec<Problem>,
}

impl<'f> Loader<'f> {
    fn read(&mut self, document: &Document<'f>) {
        if document.value.as_mapping().is_none() {
            self.problems.push(document.at_key("", "is no rule: not a mapping"));
            return;
        }
        let (parsed, errors) = sigma::parse(document.text);
        let before = self.problems.len();
        if document.get("action").is_none() {
            check::missing(document, &["title", "id"], &mut self.problems);
        }
        let told =
            errors.iter().filter(|error| !error.starts_with("Missing required field 'title'"));
        self.problems.extend(told.map(|error| check::told(document, error)));
        if self.problems.len() > before {
            return;
        }
        for parsed in parsed {
            match parsed {
                Parsed::Detection(rule) => self.detection(document, *rule),
                Parsed::Correlation(rule) => self.correlation(document, &rule),
                Parsed::Filter(filter) => match Filter::check(*filter) {
                    Ok(filter) => self.filters.push((document.place, filter)),
                    Err(error) => self.problems.push(check::told(document, &error)),
                },
            }
        }
    }

    fn detection(&mut self, document: &Document<'f>, rule: rsigma_parser::SigmaRule) {
        let own = Own::read(document, &mut self.problems);
        let category = check::category(document, &rule.logsource, &mut self.problems);
        check::fields(document, &rule, &mut self.problems);
        let bad = check::selections(document, &rule.detection, &mut self.problems);
        let (Some(own), Ok(category), false) = (own, category, bad) else { return };
        let facts = Facts {
            id: rule.id.clone(),
            name: rule.name.clone(),
            title: rule.title.clone(),
            description: rule.description.clone(),
            level: rule.level,
            tags: rule.tags.clone(),
            false_positives: rule.falsepositives.clone(),
        };
        match Sigma::check(rule) {
            Ok(sigma) => {
                let mut draft = draft(document, facts, own, Body::Detection(Box::new(sigma)));
                draft.rule.category = category;
                self.push(draft);
            }
            Err(error) => self.problems.push(check::told(document, &error)),
        }
    }

    fn correlation(&mut self, document: &Document<'f>, rule: &CorrelationRule) {
        let Some(own) = Own::read(document, &mut self.problems) else { return };
        let has_condition = document
            .get("correlation")
            .and_then(|correlation| correlation.as_mapping()?.get("condition"))
            .is_some();
        let correlation = match Correlation::new(rule, has_condition) {
            Ok(correlation) => correlation,
            Err(error) => {
                self.problems.push(check::told(document, &format!("correlation: {error}")));
                return;
            }
        };
        for name in correlation.fields() {
            check::known_field(document, name, &mut self.problems);
        }
        let facts = Facts {
            id: rule.id.clone(),
            name: rule.name.clone(),
            title: rule.title.clone(),
            description: rule.description.clone(),
            level: rule.level,
            tags: rule.tags.clone(),
            false_positives: rule.falsepositives.clone(),
        };
        let mut draft = draft(document, facts, own, Body::Correlation(Box::new(correlation)));
        draft.bases.clone_from(&rule.rules);
        draft.generate = rule.generate;
        self.push(draft);
    }

    fn push(&mut self, draft: Draft<'f>) {
        if !self.ids.insert(draft.rule.id.clone()) {
            let what = format!("another rule has the id `{}`", draft.rule.id);
            self.problems.push(draft.place.at_key("id", what));
        } else if self.drafts.len() >= MOST_RULES {
            self.problems.push(draft.place.at_key("id", format!("more than {MOST_RULES} rules")));
        } else {
            self.drafts.push(draft);
        }
    }

    /// Puts bases before the correlations that use them, and leaves out what refers to nothing.
    fn finish(mut self) -> (RuleSet, Vec<Problem>) {
        let silent = self.silent();
        let mut rules = RuleSet::default();
        let mut open = Vec::new();
        for draft in std::mem::take(&mut self.drafts) {
            if draft.rule.is_correlation() {
                open.push(draft);
            } else {
                self.add(&mut rules, draft, &silent);
            }
        }
        loop {
            let ready =
                |draft: &Draft<'_>| draft.bases.iter().all(|base| rules.number(base).is_some());
            let (now, later): (Vec<_>, Vec<_>) = open.into_iter().partition(ready);
            open = later;
            if now.is_empty() {
                break;
            }
            for draft in now {
                self.add(&mut rules, draft, &silent);
            }
        }
        self.tell_unresolved(&rules, &open);
        for (place, filter) in std::mem::take(&mut self.filters) {
            let unknown = filter.targets().iter().find(|name| rules.number(name).is_none());
            match unknown {
                Some(name) => self.problems.push(unknown_rule(&place, name, &rules)),
                None => rules.filters.push(filter),
            }
        }
        self.problems.sort_by(|one, other| {
            (&one.file, one.line, one.column).cmp(&(&other.file, other.line, other.column))
        });
        (rules, self.problems)
    }

    /// The names of the rules that only serve correlations.
    fn silent(&self) -> HashSet<String> {
        let mut generate: HashMap<&str, bool> = HashMap::new();
        for draft in &self.drafts {
            for base in &draft.bases {
                *generate.entry(base).or_default() |= draft.generate;
            }
        }
        let silent = generate.into_iter().filter(|(_, generate)| !generate);
        silent.map(|(name, _)| name.to_owned()).collect()
    }

    fn add(&mut self, rules: &mut RuleSet, mut draft: Draft<'f>, silent: &HashSet<String>) {
        let named = |name: &str| silent.contains(name);
        draft.rule.is_silent =
            named(&draft.rule.id) || draft.rule.name.as_deref().is_some_and(named);
        match draft.level {
            Some(level) => draft.rule.severity = check::severity(level),
            None if draft.rule.is_silent => {}
            None => {
                self.problems.push(draft.place.at_key("level", "the rule has no `level`"));
                return;
            }
        }
        if let Body::Correlation(correlation) = &mut draft.rule.body {
            correlation.bases = draft.bases.iter().filter_map(|base| rules.number(base)).collect();
        }
        rules.push(draft.rule);
    }

    fn tell_unresolved(&mut self, rules: &RuleSet, open: &[Draft<'_>]) {
        let waiting: HashSet<&str> = open
            .iter()
            .flat_map(|draft| [Some(draft.rule.id.as_str()), draft.rule.name.as_deref()])
            .flatten()
            .collect();
        for draft in open {
            let unknown = draft
                .bases
                .iter()
                .find(|base| rules.number(base).is_none() && !waiting.contains(base.as_str()));
            self.problems.push(match unknown {
                Some(name) => unknown_rule(&draft.place, name, rules),
                None => draft.place.at(
                    &|_, key| key == "rules",
                    Weight::Error,
                    "the correlation rests on itself, or on one that does not work",
                    None,
                ),
            });
        }
    }
}

fn unknown_rule(place: &Place<'_>, name: &str, rules: &RuleSet) -> Problem {
    let known = rules.rules.iter().flat_map(|rule| [rule.name.as_deref(), Some(rule.id.as_str())]);
    let suggestion = crate::field::nearest_of(name, known.flatten()).map(str::to_owned);
    let what = format!("no rule that works is called `{name}`");
    place.at(&|_, key| key == "rules", Weight::Error, what, suggestion)
}

/// What a rule says of itself.
struct Facts {
    id: Option<String>,
    name: Option<String>,
    title: String,
    description: Option<String>,
    level: Option<Level>,
    tags: Vec<String>,
    false_positives: Vec<String>,
}

fn draft<'f>(document: &Document<'f>, facts: Facts, own: Own, body: Body) -> Draft<'f> {
    let digest = hex::encode(digest(&SHA256, document.file_text.as_bytes()).as_ref());
    let rule = Rule {
        id: facts.id.unwrap_or_default(),
        name: facts.name,
        reason: own.reason.unwrap_or_else(|| Template::parse(&facts.title.replace('{', "("))),
        title: facts.title,
        description: facts.description.unwrap_or_default(),
        severity: model::Severity::Informational,
        tags: facts.tags,
        false_positives: facts.false_positives,
        file: document.file.to_owned(),
        line: document.line(),
        digest,
        category: None,
        action: own.action,
        dedup: own.dedup,
        examples: own.examples,
        is_silent: false,
        body,
    };
    Draft { place: document.place, rule, level: facts.level, bases: Vec::new(), generate: false }
}
