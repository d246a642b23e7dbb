//! Rules: read, checked, and put together.

mod check;
mod document;
mod example;
mod foreign;
mod load;
mod own;
mod template;

use std::time::Duration;

use hashbrown::HashMap;
use model::Severity;

use crate::category::Category;
use crate::correlation::Correlation;
use crate::problem::Problem;
use crate::sigma::{Filter, Sigma};

pub use example::Example;
pub use foreign::ForeignRules;
pub use own::Dedup;
pub use template::Template;
pub(crate) use template::shown;

/// A rule that works.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// The name that correlations may call it by.
    pub name: Option<String>,
    /// Its title.
    pub title: String,
    /// Why it matters.
    pub description: String,
    /// How bad its alerts are.
    pub severity: Severity,
    /// Its tags: techniques, requirements, peers' alerts.
    pub tags: Vec<String>,
    /// When it is wrong.
    pub false_positives: Vec<String>,
    /// The file it is from.
    pub file: String,
    /// The line it begins at.
    pub line: usize,
    /// SHA-256 of its file's text, hexadecimal.
    pub digest: String,
    /// The events that it sees; all that are not Plainsight's own where there is none.
    pub category: Option<Category>,
    /// The sentence of its alerts.
    pub reason: Template,
    /// What to do.
    pub action: String,
    /// What repeats an alert.
    pub dedup: Dedup,
    /// What it matches and what not.
    pub examples: Vec<Example>,
    /// Whether it only serves correlations.
    pub is_silent: bool,
    pub(crate) body: Body,
}

/// What a rule looks for.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Detection(Box<Sigma>),
    Correlation(Box<Correlation>),
}

impl Rule {
    /// Whether it looks at other rules' matches.
    pub const fn is_correlation(&self) -> bool {
        matches!(self.body, Body::Correlation(_))
    }

    /// How sure an alert of it is at least, where the events say nothing.
    pub(crate) const fn score(&self) -> f32 {
        match self.severity {
            Severity::Informational => 0.1,
            Severity::Low => 0.3,
            Severity::Medium => 0.5,
            Severity::High => 0.7,
            Severity::Critical => 0.9,
        }
    }

    /// The longest time that it looks back, where it is a correlation.
    pub const fn timespan(&self) -> Option<Duration> {
        match &self.body {
            Body::Detection(_) => None,
            Body::Correlation(correlation) => Some(Duration::from_nanos(correlation.timespan)),
        }
    }
}

/// Rules that work together.
#[derive(Clone, Debug, Default)]
pub struct RuleSet {
    rules: Vec<Rule>,
    filters: Vec<Filter>,
    by_name: HashMap<String, usize>,
}

impl RuleSet {
    /// Reads rule files, each with its name. A rule that does not work is left out and told; the
    /// others work all the same. Files are best given in the order of their names: of two rules of
    /// one id the first stays.
    pub fn load<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> (Self, Vec<Problem>) {
        load::load(files)
    }

    /// The rules, bases before the correlations that use them.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    pub(crate) fn filters(&self) -> &[Filter] {
        &self.filters
    }

    /// Whether a rule may look at signs of an attack: if none does, signs that were not looked for
    /// change nothing about what matches, only what an alert says.
    pub fn look_at_signals(&self) -> bool {
        let looks = |rule: &Rule| match &rule.body {
            Body::Detection(sigma) => sigma.may_look_at("signal"),
            Body::Correlation(_) => false,
        };
        self.rules.iter().any(looks) || self.filters.iter().any(|one| one.may_look_at("signal"))
    }

    /// The place of a rule, by its id or its name.
    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The rule with this id or name, alone with the rules and filters that it needs.
    pub fn only(&self, name: &str) -> Option<Self> {
        let wanted = self.number(name)?;
        let mut keep = vec![false; self.rules.len()];
        let mut open = vec![wanted];
        while let Some(number) = open.pop() {
            if let Some(kept) = keep.get_mut(number)
                && !*kept
            {
                *kept = true;
                if let Some(Body::Correlation(correlation)) =
                    self.rules.get(number).map(|rule| &rule.body)
                {
                    open.extend(&correlation.bases);
                }
            }
        }
        let mut only = Self { filters: self.filters.clone(), ..Self::default() };
        let mut moved = HashMap::new();
        for (number, rule) in
            self.rules.iter().enumerate().filter(|(number, _)| keep.get(*number) == Some(&true))
        {
            moved.insert(number, only.rules.len());
            let mut rule = rule.clone();
            if let Body::Correlation(correlation) = &mut rule.body {
                for base in &mut correlation.bases {
                    *base = moved.get(base).copied().unwrap_or_default();
                }
            }
            rule.is_silent = number != wanted;
            only.push(rule);
        }
        Some(only)
    }

    /// The same rules without their examples, which take room and match nothing.
    pub(crate) fn without_examples(mut self) -> Self {
        for rule in &mut self.rules {
            rule.examples = Vec::new();
        }
        self
    }

    fn push(&mut self, rule: Rule) {
        let number = self.rules.len();
        if let Some(name) = &rule.name {
            self.by_name.entry(name.clone()).or_insert(number);
        }
        self.by_name.insert(rule.id.clone(), number);
        self.rules.push(rule);
    }
}
