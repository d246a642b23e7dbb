//! A token classifier in ONNX, as `transformers` exports it: it gives one score for each piece and
//! label, `[1, n, labels]`.

use std::path::Path;

use super::labels::Labels;
use super::{Entity, TokenClassifier};
use crate::classifier::folder::Folder;
use crate::classifier::onnx::OnnxModel;
use crate::classifier::pieces::{Piece, Pieces};
use crate::classifier::window::windows;
use crate::classifier::{ClassifierError, ClassifierFailed};

/// A token classifier of an operator.
pub struct OnnxTokenClassifier {
    model: OnnxModel,
    pieces: Pieces,
    labels: Labels,
}

impl OnnxTokenClassifier {
    /// Loads the classifier in `folder`, with the model in its file `model`, and tries it.
    ///
    /// # Errors
    /// When a file is missing, or is not what it should be.
    pub fn load(folder: &Path, model: &Path) -> Result<Self, ClassifierError> {
        let folder = Folder::read(folder, model)?;
        let (pieces, labels) = (folder.pieces()?, folder.config()?.labels());
        let labels = Labels::new(&labels.ok_or(ClassifierError::Labels)?);
        let classifier =
            Self { model: OnnxModel::load(folder.model, "[1, n, labels]")?, pieces, labels };
        // Of no pieces, but for those at the ends.
        classifier.best(&[])?;
        Ok(classifier)
    }

    /// The best label of each of these pieces, with its probability.
    fn best(&self, pieces: &[Piece]) -> Result<Vec<(usize, f32)>, ClassifierError> {
        let ids = pieces.iter().map(|piece| piece.id);
        let (shape, scores) = self.model.scores(ids, &self.pieces, None)?;
        if shape != [1, pieces.len() + 2, self.labels.len()] {
            return Err(self.model.other_shape());
        }
        let rows = scores.chunks(self.labels.len()).skip(1).take(pieces.len());
        Ok(rows.map(most_probable).collect())
    }
}

impl TokenClassifier for OnnxTokenClassifier {
    fn classify(&self, text: &str) -> Result<Vec<Entity>, ClassifierFailed> {
        let pieces = self.pieces.of(text);
        let mut best = Vec::with_capacity(pieces.len());
        for window in windows(pieces.len()) {
            let seen = pieces.get(window.seen.clone()).unwrap_or_default();
            let labels = self.best(seen).map_err(|_| ClassifierFailed)?;
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
