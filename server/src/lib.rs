//! Sockets: the doors in, the recording proxy, the API; and the place where the floors are wired
//! together ([`Server::start`]).

// The assembly.
mod serve;

pub mod config;
mod listen;
mod tls;
mod welcome;

// Who it is.
pub mod access;
pub mod identity;
pub mod people;

// Doors in.
mod budget;
pub mod events;
pub mod import;
pub mod otlp;
pub mod proxy;
mod refusal;
mod request_body;

// Keep.
mod compute;
mod engine;
mod indexer;
mod lock;
mod losses;
mod pace;
pub mod record;
pub mod recorder;
pub mod rotation;
pub mod unseal;
mod wording;

// Detect.
pub mod detector;
pub mod judgement;

// Deliver.
pub mod delivery;

// Show.
pub mod api;
#[cfg(feature = "console")]
pub mod console;
mod endpoint;
pub mod metrics;

pub use budget::Budget;
pub use endpoint::Endpoint;
pub use engine::{Engine, EngineError, Layout};
pub use lock::{Lock, LockError};
pub use serve::{ServeError, Server};
