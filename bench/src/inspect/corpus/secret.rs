//! Made credentials, in the forms that their providers publish.
//!
//! None of them was ever issued.

use crate::random::{BASE62, BASE64, Random};

/// Patterns of [`Random::pattern`], where `^N` repeats the character before it N times.
const FORMS: [(&str, &str); 24] = [
    ("openai-api-key", "sk-proj-*^48"),
    ("anthropic-api-key", "sk-ant-api03-*^93AA"),
    ("github-pat", "ghp_*^36"),
    ("github-fine-grained-pat", "github_pat_*^22_*^59"),
    ("gitlab-pat", "glpat-*^20"),
    ("slack-bot-token", "xoxb-#^12-#^12-*^24"),
    ("slack-webhook-url", "https://hooks.slack.com/services/T@^8/B@^10/*^24"),
    ("stripe-secret-key", "sk_live_*^24"),
    ("sendgrid-api-token", "SG.*^22.*^43"),
    ("google-api-key", "AIza*^35"),
    ("huggingface-access-token", "hf_&^34"),
    ("npm-access-token", "npm_*^36"),
    ("pypi-upload-token", "pypi-AgEIcHlwaS5vcmc*^70"),
    ("shopify-access-token", "shpat_%^32"),
    ("digitalocean-pat", "dop_v1_%^64"),
    ("databricks-api-token", "dapi%^32"),
    ("telegram-bot-token", "#^9:AA*^33"),
    ("twilio-api-key", "SK%^32"),
    ("linear-api-key", "lin_api_*^40"),
    ("notion-api-token", "ntn_#^11*^35"),
    ("postman-api-token", "PMAK-%^24-%^34"),
    ("grafana-service-account-token", "glsa_*^32_%^8"),
    ("hashicorp-vault-token", "hvs.*^94"),
    ("new-relic-user-api-key", "NRAK-@^27"),
];

/// A provider's key, and what it is.
pub(crate) fn key(random: &mut Random) -> (&'static str, String) {
    match random.below(FORMS.len() + 3) {
        place if place < FORMS.len() => (FORMS[place].0, filled(random, FORMS[place].1)),
        place if place == FORMS.len() => ("jwt", jwt(random)),
        _ => {
            let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
            ("aws-access-token", format!("AKIA{}", random.text(alphabet, 16)))
        }
    }
}

/// A line of a shell that sets a secret: the name, and the value.
pub(crate) fn variable(random: &mut Random) -> (&'static str, String) {
    let name = random.pick(&[
        "AWS_SECRET_ACCESS_KEY=",
        "DB_PASSWORD=",
        "SESSION_SECRET=",
        "DEPLOY_API_KEY=",
        "CLIENT_SECRET=",
        "AUTH_TOKEN=",
    ]);
    let length = if name.starts_with("AWS") { 40 } else { random.between(24, 41) };
    (name, random.text(BASE62, length))
}

/// What people choose: words, digits and a mark.
pub(crate) fn password(random: &mut Random) -> String {
    let word = random.pick(&["kettle", "harbor", "Falcon", "winter", "Juniper", "copper"]);
    let other = random.pick(&["Stone", "bridge", "Lamp", "river", "Cloud"]);
    match random.below(3) {
        0 => random.pattern(&format!("{word}-{other}-##")),
        1 => random.pattern(&format!("{word}{other}##!")),
        _ => random.text(BASE62, 14),
    }
}

/// A connection string with a password.
pub(crate) fn connection(random: &mut Random) -> String {
    let scheme = random.pick(&["postgres", "mysql", "mongodb+srv", "redis", "amqp"]);
    format!("{scheme}://app:{}@db.example.com/orders", random.text(BASE62, 20))
}

/// A private key's block.
pub(crate) fn pem(random: &mut Random) -> String {
    let lines: Vec<String> = (0..6).map(|_| random.text(BASE64, 64)).collect();
    let lines = lines.join("\n");
    format!("-----BEGIN RSA PRIVATE KEY-----\n{lines}\n-----END RSA PRIVATE KEY-----")
}

/// `eyJhbGciOiJIUzI1NiJ9` is `{"alg":"HS256"}`.
fn jwt(random: &mut Random) -> String {
    let claims = "eyJzdWIiOiI0MiIsImlzcyI6ImV4YW1wbGUuY29tIn0";
    format!("eyJhbGciOiJIUzI1NiJ9.{claims}.{}", random.text(BASE62, 43))
}

fn filled(random: &mut Random, form: &str) -> String {
    let mut pattern = String::new();
    let mut parts = form.split('^');
    pattern.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let length = part.bytes().take_while(u8::is_ascii_digit).count();
        let (times, rest) = part.split_at(length);
        let repeated = pattern.chars().next_back().unwrap_or_default();
        let more = times.parse::<usize>().unwrap_or(1) - 1;
        pattern.extend(std::iter::repeat_n(repeated, more));
        pattern.push_str(rest);
    }
    random.pattern(&pattern)
}
