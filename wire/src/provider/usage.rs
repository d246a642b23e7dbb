//! Token counts, as each provider writes them, in OpenTelemetry's sense: input includes what came
//! from a cache, output includes reasoning.
//!
//! It does not count tokens itself.

use model::Usage;
use serde_json::Value;

/// Reads the `usage` object of any provider.
pub(crate) fn usage_of(usage: &Value) -> Usage {
    let cache_read = number(usage, &["cache_read_input_tokens"]);
    let cache_write = number(usage, &["cache_creation_input_tokens"]);
    let input = number(usage, &["prompt_tokens"]).or_else(|| number(usage, &["input_tokens"]));
    // Anthropic counts the cached tokens apart from `input_tokens`.
    let input = input.map(|input| {
        input.saturating_add(cache_read.unwrap_or(0)).saturating_add(cache_write.unwrap_or(0))
    });
    let detail = |part: &str, name: &str| number(usage, &[part, name]);
    Usage {
        input_tokens: input,
        output_tokens: number(usage, &["completion_tokens"])
            .or_else(|| number(usage, &["output_tokens"])),
        cache_read_tokens: cache_read
            .or_else(|| detail("prompt_tokens_details", "cached_tokens"))
            .or_else(|| detail("input_tokens_details", "cached_tokens")),
        cache_write_tokens: cache_write
            .or_else(|| detail("prompt_tokens_details", "cache_write_tokens"))
            .or_else(|| detail("input_tokens_details", "cache_write_tokens")),
        reasoning_tokens: detail("completion_tokens_details", "reasoning_tokens")
            .or_else(|| detail("output_tokens_details", "reasoning_tokens"))
            .or_else(|| detail("output_tokens_details", "thinking_tokens")),
    }
}

/// A count. Some gateways write them as floats.
fn number(value: &Value, path: &[&str]) -> Option<u64> {
    let value = path.iter().try_fold(value, |value, name| value.get(name))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked before")]
    let from_float = |float: f64| (0.0..1e15).contains(&float).then_some(float as u64);
    value.as_u64().or_else(|| value.as_f64().and_then(from_float))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::usage_of;

    #[test]
    fn input_includes_what_was_cached() {
        let usage = usage_of(&json!({
            "input_tokens": 10, "cache_read_input_tokens": 100, "cache_creation_input_tokens": 5,
            "output_tokens": 7,
        }));
        assert_eq!((usage.input_tokens, usage.cache_read_tokens), (Some(115), Some(100)));
        let usage = usage_of(&json!({
            "prompt_tokens": 115, "completion_tokens": 7.0,
            "prompt_tokens_details": {"cached_tokens": 100},
        }));
        assert_eq!((usage.input_tokens, usage.cache_read_tokens), (Some(115), Some(100)));
        assert_eq!(usage.output_tokens, Some(7));
    }
}
