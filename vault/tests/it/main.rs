//! What the vault promises.

mod erasure;
mod pseudonyms;
mod sealing;
mod secrecy;
