//! The problems found so far, bounded in number and in a stable order.

use crate::problem::Problem;

/// Collects problems.
pub(super) struct Findings {
    max: usize,
    problems: Vec<Problem>,
    omitted: u64,
}

impl Findings {
    pub(super) fn new(max: usize) -> Self {
        Self { max, problems: Vec::new(), omitted: 0 }
    }

    /// Adds a problem, or counts it when there are too many.
    pub(super) fn add(&mut self, problem: Problem) {
        if self.problems.len() < self.max {
            self.problems.push(problem);
        } else {
            self.omitted += 1;
        }
    }

    /// The problems by file, place and record, and how many were not kept.
    pub(super) fn finish(mut self) -> (Vec<Problem>, u64) {
        let key = |problem: &Problem| {
            let start = problem.indexes.as_ref().map(|range| range.start);
            (problem.file.clone(), problem.offset, start, problem.what.clone())
        };
        self.problems.sort_by_key(key);
        (self.problems, self.omitted)
    }
}

// Which are worse than others is not decided here.
