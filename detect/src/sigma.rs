//! The one file that knows `rsigma`: rules into matchers, events as it wants to see them.

use std::borrow::Cow;

use rsigma_eval::{Event as SigmaEvent, EventValue};
use rsigma_parser::{Detection, FilterRule, FilterRuleTarget, Modifier, SigmaRule, SigmaValue};

pub(crate) use rsigma_parser::{
    ConditionExpr, ConditionOperator, CorrelationCondition, CorrelationRule, CorrelationType,
    Level, Quantifier, SelectorPattern, WindowMode,
};

use crate::events::Event;
use crate::value::Value;

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
        rsigma_eval::compile_rule(&rule).map_err(|error| error.to_string())?;
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
pub(crate) struct Matcher(rsigma_eval::Engine);

impl Matcher {
    /// A matcher of numbered rules, with filters; `number` is a rule's number by its id or name.
    pub(crate) fn new<'r>(
        rules: impl Iterator<Item = (usize, &'r Sigma)>,
        filters: &[Filter],
        number: &dyn Fn(&str) -> Option<usize>,
    ) -> Self {
        let mut engine = rsigma_eval::Engine::new();
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
                ..sigma.0.clone()
            })
            .collect();
        // Each of them was compiled before: none fails here.
        let _ = engine.add_rules(&bare);
        for filter in filters {
            let _ = engine.apply_filter(&filter.numbered(number));
        }
        Self(engine)
    }

    /// How many rules it has.
    pub(crate) fn len(&self) -> usize {
        self.0.rule_count()
    }

    /// The numbers of the rules that match, in their order.
    pub(crate) fn matches(&self, event: &Event<'_>) -> Vec<usize> {
        self.matches_shown(&Shown(event))
    }

    /// The same of an event of others, as JSON.
    pub(crate) fn matches_json(&self, event: &serde_json::Value) -> Vec<usize> {
        self.matches_shown(&rsigma_eval::JsonEvent::borrow(event))
    }

    fn matches_shown(&self, event: &impl SigmaEvent) -> Vec<usize> {
        let results = self.0.evaluate(event);
        let ids = results.iter().filter_map(|result| result.header.rule_id.as_ref()?.parse().ok());
        let mut numbers: Vec<usize> = ids.collect();
        numbers.sort_unstable();
        numbers
    }
}

/// An event, as `rsigma` wants to see it.
struct Shown<'e>(&'e Event<'e>);

impl SigmaEvent for Shown<'_> {
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
        self.0.get(path).map(shown)
    }

    fn any_string_value(&self, test: &dyn Fn(&str) -> bool) -> bool {
        let mut any = false;
        self.visit_string_values(&mut |text| any = any || test(text));
        any
    }

    fn all_string_values(&self) -> Vec<Cow<'_, str>> {
        let texts = self.0.fields().flat_map(|(_, value)| value.members());
        texts
            .filter_map(|member| match member {
                Value::Text(text) => Some(Cow::Borrowed(text.as_ref())),
                _ => None,
            })
            .collect()
    }

    fn visit_string_values(&self, visit: &mut dyn FnMut(&str)) {
        for (_, value) in self.0.fields() {
            for member in value.members() {
                if let Value::Text(text) = member {
                    visit(text);
                }
            }
        }
    }

    fn visit_top_level_keys(&self, visit: &mut dyn FnMut(&str)) -> bool {
        for name in self.0.names() {
            visit(name);
        }
        true
    }

    fn top_level_keys(&self) -> Option<Vec<Cow<'_, str>>> {
        Some(self.0.names().map(Cow::Borrowed).collect())
    }

    fn to_json(&self) -> serde_json::Value {
        let fields = self.0.fields().map(|(name, value)| (name.to_owned(), shown(value).to_json()));
        serde_json::Value::Object(fields.collect())
    }
}

fn shown<'v>(value: &'v Value<'_>) -> EventValue<'v> {
    match value {
        Value::Text(text) => EventValue::Str(Cow::Borrowed(text)),
        Value::Whole(whole) => EventValue::Int(*whole),
        Value::Number(number) => EventValue::Float(*number),
        Value::Flag(flag) => EventValue::Bool(*flag),
        Value::List(members) => EventValue::Array(members.iter().map(shown).collect()),
    }
}
