//! Why a classifier could not be loaded. Names files, labels and shapes.

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
    /// The model cannot be run.
    #[error("could not run the model of the classifier")]
    Run(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The model does not take pieces, or does not give scores of them.
    #[error(
        "the classifier's model does not take input_ids of the shape [1, n] and give scores of the \
         shape {scores}, with the labels of config.json"
    )]
    Shape {
        /// The shape that its scores should have.
        scores: &'static str,
    },
    /// The vocabulary is of a kind that is not known.
    #[error("tokenizer.json of the classifier is neither of WordPiece nor of Unigram")]
    Tokenizer,
    /// The labels are missing.
    #[error("config.json of the classifier has no id2label, numbered from 0")]
    Labels,
    /// A label that was named is none of the model's.
    #[error("{label} is no label of the classifier, which has {known}")]
    NoLabel {
        /// What was named.
        label: String,
        /// The model's labels.
        known: String,
    },
    /// Nothing says which labels mean an attack.
    #[error("of the classifier's labels {known} some must mean an attack, and some must not")]
    Undecided {
        /// The model's labels.
        known: String,
    },
    /// A window is longer than what the model takes.
    #[error("the classifier's model takes {most} pieces at once, as config.json says")]
    Positions {
        /// How many it takes.
        most: usize,
    },
    /// Windows would leave pieces out, or not go on.
    #[error("is not between 1 and {most}, the pieces of a window without those at its ends")]
    Stride {
        /// How many there are.
        most: usize,
    },
}

impl ClassifierError {
    /// The setting to look at.
    pub(super) const fn setting(&self) -> &'static str {
        match self {
            Self::Read { .. } | Self::Large { .. } | Self::Tokenizer | Self::Labels => "folder",
            Self::Model(_) | Self::Run(_) | Self::Shape { .. } => "model",
            Self::NoLabel { .. } | Self::Undecided { .. } => "labels",
            Self::Positions { .. } => "window",
            Self::Stride { .. } => "stride",
        }
    }
}
