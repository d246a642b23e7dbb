//! Messages in the shapes that dialects use, read into segments.
//!
//! One reader takes them all: the OpenTelemetry message schema (`parts`), OpenAI chat and
//! responses, Anthropic blocks, Vercel parts, Google contents, and what flattened attributes give
//! when they are put together again. Which attribute holds messages is not known here.

mod attachment;
mod conversation;
mod envelope;
mod part;
mod reader;

pub(crate) use conversation::Conversation;
pub(crate) use envelope::{Facts, read, tool_definitions};
pub(crate) use part::documents;
pub(crate) use reader::{message, tool_value};
