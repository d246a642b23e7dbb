//! The vocabulary of Plainsight: what a record is, who acted, what was found in it, and when.
//!
//! Names follow the OpenTelemetry semantic conventions (`gen_ai.*`, `user.id`, `session.id`,
//! `client.address`), so that whoever knows the conventions knows our fields.
//!
//! This crate does no I/O: no clock is read, no byte is written.

mod actor;
mod alert;
mod call;
mod content;
mod encoding;
mod event;
mod finding;
mod ids;
mod record;
mod sealed;
mod time;
mod visit;

pub use actor::{Actor, IdentifiedBy};
pub use alert::{Alert, RaisedBy, Severity};
pub use call::{Call, Exchange, Outcome, Usage};
pub use content::{Blob, Body, Direction, Modality, Origin, Role, Segment};
pub use encoding::{DecodeError, decode, encode};
pub use event::{Event, EventOutcome};
pub use finding::{Action, Finding, Inspection, Keyed, SealedOriginal, Signal};
pub use ids::{Fingerprint, SpanId, TenantId, TraceId};
pub use record::{Class, Door, Kind, Logged, Observation, Part, Record, Source, Status};
pub use sealed::Sealed;
pub use time::{Clock, ManualClock, SystemClock, Timestamp};
pub use visit::{Place, Visitor, visit, visit_value};
