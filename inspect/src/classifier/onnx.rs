//! A token classifier in ONNX, as `transformers` exports it: `model.onnx`, `tokenizer.json` and
//! `config.json` in one folder.
//!
//! The model takes `input_ids`, and `attention_mask` and `token_type_ids` if it has them, of the
//! shape `[1, n]`, and gives one score for each piece and label, `[1, n, labels]`. It is run in this
//! process (`rten`), without a library to install. Nothing is fetched.

use std::path::Path;

use rten::{Model, NodeId, Value, ValueOrView};
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

use super::labels::Labels;
use super::pieces::{Piece, Pieces};
use super::window::windows;
use super::{Classifier, ClassifierFailed, Entity};

/// A larger file is no token classifier that a gateway could wait for.
const LARGEST: u64 = 2 << 30;

/// Why a classifier could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum ClassifierError {
    /// A file is missing or cannot be read.
    #[error("could not read {file} of the classifier")]
    Read {
        /// The file's name in the folder.
        file: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file is larger than a classifier's.
    #[error("{file} of the classifier is larger than 2 GiB")]
    Large {
        /// The file's name in the folder.
        file: String,
    },
    /// The model's file is no model that can be run.
    #[error("could not load the model of the classifier")]
    Model(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The model does not take pieces, or does not give scores of them.
    #[error(
        "the classifier's model does not take input_ids of the shape [1, n] and give scores of the \
         shape [1, n, labels], with the labels of config.json"
    )]
    Shape,
    /// The vocabulary is of a kind that is not known.
    #[error("tokenizer.json of the classifier is neither of WordPiece nor of Unigram")]
    Tokenizer,
    /// The labels are missing.
    #[error("config.json of the classifier has no id2label, numbered from 0")]
    Labels,
}

/// A token classifier of an operator.
pub struct OnnxClassifier {
    model: Model,
    inputs: Vec<(NodeId, Input)>,
    output: NodeId,
    pieces: Pieces,
    labels: Labels,
}

/// What an input of a model takes.
#[derive(Clone, Copy)]
enum Input {
    Ids,
    Mask,
    Types,
}

impl OnnxClassifier {
    /// Loads the classifier in `folder`, with the model in its file `model`, and tries it.
    ///
    /// # Errors
    /// When a file is missing, or is not what it should be.
    pub fn load(folder: &Path, model: &Path) -> Result<Self, ClassifierError> {
        let tokenizer = String::from_utf8(read(folder, Path::new("tokenizer.json"))?);
        let config = String::from_utf8(read(folder, Path::new("config.json"))?);
        let pieces = tokenizer.ok().and_then(|json| Pieces::read(&json));
        let labels = config.ok().and_then(|json| Labels::read(&json));
        Self::new(
            read(folder, model)?,
            pieces.ok_or(ClassifierError::Tokenizer)?,
            labels.ok_or(ClassifierError::Labels)?,
        )
    }

    fn new(model: Vec<u8>, pieces: Pieces, labels: Labels) -> Result<Self, ClassifierError> {
        let model = Model::load(model).map_err(|error| ClassifierError::Model(Box::new(error)))?;
        let named = |id: &NodeId| {
            let info = model.node_info(*id)?;
            let input = match info.name()? {
                "input_ids" => Input::Ids,
                "attention_mask" => Input::Mask,
                "token_type_ids" => Input::Types,
                _ => return None,
            };
            Some((*id, input))
        };
        let inputs: Vec<(NodeId, Input)> = model.input_ids().iter().filter_map(named).collect();
        let takes_pieces = inputs.iter().any(|(_, input)| matches!(input, Input::Ids));
        let output = model.output_ids().first().copied().filter(|_| takes_pieces);
        let output = output.ok_or(ClassifierError::Shape)?;
        let classifier = Self { model, inputs, output, pieces, labels };
        // Of no pieces, but for those at the ends.
        classifier.best(&[]).map(|_| classifier).ok_or(ClassifierError::Shape)
    }

    /// The best label of each of these pieces, with its probability; `None` when the model fails.
    fn best(&self, pieces: &[Piece]) -> Option<Vec<(usize, f32)>> {
        let ids: Vec<i32> = std::iter::once(self.pieces.begin)
            .chain(pieces.iter().map(|piece| piece.id))
            .chain([self.pieces.end])
            .collect();
        let length = ids.len();
        let row = |values: Vec<i32>| NdTensor::from_data([1, length], values);
        let inputs: Vec<(NodeId, ValueOrView<'_>)> = self
            .inputs
            .iter()
            .map(|(id, input)| {
                let values = match input {
                    Input::Ids => ids.clone(),
                    Input::Mask => vec![1; length],
                    Input::Types => vec![0; length],
                };
                (*id, Value::from(row(values)).into())
            })
            .collect();
        let output = self.model.run(inputs, &[self.output], None).ok()?.into_iter().next()?;
        let scores: NdTensor<f32, 3> = output.try_into().ok()?;
        if scores.shape() != [1, length, self.labels.len()] {
            return None;
        }
        let scores = scores.to_vec();
        let rows = scores.chunks(self.labels.len()).skip(1).take(pieces.len());
        Some(rows.map(most_probable).collect())
    }
}

impl Classifier for OnnxClassifier {
    fn classify(&self, text: &str) -> Result<Vec<Entity>, ClassifierFailed> {
        let pieces = self.pieces.of(text);
        let mut best = Vec::with_capacity(pieces.len());
        for window in windows(pieces.len()) {
            let seen = pieces.get(window.seen.clone()).unwrap_or_default();
            let labels = self.best(seen).ok_or(ClassifierFailed)?;
            let taken = labels.into_iter().skip(window.taken.start - window.seen.start);
            best.extend(taken.take(window.taken.len()));
        }
        Ok(self.labels.entities(&pieces, &best))
    }
}

/// The number of the highest score, and its share (softmax).
fn most_probable(scores: &[f32]) -> (usize, f32) {
    let best = scores.iter().copied().enumerate().max_by(|one, other| one.1.total_cmp(&other.1));
    let (number, highest) = best.unwrap_or((0, 0.0));
    let all: f32 = scores.iter().map(|score| (score - highest).exp()).sum();
    (number, 1.0 / all)
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
