//! What must hold of a window.

use crate::sigma::ConditionOperator;

/// The largest threshold that a window has room for.
const MOST_NEEDED: f64 = 100_000.0;

/// A condition.
#[derive(Clone, Debug)]
pub(super) enum Test {
    /// A number against thresholds.
    Numbers(Vec<(ConditionOperator, f64)>),
    /// So many bases, all of them.
    All(usize),
    /// Which bases matched.
    Expression(Expression),
}

/// An expression over the bases that matched.
#[derive(Clone, Debug)]
pub(super) enum Expression {
    Base(usize),
    And(Vec<Expression>),
    Or(Vec<Expression>),
    Not(Box<Expression>),
    Several(Vec<usize>, u64),
}

impl Test {
    /// Whether a number meets it.
    pub(super) fn holds_of(&self, number: f64) -> bool {
        match self {
            Self::Numbers(predicates) => predicates.iter().all(|(operator, threshold)| {
                let order = number.total_cmp(threshold);
                match operator {
                    ConditionOperator::Lt => order.is_lt(),
                    ConditionOperator::Lte => order.is_le(),
                    ConditionOperator::Gt => order.is_gt(),
                    ConditionOperator::Gte => order.is_ge(),
                    ConditionOperator::Eq => order.is_eq(),
                    ConditionOperator::Neq => order.is_ne(),
                }
            }),
            Self::All(_) | Self::Expression(_) => true,
        }
    }

    /// Whether the bases that matched, a bit for each, meet it.
    pub(super) fn holds_of_bases(&self, matched: u64) -> bool {
        match self {
            Self::Numbers(_) => self.holds_of(f64::from(matched.count_ones())),
            Self::All(bases) => matched.count_ones() as usize == *bases,
            Self::Expression(expression) => expression.holds_of(matched),
        }
    }

    /// The largest threshold: so many entries a window must be able to hold.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "thresholds are whole, not below zero, and bounded here"
    )]
    pub(super) fn largest(&self) -> usize {
        match self {
            Self::Numbers(predicates) => {
                let largest =
                    predicates.iter().map(|(_, threshold)| *threshold).fold(0.0, f64::max);
                largest.min(MOST_NEEDED) as usize
            }
            Self::All(bases) => *bases,
            Self::Expression(_) => 0,
        }
    }
}

impl Expression {
    fn holds_of(&self, matched: u64) -> bool {
        let has = |position: &usize| matched & (1 << position) != 0;
        match self {
            Self::Base(position) => has(position),
            Self::And(parts) => parts.iter().all(|part| part.holds_of(matched)),
            Self::Or(parts) => parts.iter().any(|part| part.holds_of(matched)),
            Self::Not(part) => !part.holds_of(matched),
            Self::Several(positions, needed) => {
                positions.iter().filter(|position| has(position)).count() as u64 >= *needed
            }
        }
    }
}
