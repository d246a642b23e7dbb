//! What is sensitive in one record, and taking it out; and first signs of an attack.
//!
//! ```text
//! text → words (one pass) → detect (candidate → structure and checksum) → matches → redact
//! record → every string, key and number → text, JSON in text, encoded text → findings
//! ```
//!
//! Pure: values in, values out. It keeps nothing, knows no key, and decides nothing over time.

mod kind;
mod known;
mod policy;

mod check_digit;
mod class;
mod classifier;
mod custom;
mod detect;
mod matched;
mod name;
mod needle;
mod places;
mod rarity;
mod vocabulary;

mod redact;
mod sensitive_key;

mod view;

mod layers;

mod finder;
mod incomplete;
mod join;
mod record;
mod stream;

mod attack;
mod explain;
mod inspector;
mod judge;
mod scan;
mod standing;

pub mod attack_model {
    //! The classifier of attacks: what it sees of a text, and its form; for training it.
    pub use crate::attack::classifier::{
        BUCKET_BITS, CLASSES, Classes, Evidence, HIDDEN, Judge, LEXICON_MAGIC, Lexicon, MAGIC,
        Model, NUMBERS, Network, OWN_CLASS, POOLED, Pool, SIDES, Side, Sink, WEIGHTS, built_in,
        read, word_key,
    };
    pub use crate::attack::suffix::{NEIGHBOURS, neighbours};
}
#[cfg(feature = "onnx")]
pub use classifier::{ClassifierError, OnnxSequenceClassifier, OnnxTokenClassifier};
pub use classifier::{
    ClassifierFailed, Entity, SequenceClassifier, SequenceClassifierSettings, TokenClassifier,
    TokenClassifierSettings,
};
pub use custom::DetectorSettings;
pub use explain::{Explained, ExplainedFinding};
pub use incomplete::Incomplete;
pub use inspector::{Inspected, Inspector};
pub use judge::{Judgement, Judges};
pub use kind::Kind;
pub use policy::{Allowed, Destination, Policy, PolicyError, ReadFile, Rules, TenantRules, View};
pub use scan::{Attack, NotInspected, Scan, Sensitive, Stream, Verdict};
