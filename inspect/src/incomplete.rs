//! Why a text was not looked at as a whole. Names a detector, never what it looked at.

use crate::classifier::ClassifierFailed;
use crate::layers::Exceeded;

/// Why a text was not looked at as a whole. Nothing of such a text is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Incomplete {
    /// More layers than one text may cost.
    #[error("there are more layers in the text than its length allows")]
    Layers,
    /// Values that show only once others are taken out, again and again.
    #[error("values of the text hide one another more often than it is looked at again")]
    Hidden,
    /// A value that is not followed to its end.
    #[error("a value of the text is longer than values are followed")]
    Long,
    /// A detector of the operator, by its name, met a bound of its own.
    #[error("the detector {0} met a bound: it did not look at all of the text")]
    Detector(&'static str),
    /// The operator's classifier could not look at it.
    #[error("the classifier failed")]
    Classifier,
}

impl From<Exceeded> for Incomplete {
    fn from(_: Exceeded) -> Self {
        Self::Layers
    }
}

impl From<ClassifierFailed> for Incomplete {
    fn from(_: ClassifierFailed) -> Self {
        Self::Classifier
    }
}
