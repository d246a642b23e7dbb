//! Sigma rules of others, on events of others: any log source, fields under the names of their rules.
//!
//! Nothing is taken from them but what they match: no alerts, no categories, no keys of ours.

use super::check;
use super::document::documents;
use crate::problem::Problem;
use crate::sigma::{self, Filter, Matcher, Parsed, Sigma};

/// The Sigma rules of one file.
pub struct ForeignRules {
    titles: Vec<String>,
    matcher: Matcher,
    correlations: usize,
    filters: usize,
}

impl ForeignRules {
    /// Reads a rule file; log sources of every kind are accepted.
    ///
    /// # Errors
    ///
    /// Fails with every problem of the file where it has any.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let (mut titles, mut detections, mut filters) = (Vec::new(), Vec::new(), Vec::new());
        let mut correlations = 0;
        for document in documents(file, text, &mut problems) {
            let (parsed, errors) = sigma::parse(document.text);
            problems.extend(errors.iter().map(|error| check::told(&document, error)));
            for parsed in parsed {
                match parsed {
                    Parsed::Detection(rule) => {
                        let title = rule.title.clone();
                        if check::selections(&document, &rule.detection, &mut problems) {
                            continue;
                        }
                        match Sigma::check(*rule) {
                            Ok(sigma) => {
                                titles.push(title);
                                detections.push(sigma);
                            }
                            Err(error) => problems.push(check::told(&document, &error)),
                        }
                    }
                    Parsed::Correlation(_) => correlations += 1,
                    Parsed::Filter(filter) => match Filter::check(*filter) {
                        Ok(filter) => filters.push(filter),
                        Err(error) => problems.push(check::told(&document, &error)),
                    },
                }
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let number = |name: &str| titles.iter().position(|title| title == name);
        let matcher = Matcher::new(detections.iter().enumerate(), &filters, &number);
        Ok(Self { matcher, titles, correlations, filters: filters.len() })
    }

    /// How many rules and filters there are, those on other rules' matches among them.
    pub const fn len(&self) -> usize {
        self.titles.len() + self.correlations + self.filters
    }

    /// Whether the file has no rule at all.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The titles of the rules on single events that match a JSON object. Its fields are found
    /// under their names, nested ones by dotted paths.
    pub fn matches(&self, event: &serde_json::Value) -> Vec<&str> {
        let matched = self.matcher.matches_json(event);
        matched.iter().filter_map(|number| self.titles.get(*number)).map(String::as_str).collect()
    }
}
