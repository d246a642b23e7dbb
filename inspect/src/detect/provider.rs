//! API keys and tokens by their provider's published form: a prefix, an alphabet, a length.

use super::bytes::{before, run};
use crate::matched::Match;

/// The form of a provider's key.
pub(super) struct Format {
    pub(super) subtype: &'static str,
    pub(super) prefix: &'static str,
    alphabet: Alphabet,
    /// Characters after the prefix, at least and at most.
    length: (usize, usize),
}

/// The characters after a prefix.
#[derive(Clone, Copy)]
enum Alphabet {
    Hex,
    UpperAlphanumeric,
    LowerAlphanumeric,
    Alphanumeric,
    /// With `-` and `_`.
    Url,
    /// With `-`, `_` and `.`.
    Dotted,
    /// With `+`, `/` and `=`.
    Base64,
    /// A path of a URL.
    Path,
}

impl Alphabet {
    fn has(self, byte: u8) -> bool {
        match self {
            Self::Hex => byte.is_ascii_hexdigit(),
            Self::UpperAlphanumeric => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::LowerAlphanumeric => byte.is_ascii_lowercase() || byte.is_ascii_digit(),
            Self::Alphanumeric => byte.is_ascii_alphanumeric(),
            Self::Url => byte.is_ascii_alphanumeric() || b"-_".contains(&byte),
            Self::Dotted => byte.is_ascii_alphanumeric() || b"-_.".contains(&byte),
            Self::Base64 => byte.is_ascii_alphanumeric() || b"+/=".contains(&byte),
            Self::Path => byte.is_ascii_alphanumeric() || b"-_/".contains(&byte),
        }
    }
}

const fn format(
    subtype: &'static str,
    prefix: &'static str,
    alphabet: Alphabet,
    least: usize,
    most: usize,
) -> Format {
    Format { subtype, prefix, alphabet, length: (least, most) }
}

