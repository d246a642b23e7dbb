//! A small model of our own: how likely a text is an attack, or has one in it.
//!
//! ```text
//! text → features of each unit → evidence for four classes → pooled over the text → probability
//! ```
//!
//! `bench classifier` trains it; its card is `inspect/models/attack.md`. It adds a sign to those
//! that are found by rules, and decides nothing.

mod features;
mod lexicon;
mod model;
mod pool;

use std::sync::LazyLock;

pub use features::{BUCKET_BITS, Sink, read, word_key};
pub use lexicon::{Classes, LEXICON_MAGIC, Lexicon, OWN_CLASS};
pub use model::{HIDDEN, Judge, MAGIC, Model, NUMBERS, Network, SIDES, Side, WEIGHTS};
pub use pool::{CLASSES, Evidence, POOLED, Pool};

/// The name of the sign.
pub(crate) const NAME: &str = "classifier";

/// The model that is a part of the program.
#[expect(clippy::expect_used, reason = "the model is a constant, and a test reads it")]
pub fn built_in() -> &'static Model {
    static MODEL: LazyLock<Model> = LazyLock::new(|| {
        Model::read(include_bytes!("../../../models/attack.bin")).expect("the model is valid")
    });
    &MODEL
}
