//! A classifier of attacks as `[detect.classifier]` writes it, and what is refused of it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::asked::{AskedOfTexts, LEAST};
use crate::classifier::settings::{Problems, model, sure};
use crate::policy::PolicyError;

/// The pieces that a window may have.
const WINDOWS: std::ops::RangeInclusive<usize> = 16..=8192;

/// An operator's own classifier of attacks: a folder with `tokenizer.json` and `config.json`, as
/// `transformers` exports it, and a model in ONNX.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SequenceClassifierSettings {
    /// The folder.
    pub folder: PathBuf,
    /// The model's file, within the folder.
    #[serde(default = "model")]
    pub model: PathBuf,
    /// The labels that mean an attack; without any, all that do not mean the opposite.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// How sure the model must be, from 0 to 1; what it is less sure of is no sign.
    #[serde(default = "sure")]
    pub confidence: f32,
    /// How many bytes of one record's texts it is asked about.
    #[serde(default = "longest")]
    pub longest: usize,
    /// How many pieces of a text it sees at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<usize>,
    /// How many pieces one window begins behind the one before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stride: Option<usize>,
}

/// About eight windows of a model that takes 512 pieces.
const fn longest() -> usize {
    16 << 10
}

impl SequenceClassifierSettings {
    /// Loads the classifier; `None` after telling why not.
    pub(crate) fn compile(&self, problems: &mut Vec<PolicyError>) -> Option<AskedOfTexts> {
        let before = problems.len();
        let mut told = Problems(problems);
        told.check(self.confidence, self.longest, LEAST);
        if self.window.is_some_and(|window| !WINDOWS.contains(&window)) {
            let (least, most) = WINDOWS.into_inner();
            told.tell("window", format!("is not between {least} and {most} pieces"));
        }
        let asked = self.load(&mut told);
        asked.filter(|_| problems.len() == before)
    }

    #[cfg(feature = "onnx")]
    fn load(&self, told: &mut Problems<'_>) -> Option<AskedOfTexts> {
        use super::onnx::OnnxSequenceClassifier;
        use crate::classifier::folder::Folder;
        let folder = told.loaded(Folder::read(&self.folder, &self.model))?;
        let digest = self.digest(&folder);
        let classifier = Box::new(told.loaded(OnnxSequenceClassifier::of(folder, self))?);
        Some(AskedOfTexts::new(classifier, self.confidence, self.longest, digest))
    }

    /// SHA-256 over the files and the settings, hexadecimal: what it says depends on nothing else.
    #[cfg(feature = "onnx")]
    fn digest(&self, folder: &crate::classifier::folder::Folder) -> String {
        use aws_lc_rs::digest::{Context, SHA256};
        // Wherever the files lie.
        let settings = Self { folder: PathBuf::new(), model: PathBuf::new(), ..self.clone() };
        let settings = serde_json::to_vec(&settings).unwrap_or_default();
        let mut context = Context::new(&SHA256);
        for part in [&folder.model, &folder.tokenizer, &folder.config, &settings] {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        hex::encode(context.finish())
    }

    #[cfg(not(feature = "onnx"))]
    #[expect(clippy::unused_self, reason = "the same as with the feature")]
    fn load(&self, told: &mut Problems<'_>) -> Option<AskedOfTexts> {
        told.without_feature();
        None
    }
}