/// The formats, by kind of provider.
pub(super) static FORMATS: &[Format] = &[
    // Models
    format("openai-api-key", "sk-proj-", Alphabet::Url, 20, 256),
    format("openai-api-key", "sk-svcacct-", Alphabet::Url, 20, 256),
    format("openai-api-key", "sk-admin-", Alphabet::Url, 20, 256),
    format("openai-api-key", "sk-None-", Alphabet::Url, 20, 256),
    format("anthropic-api-key", "sk-ant-", Alphabet::Url, 20, 200),
    format("openrouter-api-key", "sk-or-v1-", Alphabet::Hex, 32, 80),
    format("langfuse-secret-key", "sk-lf-", Alphabet::Url, 20, 64),
    format("langfuse-public-key", "pk-lf-", Alphabet::Url, 20, 64),
    format("langsmith-api-key", "lsv2_pt_", Alphabet::Url, 30, 80),
    format("langsmith-api-key", "lsv2_sk_", Alphabet::Url, 30, 80),
    format("openai-api-key", "sk-", Alphabet::Alphanumeric, 32, 64),
    format("huggingface-access-token", "hf_", Alphabet::Alphanumeric, 30, 64),
    format("huggingface-organization-api-token", "api_org_", Alphabet::Alphanumeric, 30, 64),
    format("groq-api-key", "gsk_", Alphabet::Alphanumeric, 40, 64),
    format("xai-api-key", "xai-", Alphabet::Alphanumeric, 60, 100),
    format("replicate-api-token", "r8_", Alphabet::Alphanumeric, 32, 48),
    format("perplexity-api-key", "pplx-", Alphabet::Alphanumeric, 32, 64),
    format("nvidia-api-key", "nvapi-", Alphabet::Url, 50, 80),
    format("fireworks-api-key", "fw_", Alphabet::Alphanumeric, 22, 32),
    format("tavily-api-key", "tvly-", Alphabet::Url, 30, 64),
    format("pinecone-api-key", "pcsk_", Alphabet::Url, 50, 90),
    format("wandb-api-key", "wandb_v1_", Alphabet::Url, 40, 100),
    // Clouds
    format("aws-access-token", "AKIA", Alphabet::UpperAlphanumeric, 16, 16),
    format("aws-access-token", "ASIA", Alphabet::UpperAlphanumeric, 16, 16),
    format("aws-access-token", "ABIA", Alphabet::UpperAlphanumeric, 16, 16),
    format("aws-access-token", "ACCA", Alphabet::UpperAlphanumeric, 16, 16),
    format("aws-amazon-bedrock-api-key-long-lived", "ABSK", Alphabet::Base64, 100, 280),
    format(
        "aws-amazon-bedrock-api-key-short-lived",
        "bedrock-api-key-",
        Alphabet::Base64,
        20,
        4096,
    ),
    format("gcp-api-key", "AIza", Alphabet::Url, 35, 35),
    format("google-oauth-access-token", "ya29.", Alphabet::Dotted, 30, 2048),
    format("google-oauth-client-secret", "GOCSPX-", Alphabet::Url, 28, 28),
    format("digitalocean-pat", "dop_v1_", Alphabet::Hex, 64, 64),
    format("digitalocean-access-token", "doo_v1_", Alphabet::Hex, 64, 64),
    format("digitalocean-refresh-token", "dor_v1_", Alphabet::Hex, 64, 64),
    format("alibaba-access-key-id", "LTAI", Alphabet::Alphanumeric, 17, 24),
    format("tencent-secret-id", "AKID", Alphabet::Alphanumeric, 32, 32),
    format("flyio-access-token", "fo1_", Alphabet::Url, 43, 43),
    format("flyio-access-token", "fm1r_", Alphabet::Base64, 60, 2048),
    format("flyio-access-token", "fm2_", Alphabet::Base64, 60, 2048),
    format("heroku-api-key", "HRKU-", Alphabet::Url, 30, 80),
    format("planetscale-api-token", "pscale_tkn_", Alphabet::Dotted, 32, 64),
    format("planetscale-oauth-token", "pscale_oauth_", Alphabet::Dotted, 32, 64),
    format("planetscale-password", "pscale_pw_", Alphabet::Dotted, 32, 64),
    format("databricks-api-token", "dapi", Alphabet::Hex, 32, 34),
    format("scalingo-api-token", "tk-us-", Alphabet::Url, 48, 48),
    format("vault-service-token", "hvs.", Alphabet::Url, 24, 200),
    format("vault-batch-token", "hvb.", Alphabet::Url, 100, 400),
    format("terraform-cloud-token", ".atlasv1.", Alphabet::Url, 60, 80),
    format("pulumi-api-token", "pul-", Alphabet::Hex, 40, 40),
    format("doppler-api-token", "dp.pt.", Alphabet::Alphanumeric, 40, 44),
    format("infracost-api-token", "ico-", Alphabet::Alphanumeric, 32, 32),
    format("clickhouse-cloud-api-secret-key", "4b1d", Alphabet::Alphanumeric, 38, 38),
    format("openshift-user-token", "sha256~", Alphabet::Url, 43, 43),
    // Code and packages
    format("github-pat", "ghp_", Alphabet::Alphanumeric, 36, 36),
    format("github-oauth", "gho_", Alphabet::Alphanumeric, 36, 36),
    format("github-app-token", "ghu_", Alphabet::Alphanumeric, 36, 36),
    format("github-app-token", "ghs_", Alphabet::Alphanumeric, 36, 36),
    format("github-refresh-token", "ghr_", Alphabet::Alphanumeric, 36, 76),
    format("github-fine-grained-pat", "github_pat_", Alphabet::Url, 22, 90),
    format("gitlab_token", "glpat-", Alphabet::Dotted, 20, 64),
    format("gitlab_token", "gldt-", Alphabet::Url, 20, 64),
    format("gitlab_token", "glrt-", Alphabet::Dotted, 20, 64),
    format("gitlab_token", "glptt-", Alphabet::Hex, 40, 40),
    format("gitlab_token", "glsoat-", Alphabet::Url, 20, 64),
    format("gitlab_token", "glcbt-", Alphabet::Url, 20, 64),
    format("gitlab_token", "GR1348941", Alphabet::Url, 20, 20),
    format("npm", "npm_", Alphabet::Alphanumeric, 36, 36),
    format("pypi_token", "pypi-AgE", Alphabet::Url, 50, 1000),
    format("rubygems-api-token", "rubygems_", Alphabet::Hex, 48, 48),
    format("clojars-api-token", "CLOJARS_", Alphabet::LowerAlphanumeric, 60, 60),
    format("docker-pat", "dckr_pat_", Alphabet::Url, 27, 27),
    format("artifactory", "AKCp", Alphabet::Alphanumeric, 60, 90),
    format("jfrog-identity-token", "cmVmd", Alphabet::Alphanumeric, 55, 60),
    format("sourcegraph-access-token", "sgp_", Alphabet::Url, 40, 64),
    format("sonar-api-token", "squ_", Alphabet::Alphanumeric, 40, 40),
    format("sonar-api-token", "sqp_", Alphabet::Alphanumeric, 40, 40),
    format("sonar-api-token", "sqa_", Alphabet::Alphanumeric, 40, 40),
    format("postman-api-token", "PMAK-", Alphabet::Url, 59, 59),
    format("linear-api-key", "lin_api_", Alphabet::Alphanumeric, 40, 40),
    format("prefect-api-token", "pnu_", Alphabet::LowerAlphanumeric, 36, 36),
    format("readme-api-token", "rdme_", Alphabet::LowerAlphanumeric, 70, 70),
    // Messages
    format("slack-bot-token", "xoxb-", Alphabet::Url, 20, 200),
    format("slack-user-token", "xoxp-", Alphabet::Url, 20, 200),
    format("slack-user-token", "xoxe-", Alphabet::Url, 20, 300),
    format("slack-user-token", "xoxe.xoxp-", Alphabet::Url, 20, 300),
    format("slack-legacy-token", "xoxa-", Alphabet::Url, 8, 200),
    format("slack-legacy-token", "xoxo-", Alphabet::Url, 8, 200),
    format("slack-legacy-token", "xoxr-", Alphabet::Url, 8, 200),
    format("slack-legacy-token", "xoxs-", Alphabet::Url, 8, 200),
    format("slack-app-token", "xapp-", Alphabet::Url, 20, 200),
    format("slack-webhook-url", "hooks.slack.com/services/", Alphabet::Path, 40, 60),
    format("slack-webhook-url", "hooks.slack.com/workflows/", Alphabet::Path, 40, 70),
    format("discord-webhook-url", "discord.com/api/webhooks/", Alphabet::Path, 60, 120),
    format("teams-webhook-url", "webhook.office.com/webhookb2/", Alphabet::Path, 60, 250),
    format("sendgrid-api-token", "SG.", Alphabet::Dotted, 60, 80),
    format("mailchimp-api-key", "md-", Alphabet::Alphanumeric, 22, 22),
    format("mailgun-private-api-token", "key-", Alphabet::Hex, 32, 32),
    format("twilio-api-key", "SK", Alphabet::Hex, 32, 32),
    format("brevo-api-token", "xkeysib-", Alphabet::Url, 80, 90),
    format("intercom-api-key", "dG9r", Alphabet::Base64, 56, 60),
    // Money and shops
    format("stripe-access-token", "sk_live_", Alphabet::Alphanumeric, 10, 250),
    format("stripe-access-token", "sk_test_", Alphabet::Alphanumeric, 10, 250),
    format("stripe-access-token", "sk_prod_", Alphabet::Alphanumeric, 10, 250),
    format("stripe-access-token", "rk_live_", Alphabet::Alphanumeric, 10, 250),
    format("stripe-access-token", "rk_test_", Alphabet::Alphanumeric, 10, 250),
    format("stripe-access-token", "rk_prod_", Alphabet::Alphanumeric, 10, 250),
    format("stripe-webhook-secret", "whsec_", Alphabet::Base64, 24, 80),
    format("square-access-token", "EAAA", Alphabet::Url, 22, 60),
    format("square-access-token", "sq0atp-", Alphabet::Url, 22, 60),
    format("square-secret", "sq0csp-", Alphabet::Url, 40, 60),
    format("shopify-access-token", "shpat_", Alphabet::Hex, 32, 32),
    format("shopify-access-token", "shpca_", Alphabet::Hex, 32, 32),
    format("shopify-access-token", "shppa_", Alphabet::Hex, 32, 32),
    format("shopify-shared-secret", "shpss_", Alphabet::Hex, 32, 32),
    format("flutterwave-secret-key", "FLWSECK_TEST-", Alphabet::Hex, 12, 40),
    format("easypost-api-token", "EZAK", Alphabet::Alphanumeric, 54, 54),
    format("easypost-api-token", "EZTK", Alphabet::Alphanumeric, 54, 54),
    // Watching
    format("grafana-service-account-token", "glsa_", Alphabet::Url, 41, 41),
    format("grafana-cloud-api-token", "glc_", Alphabet::Base64, 32, 400),
    format("grafana-api-key", "eyJrIjoi", Alphabet::Base64, 70, 400),
    format("new-relic-user-api-key", "NRAK-", Alphabet::UpperAlphanumeric, 27, 27),
    format("new-relic-insert-key", "NRII-", Alphabet::Url, 32, 32),
    format("new-relic-browser-api-token", "NRJS-", Alphabet::Hex, 19, 19),
    format("sentry-org-token", "sntrys_", Alphabet::Base64, 80, 400),
    format("sentry-user-token", "sntryu_", Alphabet::Hex, 64, 64),
    format("dynatrace-api-token", "dt0c01.", Alphabet::Dotted, 80, 100),
    format("snyk-api-token", "snyk_uat.", Alphabet::Dotted, 30, 120),
    // Other
    format("flyio-access-token", "fm1a_", Alphabet::Base64, 60, 4096),
    format("intra42-client-secret", "s-s4t2ud-", Alphabet::Hex, 64, 64),
    format("intra42-client-secret", "s-s4t2af-", Alphabet::Hex, 64, 64),
    format("mailgun-pub-key", "pubkey-", Alphabet::Hex, 32, 32),
    format("shippo-api-token", "shippo_live_", Alphabet::Hex, 40, 40),
    format("shippo-api-token", "shippo_test_", Alphabet::Hex, 40, 40),
    format("frameio-api-token", "fio-u-", Alphabet::Url, 64, 64),
    format("cloudflare-origin-ca-key", "v1.0-", Alphabet::Url, 171, 171),
    format("atlassian-api-token", "ATATT3", Alphabet::Url, 60, 250),
    format("notion-api-token", "ntn_", Alphabet::Alphanumeric, 40, 60),
    format("notion-api-token", "secret_", Alphabet::Alphanumeric, 43, 43),
    format("figma-token", "figd_", Alphabet::Url, 38, 60),
    format("dropbox-api-token", "sl.", Alphabet::Url, 130, 300),
    format("duffel-api-token", "duffel_live_", Alphabet::Url, 43, 43),
    format("duffel-api-token", "duffel_test_", Alphabet::Url, 43, 43),
    format("lob-api-key", "live_pub_", Alphabet::Hex, 31, 31),
    format("typeform-api-token", "tfp_", Alphabet::Dotted, 59, 59),
    format("age-secret-key", "AGE-SECRET-KEY-1", Alphabet::UpperAlphanumeric, 58, 58),
    format("1password-service-account-token", "ops_eyJ", Alphabet::Base64, 200, 2048),
    format("supabase-key", "sbp_", Alphabet::Hex, 40, 40),
    format("supabase-key", "sb_secret_", Alphabet::Url, 20, 60),
    format("adobe-client-secret", "p8e-", Alphabet::Alphanumeric, 32, 32),
    format("facebook-access-token", "EAAM", Alphabet::Alphanumeric, 80, 400),
    format("facebook-access-token", "EAAC", Alphabet::Alphanumeric, 80, 400),
];

