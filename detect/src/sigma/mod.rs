//! The one place that knows `rsigma`: rules into matchers, events as it wants to see them.

mod questions;
mod shown;

use rsigma_parser::{Detection, FilterRule, FilterRuleTarget, Modifier, SigmaRule, SigmaValue};

pub(crate) use rsigma_parser::{
    ConditionExpr, ConditionOperator, CorrelationCondition, CorrelationRule, CorrelationType,
    Level, Quantifier, SelectorPattern, WindowMode,
};

use self::shown::{Asked, Shown};
use crate::events::Event;
use crate::texts::Texts;

/// The largest automaton of one regular expression, bytes.
const LARGEST_REGEX: usize = 8 << 20;

/// What a document of a rule file is.
pub(crate) enum Parsed {
    /// A rule on single events.
    Detection(Box<SigmaRule>),
    /// A rule on other rules' matches.
    Correlation(Box<CorrelationRule>),
    /// What other rules pass over.
    Filter(Box<FilterRule>),
}

/// Parses the text of a document; with `action`, one text may hold several rules.
pub(crate) fn parse(text: &str) -> (Vec<Parsed>, Vec<String>) {
    match rsigma_parser::parse_sigma_yaml(text) {
        Ok(read) => {
            let detections = read.rules.into_iter().map(|rule| Parsed::Detection(Box::new(rule)));
            let correlations =
                read.correlations.into_iter().map(|rule| Parsed::Correlation(Box::new(rule)));
            let filters = read.filters.into_iter().map(|filter| Parsed::Filter(Box::new(filter)));
            (detections.chain(correlations).chain(filters).collect(), read.errors)
        }
        Err(error) => (Vec::new(), vec![error.to_string()]),
    }
}

/// A detection that compiles.
#[derive(Clone, Debug)]
pub(crate) struct Sigma(SigmaRule);

impl Sigma {
    /// Whether it may look at a field that begins so.
    pub(crate) fn may_look_at(&self, beginning: &str) -> bool {
        self.0.detection.named.values().any(|detection| may_look_at(detection, beginning))
    }

    /// Checks that a rule compiles, its regular expressions within their bound.
    pub(crate) fn check(rule: SigmaRule) -> Result<Self, String> {
        for detection in rule.detection.named.values() {
            check_regexes(detection)?;
        }
        let asked = questions::asked(&rule, &mut Texts::default());
        rsigma_eval::compile_rule(&asked).map_err(|error| error.to_string())?;
        Ok(Self(rule))
    }
}

/// Whether a detection may look at a field that begins so. One that looks at every text, or at a
/// field that the event names, may.
pub(crate) fn may_look_at(detection: &Detection, beginning: &str) -> bool {
    let named = |field: Option<&str>| field.is_none_or(|field| field.starts_with(beginning));
    match detection {
        Detection::AllOf(items) => items.iter().any(|item| {
            named(item.field.name.as_deref()) || item.field.has_modifier(Modifier::FieldRef)
        }),
        Detection::AnyOf(parts) | Detection::And(parts) => {
            parts.iter().any(|part| may_look_at(part, beginning))
        }
        Detection::ArrayMatch { .. } | Detection::Conditional { .. } | Detection::Keywords(_) => {
            true
        }
    }
}

pub(crate) fn check_regexes(detection: &Detection) -> Result<(), String> {
    match detection {
        Detection::AllOf(items) => {
            let expressions = items.iter().filter(|item| item.field.has_modifier(Modifier::Re));
            for value in expressions.flat_map(|item| &item.values) {
                if let SigmaValue::String(text) = value {
                    check_regex(&text.original)?;
                }
            }
            Ok(())
        }
        Detection::AnyOf(parts) | Detection::And(parts) => parts.iter().try_for_each(check_regexes),
        Detection::ArrayMatch { body, .. } => check_regexes(body),
        Detection::Conditional { named, .. } => named.values().try_for_each(check_regexes),
        Detection::Keywords(_) => Ok(()),
    }
}

/// All of them run in linear time; this bounds what one takes of memory.
pub(crate) fn check_regex(pattern: &str) -> Result<(), String> {
    let config = regex_automata::meta::Config::new()
        .nfa_size_limit(Some(LARGEST_REGEX))
        .onepass(false)
        .dfa(false);
    let built = regex_automata::meta::Builder::new().configure(config).build(pattern);
    built.map(drop).map_err(|error| match error.syntax_error() {
        Some(syntax) => {
            format!("bad regular expression `{pattern}`: {}", last_line(&syntax.to_string()))
        }
        None => format!("the regular expression `{pattern}` is too large"),
    })
}

fn last_line(text: &str) -> &str {
    text.lines().last().unwrap_or_default()
}

