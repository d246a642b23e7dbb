//! Models that an operator brings: seams for two kinds of classifiers, and both as ONNX models.
//!
//! ```text
//! text → pieces → windows → model ─┬─ token:    a label for each piece → sensitive values
//!                                  └─ sequence: a label for the text   → how likely an attack
//! ```
//!
//! Neither is needed. A classifier adds to what is found without it; it takes nothing away.

mod sequence;
mod settings;
mod token;

#[cfg(feature = "onnx")]
mod error;
#[cfg(feature = "onnx")]
mod folder;
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

use std::panic::{AssertUnwindSafe, catch_unwind};

#[cfg(feature = "onnx")]
pub use error::ClassifierError;
#[cfg(feature = "onnx")]
pub use sequence::OnnxSequenceClassifier;
pub(crate) use sequence::{AskedOfTexts, Asking};
pub use sequence::{SequenceClassifier, SequenceClassifierSettings};
#[cfg(feature = "onnx")]
pub use token::OnnxTokenClassifier;
pub(crate) use token::{Allowance, AskedOfTokens};
pub use token::{Entity, TokenClassifier, TokenClassifierSettings};

/// A classifier could not look at a text. Says nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the classifier failed")]
pub struct ClassifierFailed;

/// What a classifier says. It is not our code: one that panics has failed like any other.
fn answer<T>(ask: impl FnOnce() -> Result<T, ClassifierFailed>) -> Result<T, ClassifierFailed> {
    catch_unwind(AssertUnwindSafe(ask)).unwrap_or(Err(ClassifierFailed))
}
