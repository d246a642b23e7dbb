//! The rules in force as the API tells of them: loaded once, and again when their files are others.

use std::sync::{Arc, OnceLock};

use detect::{Coverage, Problem, RuleSet};
use parking_lot::Mutex;

use crate::detector::{Config, RuleFiles};
use crate::refusal::Refusal;

/// The files in force, and what is in them.
pub(super) struct InForce {
    pub(super) files: RuleFiles,
    pub(super) rules: RuleSet,
    /// What is wrong with those that were left out.
    pub(super) problems: Vec<Problem>,
    coverage: OnceLock<Coverage>,
}

/// What was in force when it was asked for last.
#[derive(Default)]
pub(super) struct Known(Mutex<Option<Arc<InForce>>>);

impl Known {
    /// What is in force now. Blocks.
    pub(super) fn now(&self, config: &Config) -> Result<Arc<InForce>, Refusal> {
        let files = RuleFiles::in_force(config).map_err(Refusal::internal)?;
        let mut known = self.0.lock();
        if let Some(known) = known.as_ref().filter(|known| known.files == files) {
            return Ok(Arc::clone(known));
        }
        let (rules, problems) = files.load();
        let fresh = Arc::new(InForce { files, rules, problems, coverage: OnceLock::new() });
        *known = Some(Arc::clone(&fresh));
        Ok(fresh)
    }
}

impl InForce {
    /// What the rules see. Blocks.
    pub(super) fn coverage(&self) -> Result<&Coverage, Refusal> {
        if let Some(coverage) = self.coverage.get() {
            return Ok(coverage);
        }
        let coverage = Coverage::of(&self.rules).map_err(Refusal::internal)?;
        Ok(self.coverage.get_or_init(|| coverage))
    }
}
