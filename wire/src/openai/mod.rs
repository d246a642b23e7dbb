//! The bodies of OpenAI's API: chat completions, responses, completions, embeddings, images.
//!
//! It does not know Anthropic's.

pub(crate) mod chat;
pub(crate) mod chat_stream;
pub(crate) mod completions;
pub(crate) mod embeddings;
mod items;
mod parts;
pub(crate) mod responses;
pub(crate) mod responses_stream;
