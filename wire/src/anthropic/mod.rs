//! The bodies of Anthropic's API: messages, and what shares their form.
//!
//! It does not know OpenAI's.

mod blocks;
pub(crate) mod messages;
pub(crate) mod stream;
