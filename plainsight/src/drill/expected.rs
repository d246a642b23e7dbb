//! Which rules a drill must set off: the shipped ones of the files that it names.

use anyhow::{Context, Result};
use detect::RuleSet;

/// A rule file, one of whose rules must raise an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    /// Identifiers of the rules in it that raise alerts.
    pub(crate) rules: Vec<String>,
    /// The title of the first.
    pub(crate) title: String,
    /// Its severity.
    pub(crate) severity: &'static str,
}

impl Expected {
    /// The rules of the files with these names among `rules`.
    ///
    /// # Errors
    /// When a file has no rule that raises alerts.
    pub(crate) fn of(names: &[String], rules: &RuleSet) -> Result<Vec<Self>> {
        names.iter().map(|name| Self::of_file(name, rules)).collect()
    }

    fn of_file(name: &str, rules: &RuleSet) -> Result<Self> {
        let file = format!("{name}.yml");
        let telling = rules.rules().iter().filter(|rule| rule.file == file && !rule.is_silent);
        let telling: Vec<_> = telling.collect();
        let first =
            telling.first().with_context(|| format!("no rule of {file} raises an alert"))?;
        Ok(Self {
            title: first.title.clone(),
            severity: first.severity.as_str(),
            rules: telling.iter().map(|rule| rule.id.clone()).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use server::detector::RuleFiles;

    use super::Expected;
    use crate::drill::shipped;

    #[test]
    fn every_drill_expects_rules_that_are_there() {
        let (rules, _) = RuleFiles::shipped().load();
        for drill in shipped().unwrap() {
            let expected = Expected::of(&drill.expect, &rules);
            assert!(expected.is_ok(), "{}: {expected:?}", drill.id);
        }
        assert!(Expected::of(&["no/such_rule".to_owned()], &rules).is_err());
    }
}
