//! What an operator's own model says of a text: a seam for classifiers of attacks beside the one
//! that is built in, and one of ONNX models.
//!
//! ```text
//! text → pieces → windows → model → scores of the labels → how likely an attack → the highest
//! ```

mod asked;
mod settings;
mod verdicts;

#[cfg(feature = "onnx")]
mod labels;
#[cfg(feature = "onnx")]
mod onnx;

use super::ClassifierFailed;

pub(crate) use asked::{AskedOfTexts, Asking};
pub use settings::SequenceClassifierSettings;

#[cfg(feature = "onnx")]
pub use onnx::OnnxSequenceClassifier;

/// Says of a text by a model whether it is an attack. It is asked from many threads.
pub trait SequenceClassifier: Send + Sync {
    /// How likely `text`, all of it, is an attack or has one in it, from 0 to 1.
    ///
    /// # Errors
    /// When the model fails, so that it says nothing of the text.
    fn probability(&self, text: &str) -> Result<f32, ClassifierFailed>;
}
