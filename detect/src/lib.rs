//! Many records over time: Sigma 2.1 rules, correlations, alerts.
//!
//! Pure and replayable: event time only, no clock, no I/O. The same records and rules give the
//! same alerts, byte for byte. What it keeps is bounded, and what is forgotten depends on the
//! records alone.
//!
//! ```text
//! record → events (what rules see) → detections (Sigma) → correlations (windows) → alerts (counted)
//! ```

mod alerts;
mod bounded;
mod category;
mod correlation;
mod coverage;
mod engine;
mod events;
mod field;
pub mod import;
mod problem;
mod reference;
mod rules;
mod shipped;
mod sigma;
mod suppression;
pub mod testing;
mod texts;
mod value;

pub use category::Category;
pub use coverage::{Coverage, Covering, Peer, Row};
pub use engine::{Asked, Engine, Glance, Known};
pub use events::{Event, Events};
pub use field::{Field, Type, field};
pub use problem::{Problem, Weight};
pub use reference::reference;
pub use rules::{Dedup, Example, ForeignRules, Rule, RuleSet, Template};
pub use shipped::shipped;
pub use suppression::{Suppression, Verdict};
pub use value::Value;
