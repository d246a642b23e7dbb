//! A sequence classifier in ONNX, as `transformers` exports it: it gives one score for each label,
//! `[1, labels]`.

use std::sync::{Arc, OnceLock};
use std::thread::available_parallelism;

use rten::ThreadPool;

use super::labels::AttackLabels;
use super::{SequenceClassifier, SequenceClassifierSettings};
use crate::classifier::folder::{Config, Folder};
use crate::classifier::onnx::OnnxModel;
use crate::classifier::pieces::Pieces;
use crate::classifier::window::spans;
use crate::classifier::{ClassifierError, ClassifierFailed};

/// The pieces of a window where nothing is set: what most models were trained on.
const WINDOW: usize = 512;
/// Of those, the ones that a text begins and ends with.
const ENDS: usize = 2;

/// A classifier of attacks of an operator.
pub struct OnnxSequenceClassifier {
    model: OnnxModel,
    pieces: Pieces,
    labels: AttackLabels,
    windows: Windows,
    /// What runs the model: half of the cores, and begun by whoever asks first, so that on Linux its
    /// threads are as nice as that one is. Those that models share would be as nice as recording.
    threads: OnceLock<Arc<ThreadPool>>,
}

/// How a text is cut that has more pieces than the model takes.
struct Windows {
    /// Pieces of a window, without those at its ends.
    length: usize,
    /// From the beginning of one to that of the next.
    stride: usize,
}

impl OnnxSequenceClassifier {
    /// Loads the classifier that `settings` name, and tries it.
    ///
    /// # Errors
    /// When a file is missing, or is not what it should be, or a setting does not fit the model.
    pub fn load(settings: &SequenceClassifierSettings) -> Result<Self, ClassifierError> {
        Self::of(Folder::read(&settings.folder, &settings.model)?, settings)
    }

    pub(super) fn of(
        folder: Folder,
        settings: &SequenceClassifierSettings,
    ) -> Result<Self, ClassifierError> {
        let (pieces, config) = (folder.pieces()?, folder.config()?);
        let labels = AttackLabels::new(&names(&config)?, &settings.labels)?;
        let windows = Windows::of(settings, config.positions())?;
        let model = OnnxModel::load(folder.model, "[1, labels]")?;
        let threads = OnceLock::new();
        let classifier = Self { model, pieces, labels, windows, threads };
        // Of no pieces, but for those at the ends.
        classifier.share(&[], None)?;
        Ok(classifier)
    }

    /// How likely an attack is in these pieces; not a number where a score is none.
    fn share(
        &self,
        pieces: &[i32],
        threads: Option<Arc<ThreadPool>>,
    ) -> Result<f32, ClassifierError> {
        let ids = pieces.iter().copied();
        let (shape, scores) = self.model.scores(ids, &self.pieces, threads)?;
        if shape != [1, self.labels.len()] {
            return Err(self.model.other_shape());
        }
        Ok(self.labels.share(&scores))
    }
}

impl SequenceClassifier for OnnxSequenceClassifier {
    fn probability(&self, text: &str) -> Result<f32, ClassifierFailed> {
        let pieces = self.pieces.ids(text);
        let threads = self.threads.get_or_init(begin_threads);
        let mut highest = 0.0_f32;
        for span in spans(pieces.len(), self.windows.length, self.windows.stride) {
            let seen = pieces.get(span).unwrap_or_default();
            let share = self.share(seen, Some(Arc::clone(threads)));
            let share = share.ok().filter(|share| share.is_finite());
            highest = highest.max(share.ok_or(ClassifierFailed)?);
        }
        Ok(highest)
    }
}

fn begin_threads() -> Arc<ThreadPool> {
    let cores = available_parallelism().map_or(1, usize::from);
    Arc::new(ThreadPool::with_num_threads(cores.div_ceil(2)))
}

/// The names of a model's labels. One that tells of none has the two that `transformers` gives.
fn names(config: &Config) -> Result<Vec<String>, ClassifierError> {
    if config.is_without_labels() {
        return Ok(["LABEL_0", "LABEL_1"].map(str::to_owned).to_vec());
    }
    config.labels().ok_or(ClassifierError::Labels)
}

impl Windows {
    /// What `settings` say, of a model that takes so many pieces at once.
    fn of(
        settings: &SequenceClassifierSettings,
        positions: Option<usize>,
    ) -> Result<Self, ClassifierError> {
        let most = positions.unwrap_or(usize::MAX).max(ENDS + 1);
        let window = settings.window.unwrap_or(WINDOW.min(most));
        if window > most {
            return Err(ClassifierError::Positions { most });
        }
        let length = window.saturating_sub(ENDS).max(1);
        let stride = settings.stride.unwrap_or((length - length / 4).max(1));
        if !(1..=length).contains(&stride) {
            return Err(ClassifierError::Stride { most: length });
        }
        Ok(Self { length, stride })
    }
}
