//! What the vault promises.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod erasure;
mod opening;
mod pseudonyms;
mod rotation;
mod sealing;
mod secrecy;
