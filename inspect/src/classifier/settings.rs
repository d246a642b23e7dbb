//! What the settings of both kinds of classifiers have in common.

use std::path::PathBuf;

use crate::policy::PolicyError;

/// The most that may be asked about, in bytes of one record: minutes of work for a large model.
const MOST: usize = 16 << 20;

/// The model's file, where none is named.
pub(super) fn model() -> PathBuf {
    PathBuf::from("model.onnx")
}

/// How sure a model must be, where nothing is said.
pub(super) const fn sure() -> f32 {
    0.5
}

/// What is wrong with settings of a classifier: each by its name.
pub(super) struct Problems<'a>(pub(super) &'a mut Vec<PolicyError>);

impl Problems<'_> {
    pub(super) fn tell(&mut self, setting: &str, what: impl Into<String>) {
        self.0.push(PolicyError::new(format!("classifier.{setting}"), what));
    }

    /// Tells what is wrong with the numbers that every classifier has, of which `longest` is at least
    /// `least`.
    pub(super) fn check(&mut self, confidence: f32, longest: usize, least: usize) {
        if !(0.0..=1.0).contains(&confidence) {
            self.tell("confidence", "is not between 0 and 1");
        }
        if !(least..=MOST).contains(&longest) {
            self.tell("longest", format!("is not between {least} and {MOST} bytes"));
        }
    }

    /// What was loaded; `None` after telling why it was not.
    #[cfg(feature = "onnx")]
    pub(super) fn loaded<T>(&mut self, loaded: Result<T, super::ClassifierError>) -> Option<T> {
        loaded
            .map_err(|error| {
                let source = std::error::Error::source(&error);
                let why = source.map_or(String::new(), |source| format!(": {source}"));
                self.tell(error.setting(), format!("{error}{why}"));
            })
            .ok()
    }

    /// Tells that no model can be loaded.
    #[cfg(not(feature = "onnx"))]
    pub(super) fn without_feature(&mut self) {
        self.tell("folder", "this program was built without the feature onnx");
    }
}
