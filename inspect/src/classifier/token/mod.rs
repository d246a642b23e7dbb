//! What an operator's own model finds in a text: a seam for token classifiers, and one of ONNX
//! models.
//!
//! ```text
//! text → pieces with their places → windows → model → a label for each piece → entities
//! ```

mod asked;
mod passage;
mod settings;

#[cfg(feature = "onnx")]
mod labels;
#[cfg(feature = "onnx")]
mod onnx;

use std::ops::Range;

use super::ClassifierFailed;
use crate::Kind;

pub(crate) use asked::{Allowance, AskedOfTokens};
pub use settings::TokenClassifierSettings;

#[cfg(feature = "onnx")]
pub use onnx::OnnxTokenClassifier;

/// Finds sensitive values in a text by a model. It is asked from many threads.
pub trait TokenClassifier: Send + Sync {
    /// The sensitive values of `text`, all of it, in any order.
    ///
    /// # Errors
    /// When the model fails, so that nobody knows what is in the text.
    fn classify(&self, text: &str) -> Result<Vec<Entity>, ClassifierFailed>;
}

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
