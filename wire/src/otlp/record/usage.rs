//! Token counts, from attributes and from the usage objects of providers.
//!
//! Totals are not kept: they are the sum of what is.

use model::Usage;
use serde_json::Value;

use super::super::attribute::{Field, Sorted};

/// Takes the token counts out of the attributes.
pub(crate) fn usage(attributes: &mut Sorted) -> Usage {
    let mut usage = Usage {
        input_tokens: attributes.count(Field::InputTokens),
        output_tokens: attributes.count(Field::OutputTokens),
        cache_read_tokens: attributes.count(Field::CacheReadTokens),
        cache_write_tokens: attributes.count(Field::CacheWriteTokens),
        reasoning_tokens: attributes.count(Field::ReasoningTokens),
    };
    if let Some(details) = attributes.object(Field::UsageDetails) {
        fill(&mut usage, &Value::Object(details));
    }
    let sum = usage.input_tokens.unwrap_or(0) + usage.output_tokens.unwrap_or(0);
    if let Some(named) = attributes.take(Field::TotalTokens)
        && named.value != super::super::attribute::Any::IntValue(i64::try_from(sum).unwrap_or(-1))
    {
        attributes.put_back(named.name, named.value);
    }
    usage
}

/// Fills gaps from a usage object: OpenAI (both APIs), Anthropic, Google, Vercel, Langfuse.
pub(crate) fn fill(usage: &mut Usage, object: &Value) {
    let at = |path: &str| match path.split_once('/') {
        Some((outer, inner)) => object.get(outer)?.get(inner)?.as_u64(),
        None => object.get(path)?.as_u64(),
    };
    let count = |paths: &[&str]| paths.iter().find_map(|path| at(path));
    let gap = |field: &mut Option<u64>, paths: &[&str]| *field = field.or_else(|| count(paths));
    gap(
        &mut usage.input_tokens,
        &[
            "input_tokens",
            "prompt_tokens",
            "inputTokens",
            "promptTokens",
            "input",
            "promptTokenCount",
            "prompt_token_count",
        ],
    );
    gap(
        &mut usage.output_tokens,
        &[
            "output_tokens",
            "completion_tokens",
            "outputTokens",
            "completionTokens",
            "output",
            "candidatesTokenCount",
            "candidates_token_count",
        ],
    );
    gap(
        &mut usage.cache_read_tokens,
        &[
            "prompt_tokens_details/cached_tokens",
            "input_tokens_details/cached_tokens",
            "cache_read_input_tokens",
            "cachedInputTokens",
            "input_cached_tokens",
            "cachedContentTokenCount",
        ],
    );
    gap(&mut usage.cache_write_tokens, &["cache_creation_input_tokens", "input_cache_creation"]);
    gap(
        &mut usage.reasoning_tokens,
        &[
            "completion_tokens_details/reasoning_tokens",
            "output_tokens_details/reasoning_tokens",
            "reasoningTokens",
            "output_reasoning_tokens",
            "thoughtsTokenCount",
        ],
    );
}
