//! A token classifier as `[inspect.classifier]` writes it, and what is refused of it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::asked::AskedOfTokens;
use crate::classifier::settings::{Problems, model, sure};
use crate::policy::PolicyError;

/// An operator's own token classifier: a folder with `tokenizer.json` and `config.json`, as
/// `transformers` exports it, and a model in ONNX.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenClassifierSettings {
    /// The folder.
    pub folder: PathBuf,
    /// The model's file, within the folder.
    #[serde(default = "model")]
    pub model: PathBuf,
    /// How sure the model must be, from 0 to 1; what it is less sure of is passed over.
    #[serde(default = "sure")]
    pub confidence: f32,
    /// How many bytes of one record's natural language it is asked about.
    #[serde(default = "longest")]
    pub longest: usize,
}

const fn longest() -> usize {
    64 << 10
}

impl TokenClassifierSettings {
    /// Loads the classifier; `None` after telling why not.
    pub(crate) fn compile(&self, problems: &mut Vec<PolicyError>) -> Option<AskedOfTokens> {
        let before = problems.len();
        let mut told = Problems(problems);
        told.check(self.confidence, self.longest, 1);
        let asked = self.load(&mut told);
        asked.filter(|_| problems.len() == before)
    }

    #[cfg(feature = "onnx")]
    fn load(&self, told: &mut Problems<'_>) -> Option<AskedOfTokens> {
        let loaded = super::OnnxTokenClassifier::load(&self.folder, &self.model);
        let classifier = Box::new(told.loaded(loaded)?);
        Some(AskedOfTokens::new(classifier, self.confidence, self.longest))
    }

    #[cfg(not(feature = "onnx"))]
    #[expect(clippy::unused_self, reason = "the same as with the feature")]
    fn load(&self, told: &mut Problems<'_>) -> Option<AskedOfTokens> {
        told.without_feature();
        None
    }
}
