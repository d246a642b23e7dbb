//! Which operation a path stands for, and whose words its bodies use.
//!
//! It does not look into bodies.

use model::Kind;

/// Whose API it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// OpenAI's own.
    OpenAi,
    /// Anthropic's own.
    Anthropic,
    /// Another provider that speaks OpenAI's.
    OpenAiCompatible,
}

impl Dialect {
    /// The dialect called `name`; every name that is not known is taken for OpenAI's API.
    pub fn named(name: &str) -> Self {
        match name {
            "openai" => Self::OpenAi,
            "anthropic" => Self::Anthropic,
            _ => Self::OpenAiCompatible,
        }
    }

    /// The name in `source.dialect`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Anthropic => "anthropic",
            Self::OpenAiCompatible => "openai-compatible",
        }
    }

    /// `gen_ai.provider.name`, where the dialect says it.
    pub const fn provider(self) -> Option<&'static str> {
        match self {
            Self::OpenAi => Some("openai"),
            Self::Anthropic => Some("anthropic"),
            Self::OpenAiCompatible => None,
        }
    }
}

/// What a path is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// `/chat/completions`.
    Chat,
    /// `/responses`.
    Responses,
    /// `/completions`.
    Completions,
    /// `/embeddings`.
    Embeddings,
    /// `/messages` of Anthropic.
    Messages,
    /// Any other path, with a name for its operation.
    Other(&'static str),
}

/// Paths beside the five, by their end, and the operation's name.
const OTHERS: [(&str, &str); 11] = [
    ("/messages/count_tokens", "count_tokens"),
    ("/responses/input_tokens", "count_tokens"),
    ("/responses/compact", "compact"),
    ("/moderations", "moderation"),
    ("/images/generations", "image_generation"),
    ("/images/edits", "image_generation"),
    ("/audio/speech", "text_to_speech"),
    ("/audio/transcriptions", "speech_to_text"),
    ("/audio/translations", "speech_to_text"),
    ("/messages/batches", "batch"),
    ("/batches", "batch"),
];

impl Endpoint {
    /// The endpoint of `path`; its prefix and its query do not matter.
    pub fn of(path: &str) -> Self {
        let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
        let ends = |end: &str| path.ends_with(end);
        if ends("/chat/completions") {
            Self::Chat
        } else if ends("/completions") {
            Self::Completions
        } else if ends("/responses") {
            Self::Responses
        } else if ends("/embeddings") {
            Self::Embeddings
        } else if ends("/messages") {
            Self::Messages
        } else {
            let other = OTHERS.iter().find(|(end, _)| ends(end));
            Self::Other(other.map_or("other", |(_, operation)| operation))
        }
    }

    /// `gen_ai.operation.name`.
    pub const fn operation(self) -> &'static str {
        match self {
            Self::Chat | Self::Responses | Self::Messages => "chat",
            Self::Completions => "text_completion",
            Self::Embeddings => "embeddings",
            Self::Other(operation) => operation,
        }
    }

    /// What a record of it is: only calls that make a model answer are interactions.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Chat | Self::Responses | Self::Messages | Self::Completions => Kind::Interaction,
            Self::Embeddings => Kind::Embedding,
            Self::Other(_) => Kind::Exchange,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Endpoint;

    #[test]
    fn prefixes_and_queries_do_not_matter() {
        assert_eq!(Endpoint::of("/openai/v1/chat/completions?x=1"), Endpoint::Chat);
        assert_eq!(Endpoint::of("/up/local/completions/"), Endpoint::Completions);
        assert_eq!(Endpoint::of("/v1/responses"), Endpoint::Responses);
        assert_eq!(Endpoint::of("/anthropic/v1/messages"), Endpoint::Messages);
        assert_eq!(Endpoint::of("/v1/messages/count_tokens").operation(), "count_tokens");
        assert_eq!(Endpoint::of("/v1/chat/completions/chatcmpl-1"), Endpoint::Other("other"));
    }
}
