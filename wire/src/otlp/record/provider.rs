//! One name per provider (`gen_ai.provider.name`), whatever a dialect calls it.
//!
//! A name that is not known stays as it is.

/// The names of the convention, and what else they are called, in lower case.
const ALIASES: &[(&str, &[&str])] = &[
    (
        "openai",
        &["openai", "openai.chat", "openai.responses", "openai.completion", "openai.embedding"],
    ),
    ("anthropic", &["anthropic", "anthropic.messages"]),
    ("aws.bedrock", &["aws", "bedrock", "aws_bedrock", "amazon-bedrock", "amazon_bedrock"]),
    ("azure.ai.openai", &["az.ai.openai", "azure", "azure_openai", "azure-openai", "azure.chat"]),
    ("azure.ai.inference", &["az.ai.inference", "azure_ai"]),
    ("cohere", &["cohere", "cohere.chat"]),
    ("deepseek", &["deepseek", "deepseek.chat"]),
    ("gcp.gemini", &["gemini", "google", "google.generative-ai", "google_genai", "google-gla"]),
    ("gcp.gen_ai", &["gcp.gen_ai"]),
    ("gcp.vertex_ai", &["vertex_ai", "vertexai", "vertex", "google.vertex", "google.vertex.chat"]),
    ("groq", &["groq", "groq.chat"]),
    ("ibm.watsonx.ai", &["watsonx", "ibm.watsonx", "ibm"]),
    ("mistral_ai", &["mistral", "mistralai", "mistral.chat"]),
    ("moonshot_ai", &["moonshot", "moonshotai"]),
    ("perplexity", &["perplexity", "perplexity.chat"]),
    ("x_ai", &["xai", "xai.chat", "x.ai"]),
];

/// The convention's name of a provider.
pub(crate) fn provider(name: String) -> String {
    let lower = name.to_ascii_lowercase();
    let known =
        ALIASES.iter().find(|(known, aliases)| lower == *known || aliases.contains(&&*lower));
    known.map_or(name, |(known, _)| (*known).to_owned())
}

#[cfg(test)]
mod tests {
    use super::provider;

    #[test]
    fn aliases_are_one_name() {
        for alias in ["OpenAI", "openai", "openai.chat"] {
            assert_eq!(provider(alias.into()), "openai");
        }
        assert_eq!(provider("az.ai.openai".into()), "azure.ai.openai");
        assert_eq!(provider("Local Llama".into()), "Local Llama");
    }
}