/// A prefix of this length is not the beginning of anything else.
const LONG_PREFIX: usize = 6;
const LONGEST: usize = 64 << 10;

/// The key that begins with a format's prefix at `start`. Prefixes are in the provider's case.
pub(super) fn find(text: &str, start: usize, format: &'static Format) -> Option<Match> {
    let bytes = text.as_bytes();
    let value = start + format.prefix.len();
    let touches = before(bytes, start);
    let whole = format.prefix.starts_with(|first: char| !first.is_ascii_alphanumeric());
    if !whole && (touches.is_ascii_alphanumeric() || touches == b'_' || touches == b'-') {
        return None;
    }
    if text.get(start..value)? != format.prefix {
        return None;
    }
    let (least, most) = format.length;
    let end = run(bytes, value, most + 1, |byte| format.alphabet.has(byte));
    // A sentence may end behind a key.
    let end = if bytes.get(end.wrapping_sub(1)).is_some_and(|last| b".-=".contains(last))
        && end - value > least
    {
        end - 1
    } else {
        end
    };
    let length = end - value;
    // Behind a prefix that no other word has, a key may be longer than any yet; all of it goes.
    if length > most && format.prefix.len() >= LONG_PREFIX {
        let end = run(bytes, value, LONGEST, |byte| format.alphabet.has(byte));
        let key = bytes.get(value..end)?;
        return is_varied(key).then(|| Match::secret(format.subtype, start..end, 0.9));
    }
    let key = bytes.get(value..end)?;
    let digits = key.iter().any(u8::is_ascii_digit) || length >= 32;
    ((least..=most).contains(&length) && digits && is_varied(key))
        .then(|| Match::secret(format.subtype, start..end, 0.97))
}

/// Whether a key has enough different characters to be one: `xxxx…` stands for a key.
fn is_varied(key: &[u8]) -> bool {
    let mut seen = [false; 256];
    for byte in key {
        seen[usize::from(*byte)] = true;
    }
    seen.iter().filter(|seen| **seen).count() > 4
}
