//! Who is behind a request: the person, the session, the tenant, the key, the client's address.
//!
//! Values leave here as received; the recorder makes pseudonyms and fingerprints of them. Nothing
//! here refuses a request: an unknown person is recorded as one.

mod client_address;
mod config;
mod credentials;
mod key_source;
mod keys;
mod resolver;
mod token;

pub use client_address::parse_forwarded;
pub use config::{Algorithm, Config, ForwardedHeader, HeaderNames, JwtConfig};
pub use key_source::KeySourceError;
pub(crate) use key_source::is_guarded;
pub use keys::{KeySet, KeySetError};
pub use resolver::{Identified, RequestFields, Resolver};
pub use token::Invalid;
pub(crate) use token::claims_of;
