//! A classifier's folder, as `transformers` exports it: `tokenizer.json`, `config.json` and a model
//! in ONNX. Nothing is fetched.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::ClassifierError;
use super::pieces::Pieces;

/// A larger file is no classifier that a gateway could wait for.
const LARGEST: u64 = 2 << 30;

/// What is in a folder.
pub(super) struct Folder {
    /// The bytes of `tokenizer.json`.
    pub(super) tokenizer: Vec<u8>,
    /// The bytes of `config.json`.
    pub(super) config: Vec<u8>,
    /// The model's bytes.
    pub(super) model: Vec<u8>,
}

impl Folder {
    /// Reads the files of `folder`, where the model's is called `model`.
    pub(super) fn read(folder: &Path, model: &Path) -> Result<Self, ClassifierError> {
        Ok(Self {
            tokenizer: read(folder, Path::new("tokenizer.json"))?,
            config: read(folder, Path::new("config.json"))?,
            model: read(folder, model)?,
        })
    }

    /// The vocabulary of `tokenizer.json`.
    pub(super) fn pieces(&self) -> Result<Pieces, ClassifierError> {
        let json = std::str::from_utf8(&self.tokenizer).ok();
        json.and_then(Pieces::read).ok_or(ClassifierError::Tokenizer)
    }

    /// What `config.json` says.
    pub(super) fn config(&self) -> Result<Config, ClassifierError> {
        serde_json::from_slice(&self.config).map_err(|_| ClassifierError::Labels)
    }
}

fn read(folder: &Path, file: &Path) -> Result<Vec<u8>, ClassifierError> {
    let path = folder.join(file);
    let name = || file.display().to_string();
    let failed = |source| ClassifierError::Read { file: name(), source };
    if std::fs::metadata(&path).map_err(failed)?.len() > LARGEST {
        return Err(ClassifierError::Large { file: name() });
    }
    std::fs::read(&path).map_err(failed)
}

/// The parts of `config.json` that matter.
#[derive(Deserialize)]
pub(super) struct Config {
    id2label: Option<BTreeMap<String, String>>,
    #[serde(default)]
    model_type: String,
    max_position_embeddings: Option<usize>,
    pad_token_id: Option<usize>,
}

impl Config {
    /// The labels by their number; `None` where it tells of none, or numbers them otherwise than
    /// from 0 on.
    pub(super) fn labels(&self) -> Option<Vec<String>> {
        let named = self.id2label.as_ref()?;
        let mut labels = vec![None; named.len()];
        for (number, name) in named {
            *labels.get_mut(number.parse::<usize>().ok()?)? = Some(name.clone());
        }
        labels.into_iter().collect::<Option<Vec<String>>>().filter(|labels| !labels.is_empty())
    }

    /// Whether it tells of no labels at all, as `transformers` writes it of a model with the two
    /// that it gives by itself.
    pub(super) const fn is_without_labels(&self) -> bool {
        self.id2label.is_none()
    }

    /// How many pieces the model takes at once, where it says so. RoBERTa and its kin count
    /// positions from behind the number of the padding piece.
    pub(super) fn positions(&self) -> Option<usize> {
        let kin = ["roberta", "camembert"];
        let is_kin = kin.iter().any(|name| self.model_type.contains(name));
        let before = if is_kin { self.pad_token_id.unwrap_or(1) + 1 } else { 0 };
        self.max_position_embeddings.map(|count| count.saturating_sub(before))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(json: &str) -> Config {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn labels_must_be_numbered_from_zero() {
        let labels = config(r#"{"id2label": {"1": "B", "0": "A"}}"#).labels();
        assert_eq!(labels, Some(vec!["A".to_owned(), "B".to_owned()]));
        assert_eq!(config(r#"{"id2label": {"1": "A"}}"#).labels(), None);
        assert_eq!(config(r#"{"id2label": {"0": "A", "00": "B"}}"#).labels(), None);
        assert_eq!(config("{}").labels(), None);
    }

    #[test]
    fn positions_are_those_that_a_piece_can_have() {
        let deberta = r#"{"model_type": "deberta-v2", "max_position_embeddings": 512}"#;
        assert_eq!(config(deberta).positions(), Some(512));
        let roberta =
            r#"{"model_type": "xlm-roberta", "max_position_embeddings": 514, "pad_token_id": 1}"#;
        assert_eq!(config(roberta).positions(), Some(512));
        assert_eq!(config("{}").positions(), None);
    }
}