/// The fields that a detection looks at.
pub(crate) fn fields(detection: &Detection) -> Vec<&str> {
    match detection {
        Detection::AllOf(items) => {
            items.iter().filter_map(|item| item.field.name.as_deref()).collect()
        }
        Detection::AnyOf(parts) | Detection::And(parts) => parts.iter().flat_map(fields).collect(),
        Detection::ArrayMatch { field, .. } => vec![field],
        Detection::Conditional { .. } | Detection::Keywords(_) => Vec::new(),
    }
}

/// Every name and pattern of a condition: `Ok` a name, `Err` a pattern.
pub(crate) fn names(condition: &ConditionExpr) -> Vec<Result<&str, &SelectorPattern>> {
    match condition {
        ConditionExpr::And(parts) | ConditionExpr::Or(parts) => {
            parts.iter().flat_map(names).collect()
        }
        ConditionExpr::Not(part) => names(part),
        ConditionExpr::Identifier(name) => vec![Ok(name)],
        ConditionExpr::Selector { pattern, .. } => vec![Err(pattern)],
    }
}

/// A filter that compiles.
#[derive(Clone, Debug)]
pub(crate) struct Filter(FilterRule);

impl Filter {
    /// Checks that a filter compiles, and gives the rules that it names.
    pub(crate) fn check(filter: FilterRule) -> Result<Self, String> {
        for detection in filter.detection.named.values() {
            check_regexes(detection)?;
            rsigma_eval::compiler::compile_detection(detection)
                .map_err(|error| error.to_string())?;
        }
        Ok(Self(filter))
    }

    /// Whether it may look at a field that begins so.
    pub(crate) fn may_look_at(&self, beginning: &str) -> bool {
        self.0.detection.named.values().any(|detection| may_look_at(detection, beginning))
    }

    /// Whether it is for every rule.
    pub(crate) const fn is_for_all(&self) -> bool {
        matches!(self.0.rules, FilterRuleTarget::Any)
    }

    /// The rules that it names.
    pub(crate) fn targets(&self) -> &[String] {
        match &self.0.rules {
            FilterRuleTarget::Any => &[],
            FilterRuleTarget::Specific(names) => names,
        }
    }

    /// The same filter, with the rules that it is for under their numbers.
    fn numbered(&self, number: &dyn Fn(&str) -> Option<usize>) -> FilterRule {
        let mut filter = self.0.clone();
        if !self.is_for_all() {
            let numbers = self.targets().iter().filter_map(|name| number(name));
            filter.rules =
                FilterRuleTarget::Specific(numbers.map(|number| number.to_string()).collect());
        }
        filter
    }
}

/// Many detections, matched together.
pub(crate) struct Matcher {
    engine: rsigma_eval::Engine,
    texts: Texts,
    /// The fields that stand for the questions of `texts`.
    names: Vec<String>,
}

impl Matcher {
    /// A matcher of numbered rules, with filters; `number` is a rule's number by its id or name.
    pub(crate) fn new<'r>(
        rules: impl Iterator<Item = (usize, &'r Sigma)>,
        filters: &[Filter],
        number: &dyn Fn(&str) -> Option<usize>,
    ) -> Self {
        let mut engine = rsigma_eval::Engine::new();
        let mut texts = Texts::default();
        // The engine gives back, and copies, all that a rule says of itself: it gets the number alone.
        let bare: Vec<SigmaRule> = rules
            .map(|(number, sigma)| SigmaRule {
                id: Some(number.to_string()),
                title: String::new(),
                description: None,
                tags: Vec::new(),
                falsepositives: Vec::new(),
                references: Vec::new(),
                custom_attributes: std::collections::HashMap::new(),
                ..questions::asked(&sigma.0, &mut texts)
            })
            .collect();
        // Each of them was compiled before: none fails here.
        let _ = engine.add_rules(&bare);
        for filter in filters {
            let _ = engine.apply_filter(&filter.numbered(number));
        }
        let names = (0..texts.len()).map(questions::name).collect();
        Self { engine, texts: texts.build(), names }
    }

    /// How many rules it has.
    pub(crate) fn len(&self) -> usize {
        self.engine.rule_count()
    }

    /// The numbers of the rules that match, in their order.
    pub(crate) fn matches(&self, event: &Event<'_>) -> Vec<usize> {
        self.matches_shown(&Shown(event))
    }

    /// The same of an event of others, as JSON.
    pub(crate) fn matches_json(&self, event: &serde_json::Value) -> Vec<usize> {
        self.matches_shown(&rsigma_eval::JsonEvent::borrow(event))
    }

    fn matches_shown(&self, event: &impl rsigma_eval::Event) -> Vec<usize> {
        let results = self.engine.evaluate(&Asked::new(event, &self.texts, &self.names));
        let ids = results.iter().filter_map(|result| result.header.rule_id.as_ref()?.parse().ok());
        let mut numbers: Vec<usize> = ids.collect();
        numbers.sort_unstable();
        numbers
    }
}
