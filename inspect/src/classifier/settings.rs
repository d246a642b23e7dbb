//! A classifier as `[inspect.classifier]` writes it, and what is refused of it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::asked::Asked;
use crate::policy::PolicyError;

/// The most that may be asked about, in bytes of one record: minutes of work for a large model.
const MOST: usize = 16 << 20;

/// An operator's own token classifier: a folder with `tokenizer.json` and `config.json`, as
/// `transformers` exports it, and a model in ONNX.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassifierSettings {
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

fn model() -> PathBuf {
    PathBuf::from("model.onnx")
}

const fn sure() -> f32 {
    0.5
}

const fn longest() -> usize {
    64 << 10
}

impl ClassifierSettings {
    /// Loads the classifier; `None` after telling why not.
    pub(crate) fn compile(&self, problems: &mut Vec<PolicyError>) -> Option<Asked> {
        let before = problems.len();
        let mut tell = |setting: &str, what: String| {
            problems.push(PolicyError::new(format!("classifier.{setting}"), what));
        };
        if !(0.0..=1.0).contains(&self.confidence) {
            tell("confidence", "is not between 0 and 1".to_owned());
        }
        if !(1..=MOST).contains(&self.longest) {
            tell("longest", format!("is not between 1 and {MOST} bytes"));
        }
        let asked = self.load(&mut tell);
        asked.filter(|_| problems.len() == before)
    }

    #[cfg(feature = "onnx")]
    fn load(&self, tell: &mut dyn FnMut(&str, String)) -> Option<Asked> {
        use super::{ClassifierError, OnnxClassifier};
        match OnnxClassifier::load(&self.folder, &self.model) {
            Ok(classifier) => Some(Asked::new(Box::new(classifier), self.confidence, self.longest)),
            Err(error) => {
                let setting = match error {
                    ClassifierError::Model(_) | ClassifierError::Shape => "model",
                    _ => "folder",
                };
                let source = std::error::Error::source(&error);
                let why = source.map_or(String::new(), |source| format!(": {source}"));
                tell(setting, format!("{error}{why}"));
                None
            }
        }
    }

    #[cfg(not(feature = "onnx"))]
    #[expect(clippy::unused_self, reason = "the same as with the feature")]
    fn load(&self, tell: &mut dyn FnMut(&str, String)) -> Option<Asked> {
        tell("folder", "this program was built without the feature onnx".to_owned());
        None
    }
}
