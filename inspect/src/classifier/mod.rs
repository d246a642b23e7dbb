//! What an operator's own model finds: a seam for token classifiers, and one of ONNX models.
//!
//! ```text
//! text → pieces with their places → windows → model → a label for each piece → entities
//! ```
//!
//! The detectors need no model. A classifier adds to what they find; it takes nothing away.

mod asked;
mod passage;
mod settings;

#[cfg(feature = "onnx")]
mod labels;
#[cfg(feature = "onnx")]
mod onnx;
#[cfg(feature = "onnx")]
mod pieces;
#[cfg(feature = "onnx")]
mod unigram;
#[cfg(feature = "onnx")]
mod window;
#[cfg(feature = "onnx")]
mod word_piece;

use std::ops::Range;

use crate::Kind;

pub(crate) use asked::{Allowance, Asked};
pub use settings::ClassifierSettings;

#[cfg(feature = "onnx")]
pub use onnx::{ClassifierError, OnnxClassifier};

/// Finds sensitive values in a text by a model. It is asked from many threads.
pub trait Classifier: Send + Sync {
    /// The sensitive values of `text`, all of it, in any order.
    ///
    /// # Errors
    /// When the model fails, so that nobody knows what is in the text.
    fn classify(&self, text: &str) -> Result<Vec<Entity>, ClassifierFailed>;
}

/// A classifier could not look at a text. Says nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the classifier failed")]
pub struct ClassifierFailed;

/// A value that a classifier finds.
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    /// What it is.
    pub kind: Kind,
    /// Where it is: bytes of the text, on character boundaries.
    pub range: Range<usize>,
    /// How sure the classifier is, from 0 to 1.
    pub confidence: f32,
}
