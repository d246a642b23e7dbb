//! Providers of models, and what is built around them: inference, vectors, tracing.

use super::shape::Class::{Alphanumeric, Digit, Hex, Letter, LowerHex, UpperAlphanumeric, Url};
use super::shape::Part::{AtLeast, Between, Exactly, Text, Uuid};
use super::{Format, Service, key, service};

/// A key of OpenAI. All of them yet have `T3BlbkFJ` inside, "OpenAI" in base 64; nothing says that
/// all will, so one without it is still a key of a model.
const fn openai(prefix: &'static str) -> Format {
    key("openai-api-key", prefix, &[AtLeast(Url, 40)]).marked(b"T3BlbkFJ", "model-api-key")
}

/// Keys with a prefix or a mark inside. For the sources see the parent module.
pub(super) static FORMATS: &[Format] = &[
    openai("sk-proj-"),
    openai("sk-svcacct-"),
    openai("sk-admin-"),
    openai("sk-None-"),
    key(
        "openai-api-key",
        "sk-",
        &[Exactly(Alphanumeric, 20), Text("T3BlbkFJ"), Exactly(Alphanumeric, 20)],
    ),
    key("anthropic-api-key", "sk-ant-api03-", &[Exactly(Url, 93), Text("AA")]),
    key("anthropic-admin-api-key", "sk-ant-admin01-", &[Exactly(Url, 93), Text("AA")]),
    key("anthropic-oauth-token", "sk-ant-oat01-", &[Between(Url, 80, 120)]),
    key("anthropic-refresh-token", "sk-ant-ort01-", &[Between(Url, 80, 120)]),
    key("anthropic-session-key", "sk-ant-sid01-", &[Between(Url, 80, 120)]),
    key("openrouter-api-key", "sk-or-v1-", &[Exactly(LowerHex, 64)]),
    key("helicone-api-key", "sk-helicone-", &[Between(Url, 27, 40)]),
    key("langfuse-secret-key", "sk-lf-", &[Uuid]),
    key("langfuse-public-key", "pk-lf-", &[Uuid]),
    // DeepSeek, Moonshot, Stability and others share this form.
    key("model-api-key", "sk-", &[Exactly(LowerHex, 32)]),
    key("model-api-key", "sk-", &[Exactly(Alphanumeric, 48)]),
    key("huggingface-access-token", "hf_", &[Exactly(Alphanumeric, 34)]),
    key("huggingface-organization-api-token", "api_org_", &[Exactly(Letter, 34)]),
    key("groq-api-key", "gsk_", &[Exactly(Alphanumeric, 52)]),
    key("xai-api-key", "xai-", &[Exactly(Alphanumeric, 80)]),
    key("replicate-api-token", "r8_", &[Exactly(Alphanumeric, 37)]),
    key("perplexity-api-key", "pplx-", &[Exactly(Alphanumeric, 48)]),
    key("nvidia-api-key", "nvapi-", &[Between(Url, 60, 70)]),
    key("fireworks-api-key", "fw_", &[Between(Alphanumeric, 22, 24)]),
    key("tavily-api-key", "tvly-dev-", &[Exactly(Alphanumeric, 32)]),
    key("tavily-api-key", "tvly-", &[Exactly(Alphanumeric, 32)]),
    key("cerebras-api-key", "csk-", &[Exactly(Alphanumeric, 48)]),
    key("voyage-api-key", "pa-", &[Exactly(Url, 43)]),
    key("jina-api-key", "jina_", &[Exactly(LowerHex, 32), Exactly(Url, 28)]),
    key("together-api-key", "tgp_v1_", &[Exactly(Url, 43)]),
    key("firecrawl-api-key", "fc-", &[Exactly(LowerHex, 32)]),
    key("runpod-api-key", "rpa_", &[Between(UpperAlphanumeric, 40, 50)]),
    key("anyscale-api-key", "esecret_", &[Between(Alphanumeric, 20, 40)]),
    key("llamacloud-api-key", "llx-", &[Exactly(Alphanumeric, 48)]),
    key("elevenlabs-api-key", "sk_", &[Exactly(LowerHex, 48)]),
    key(
        "pinecone-api-key",
        "pcsk_",
        &[Between(Alphanumeric, 5, 6), Text("_"), Exactly(Alphanumeric, 63)],
    ),
    key("wandb-api-key", "wandb_v1_", &[Between(Url, 60, 100)]),
    key(
        "langsmith-api-key",
        "lsv2_pt_",
        &[Exactly(LowerHex, 32), Text("_"), Exactly(LowerHex, 10)],
    ),
    key(
        "langsmith-api-key",
        "lsv2_sk_",
        &[Exactly(LowerHex, 32), Text("_"), Exactly(LowerHex, 10)],
    ),
    key("kaggle-api-token", "KGAT_", &[Exactly(LowerHex, 32)]),
];

/// Keys without a prefix.
pub(super) static SERVICES: &[Service] = &[
    service(&["cohere"], &[("cohere-api-token", &[Exactly(Alphanumeric, 40)])]),
    service(&["co_api_key"], &[("cohere-api-token", &[Exactly(Alphanumeric, 40)])]).says_secret(),
    service(&["mistral"], &[("mistral-api-key", &[Exactly(Alphanumeric, 32)])]),
    service(&["deepgram"], &[("deepgram-api-key", &[Exactly(Hex, 40)])]),
    service(&["assemblyai"], &[("assemblyai-api-key", &[Exactly(Hex, 32)])]),
    service(&["together"], &[("together-api-key", &[Exactly(Hex, 64)])]),
    service(&["wandb"], &[("wandb-api-key", &[Exactly(Hex, 40)])]),
    service(&["clarifai"], &[("clarifai-api-key", &[Exactly(Hex, 32)])]),
    service(&["serpapi"], &[("serpapi-api-key", &[Exactly(Hex, 64)])]),
    service(
        &["privateai", "private-ai", "private_ai"],
        &[("privateai-api-token", &[Exactly(Alphanumeric, 32)])],
    ),
    service(
        &["zhipu", "bigmodel"],
        &[("zhipu-api-key", &[Exactly(Hex, 32), Text("."), Exactly(Alphanumeric, 16)])],
    ),
    service(
        &["baseten"],
        &[("baseten-api-key", &[Exactly(Alphanumeric, 8), Text("."), Exactly(Alphanumeric, 32)])],
    ),
    service(&["fal_key", "fal-key"], &[("fal-api-key", &[Uuid, Text(":"), Exactly(Hex, 32)])])
        .says_secret(),
    service(
        &["scale_api", "scaleapi"],
        &[("scale-api-key", &[Text("live_"), Exactly(LowerHex, 32)])],
    ),
    service(&["comet"], &[("comet-api-key", &[Exactly(Alphanumeric, 25)])]),
    service(&["stability"], &[("stability-api-key", &[Exactly(Alphanumeric, 48)])]),
    service(&["exa_api", "exa-api"], &[("exa-api-key", &[Uuid])]),
    service(&["watson"], &[("watson-api-key", &[Exactly(Url, 44)])]),
    service(&["baidu", "qianfan"], &[("baidu-api-key", &[Exactly(Alphanumeric, 24)])]),
    service(&["roboflow"], &[("roboflow-api-key", &[Exactly(Alphanumeric, 20)])]),
    service(&["volcengine"], &[("volcengine-access-key", &[Text("AKLT"), Exactly(Url, 44)])]),
    service(&["iflytek", "xfyun"], &[("iflytek-app-id", &[Exactly(Digit, 8)])]),
];
