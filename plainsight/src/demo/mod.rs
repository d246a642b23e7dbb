//! A simulated company on a built-in fake model, sent through the real doors of a real server.
//!
//! Everything a newcomer sees is recorded, redacted, signed and indexed as real traffic would be;
//! only the people, the model and the tools are made up, and the screen says so.

mod company;
mod fake_model;
mod traffic;

pub(crate) use fake_model::FakeModel;
pub(crate) use traffic::Traffic;
