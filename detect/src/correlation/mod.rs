//! Correlations: what several matches within a time say together.

mod group;
#[cfg(test)]
mod naive;
mod test;
mod window;

use crate::sigma::{
    self, ConditionExpr, CorrelationCondition, CorrelationRule, CorrelationType, SelectorPattern,
    WindowMode,
};
pub(crate) use group::{Below, ENTITIES, GroupFired, Hit, Windows};
use test::{Expression, Test};
pub(crate) use window::MOST_EVIDENCE;

/// The most rules that a correlation rests on.
const MOST_BASES: usize = 64;

/// A correlation rule, ready to be evaluated.
#[derive(Clone, Debug)]
pub(crate) struct Correlation {
    kind: CorrelationType,
    /// The places of its bases in the rule set.
    pub(crate) bases: Vec<usize>,
    group_by: Vec<GroupField>,
    /// How far a window reaches, nanoseconds.
    pub(crate) timespan: u64,
    test: Test,
    /// The fields whose values are counted or summed up.
    values: Vec<String>,
    percentile: f64,
}

/// A field of the group, which may have another name in each base (an alias).
#[derive(Clone, Debug)]
struct GroupField {
    name: String,
    in_base: Vec<String>,
}

impl Correlation {
    /// Reads a correlation rule; `has_condition` says whether it has a condition of its own. Its
    /// bases are found later.
    pub(crate) fn new(rule: &CorrelationRule, has_condition: bool) -> Result<Self, String> {
        if rule.rules.is_empty() || rule.rules.len() > MOST_BASES {
            return Err(format!(
                "it rests on {} rules, not on 1 to {MOST_BASES}",
                rule.rules.len()
            ));
        }
        if rule.window != WindowMode::Sliding {
            return Err("only sliding windows are known".to_owned());
        }
        let timespan = rule.timespan.seconds.checked_mul(1_000_000_000);
        let timespan = timespan.filter(|nanos| *nanos > 0 && i64::try_from(*nanos).is_ok());
        let timespan = timespan.ok_or("the timespan is zero or too long")?;
        let (test, values, percentile) = condition(rule, has_condition)?;
        let needs_field = !matches!(
            rule.correlation_type,
            CorrelationType::EventCount
                | CorrelationType::Temporal
                | CorrelationType::TemporalOrdered
        );
        if needs_field && values.is_empty() {
            return Err("the condition names no `field`".to_owned());
        }
        if values.len() > 1 && rule.correlation_type != CorrelationType::ValueCount {
            return Err("the condition names more than one `field`".to_owned());
        }
        Ok(Self {
            kind: rule.correlation_type,
            bases: Vec::new(),
            group_by: group_by(rule),
            timespan,
            test,
            values,
            percentile,
        })
    }

    /// Whether it asks which of its bases matched, not how many things did.
    const fn is_temporal(&self) -> bool {
        matches!(self.kind, CorrelationType::Temporal | CorrelationType::TemporalOrdered)
    }

    /// Every field of events that it looks at.
    pub(crate) fn fields(&self) -> Vec<&str> {
        let group = self.group_by.iter().flat_map(|field| &field.in_base);
        let mut names: Vec<&str> = group.chain(&self.values).map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

fn condition(
    rule: &CorrelationRule,
    has_condition: bool,
) -> Result<(Test, Vec<String>, f64), String> {
    let temporal = matches!(
        rule.correlation_type,
        CorrelationType::Temporal | CorrelationType::TemporalOrdered
    );
    match &rule.condition {
        _ if temporal && !has_condition => Ok((Test::All(rule.rules.len()), Vec::new(), 50.0)),
        CorrelationCondition::Threshold { predicates, field, percentile } => {
            // The parser wraps negative numbers around.
            if predicates.iter().any(|(_, threshold)| i64::try_from(*threshold).is_err()) {
                return Err("a threshold of the condition is below zero or too large".to_owned());
            }
            let percentile = percentile.unwrap_or(50);
            if percentile > 100 {
                return Err("the percentile is above 100".to_owned());
            }
            let predicates = predicates
                .iter()
                .map(|(operator, threshold)| (*operator, *threshold as f64))
                .collect();
            Ok((Test::Numbers(predicates), field.clone().unwrap_or_default(), percentile as f64))
        }
        CorrelationCondition::Extended(expression) if temporal => {
            let expression = expression_of(expression, &rule.rules)?;
            Ok((Test::Expression(expression), Vec::new(), 50.0))
        }
        CorrelationCondition::Extended(_) => {
            Err("a condition in words is for temporal correlations alone".to_owned())
        }
    }
}

/// An expression over bases by their position.
fn expression_of(expression: &ConditionExpr, bases: &[String]) -> Result<Expression, String> {
    let all = |parts: &[ConditionExpr]| {
        parts.iter().map(|part| expression_of(part, bases)).collect::<Result<Vec<_>, _>>()
    };
    Ok(match expression {
        ConditionExpr::And(parts) => Expression::And(all(parts)?),
        ConditionExpr::Or(parts) => Expression::Or(all(parts)?),
        ConditionExpr::Not(part) => Expression::Not(Box::new(expression_of(part, bases)?)),
        ConditionExpr::Identifier(name) => {
            let position = bases.iter().position(|base| base == name);
            Expression::Base(position.ok_or_else(|| {
                format!("the condition names `{name}`, which is none of its rules")
            })?)
        }
        ConditionExpr::Selector { quantifier, pattern } => {
            let chosen = |base: &str| match pattern {
                SelectorPattern::Them => true,
                SelectorPattern::Pattern(_) => pattern.matches_detection_name(base),
            };
            let positions: Vec<usize> = bases
                .iter()
                .enumerate()
                .filter(|(_, base)| chosen(base))
                .map(|(position, _)| position)
                .collect();
            let needed = match quantifier {
                sigma::Quantifier::Any => 1,
                sigma::Quantifier::All => positions.len() as u64,
                sigma::Quantifier::Count(count) => *count,
            };
            Expression::Several(positions, needed)
        }
    })
}

fn group_by(rule: &CorrelationRule) -> Vec<GroupField> {
    let in_base = |name: &String, base: &String| {
        let alias = rule.aliases.iter().find(|alias| alias.alias == *name);
        alias.and_then(|alias| alias.mapping.get(base)).unwrap_or(name).clone()
    };
    rule.group_by
        .iter()
        .map(|name| GroupField {
            name: name.clone(),
            in_base: rule.rules.iter().map(|base| in_base(name, base)).collect(),
        })
        .collect()
}
