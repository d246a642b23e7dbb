//! Fire drills: harmless attacks through the real doors of a running server, and the alerts they
//! raise.
//!
//! ```text
//! library (drills/*.yml) → messages of a run → doors → acknowledged → alerts seen → sinks passed
//! ```
//!
//! Nothing is executed, and no model of a provider is asked unless the operator says so: only words
//! are told. Each run has names of its own, so that no alert of an earlier one stands for its own.

mod doors;
mod expected;
mod library;
mod messages;
mod otlp;
mod reference;
mod report;
mod run;
mod sinks;
mod watch;

pub(crate) use expected::Expected;
pub(crate) use library::{Drill, shipped};
pub(crate) use reference::reference;
pub(crate) use report::{Ending, Outcome, Report};
pub(crate) use run::{Proxy, Run};
