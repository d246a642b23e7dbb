//! What is sensitive in one record, and taking it out; and first signs of an attack.
//!
//! ```text
//! text → detect (anchors → candidate → structure and checksum) → matches → redact
//! record → every string, key and number → text, JSON in text, encoded text → findings
//! ```
//!
//! Pure: values in, values out. It keeps nothing, knows no key, and decides nothing over time.

mod kind;
mod policy;

mod detect;
mod matched;
mod needle;

mod redact;
mod sensitive_key;

mod layers;
mod record;

mod attack;
mod inspector;
mod scan;

pub use inspector::{Inspected, Inspector};
pub use kind::Kind;
pub use policy::{Policy, PolicyError};
pub use scan::{Attack, Scan, Sensitive, Verdict};
