//! The reference of all settings, in Markdown, from the defaults themselves.

use std::fmt::Write;

use toml::{Table, Value};

use super::{Config, size};

/// What each setting means. Those without a default stand with their type.
const MEANINGS: &[(&str, &str)] = &[
    ("data", "The data directory. `--data`, `PLAINSIGHT_DATA`"),
    ("listen", "Address of the proxy, the events API and the API. `--listen`, `PLAINSIGHT_LISTEN`"),
    ("otlp.grpc", "Address of OTLP over gRPC. `--otlp-grpc`, `PLAINSIGHT_OTLP_GRPC`"),
    ("otlp.http", "Address of OTLP over HTTP. `--otlp-http`, `PLAINSIGHT_OTLP_HTTP`"),
    ("otlp.max_body_bytes", "The largest OTLP request, as it comes and decoded, in bytes"),
    ("tls.cert", "PEM file with the certificate chain of all listeners"),
    ("tls.key", "PEM file with its key"),
    ("tls.self_signed", "Make a certificate for `localhost` at the first start"),
    ("access.ingest_token_file", "File with the token of those who send records"),
    (
        "access.require_ingest_token",
        "Take telemetry only with that token. Needed to listen beyond this machine",
    ),
    (
        "recorder.queue_records",
        "Records that may wait for the disk; beyond it doors answer with a delay",
    ),
    ("recorder.queue_bytes", "Bytes of content that may wait for the disk"),
    (
        "recorder.body_bytes",
        "Bytes of all request bodies that are being read at once, decoded ones included; beyond it doors answer with a delay",
    ),
    (
        "proxy.on_record_failure",
        "What happens to a call whose request cannot be recorded: `open` forwards it and raises an alert, `closed` refuses it",
    ),
    (
        "proxy.max_recorded_body",
        "Bytes of a body that are recorded; a longer one is forwarded whole and marked",
    ),
    ("proxy.recording_memory", "Bytes of all bodies that wait to be recorded"),
    ("proxy.recorded_headers", "Further headers to record; never those with credentials"),
    (
        "proxy.upstreams.NAME.url",
        "Base URL of an upstream. `openai` and `anthropic` are there from the start; others are reached at `/up/NAME/…`. `--upstream NAME=URL`, `PLAINSIGHT_UPSTREAM_NAME`",
    ),
    ("proxy.upstreams.NAME.dialect", "The API it speaks: `openai` or `anthropic`"),
    ("proxy.upstreams.NAME.ca_file", "PEM file with further certificate authorities"),
    ("proxy.upstreams.NAME.connect_timeout", "How long to wait for a connection"),
    ("proxy.upstreams.NAME.answer_timeout", "How long to wait for the answer's headers"),
    ("proxy.upstreams.NAME.idle_timeout", "How long an answer may be silent"),
    ("identity.headers.user", "Headers that name the user, tried in order"),
    ("identity.headers.session", "Headers that name the session"),
    ("identity.headers.tenant", "Headers that name the tenant"),
    ("identity.headers.roles", "Headers that list roles"),
    ("identity.headers.agent", "Headers that name the agent"),
    (
        "identity.trusted_proxies",
        "Networks of proxies whose word about the client's address is taken",
    ),
    ("identity.forwarded", "The header they write: `x-forwarded-for` or `forwarded`"),
    ("identity.jwt.headers", "Headers that carry a token to be verified"),
    (
        "identity.jwt.jwks_file",
        "File with a JSON Web Key Set. One of `jwks_file`, `jwks_url`, `secret_file` turns verification on",
    ),
    ("identity.jwt.jwks_url", "URL of one"),
    ("identity.jwt.secret_file", "File with the secret of HS256"),
    ("identity.jwt.ca_file", "PEM file with further certificate authorities for `jwks_url`"),
    ("identity.jwt.issuer", "Accepted `iss`; empty: any"),
    ("identity.jwt.audience", "Accepted `aud`; empty: any"),
    ("identity.jwt.user_claim", "The claim that names the user"),
    ("identity.jwt.session_claim", "The claim that names the session"),
    ("identity.jwt.tenant_claim", "The claim that names the tenant"),
    (
        "identity.jwt.roles_claim",
        "The claim that lists roles: an array, or words separated by spaces or commas",
    ),
    ("identity.jwt.algorithms", "Accepted signature algorithms"),
    ("identity.jwt.leeway", "How far clocks may be apart"),
    (
        "identity.jwt.refresh",
        "How often the key set is read or fetched again; an unknown key has it done at once",
    ),
    (
        "people.oidc.issuer",
        "The issuer of an identity provider that people sign in at (OpenID Connect): `https`, or `http` on this machine",
    ),
    ("people.oidc.client_id", "The client's id there"),
    ("people.oidc.client_secret_file", "File with the client's secret; a public client has none"),
    (
        "people.oidc.url",
        "Where browsers reach this server; `/api/v1/session/oidc/callback` under it is registered at the provider",
    ),
    ("people.oidc.ca_file", "PEM file with further certificate authorities"),
    ("people.oidc.scopes", "What is asked for: `openid`, `profile` and `email` if it is not set"),
    ("people.oidc.name_claim", "The claim that is the account's name: `email` if it is not set"),
    ("people.oidc.role_claim", "The claim that lists groups: `groups` if it is not set"),
    (
        "people.oidc.roles.ROLE",
        "The groups that have this role. Who is in none does not get in; who is in several gets the role that stands first of `viewer`, `analyst`, `investigator`, `administrator`, `auditor`",
    ),
    ("people.oidc.tenant_claim", "The claim that names the tenant, which limits to it"),
    (
        "prices.MODEL.input",
        "What a million tokens cost that go into models whose names begin so, in your currency",
    ),
    ("prices.MODEL.output", "The same of tokens that come out"),
    (
        "people.second_factor",
        "Roles that have to enrol a second factor before anything else: `viewer`, `analyst`, `investigator`, `administrator`, `auditor`",
    ),
    (
        "people.requests_per_second",
        "Requests that one caller of the API may make in a second, over a while; five times as many at once. The administrator's token is not counted",
    ),
    (
        "people.unseal_alone",
        "Sealed originals that one person may read within an hour without a second person's word",
    ),
    (
        "inspect.actions.TYPE",
        "What is done with a type (`EMAIL_ADDRESS`, `SECRET`, `SECRET/jwt`, …, `*` for every one): `keep` (tell, and leave in place), `drop`, `mask` (the last 4 stay), `pseudonymize` or `seal`. `inspect.TYPE` is short for it",
    ),
    (
        "inspect.confidence.TYPE",
        "How sure a detector must be, from 0 to 1; what is less sure is passed over",
    ),
    (
        "inspect.format.TYPE",
        "Whether a pseudonym shows what helps its reader: the country of a `PHONE_NUMBER` or an `IBAN`, the length of a `CREDIT_CARD` (`true` from the start), the domain of an `EMAIL_ADDRESS` (`false`)",
    ),
    (
        "inspect.origin.ORIGIN",
        "`actions`, `confidence` and `format` for text of an origin: `system`, `user`, `assistant`, `tool`, `retrieved`, `memory` or `agent`. Of all rules the tenant's for the origin come first, then the tenant's, then the origin's, then those for all; within each `TYPE/subtype`, then `TYPE`, then `*`",
    ),
    (
        "inspect.tenant.NAME",
        "`actions`, `confidence` and `format` for a tenant, and its own `origin.ORIGIN` and `destination.NAME`",
    ),
    (
        "inspect.destination.NAME",
        "`actions` for what an `alert` quotes and a `siem` is sent: they show less of a value than was kept, never more. Nothing quotes or sends yet; the rules are checked already. The log and the operational copy have records as they were inspected, so that the copy can be made anew from the log",
    ),
    (
        "inspect.allow.TYPE.values",
        "Values that are not sensitive, however they are written. Likewise `regex` (of the whole value), `domains` (of `EMAIL_ADDRESS`, with those below) and `networks` (of `IP_ADDRESS`, as `192.0.2.0/24`). What is allowed is as if no detector had seen it: what overlaps it is found all the same",
    ),
    (
        "inspect.detector[].name",
        "A detector of your own, in `[[inspect.detector]]`: what it finds is `CUSTOM/name`, or of the type that `kind` names",
    ),
    (
        "inspect.detector[].regex",
        "What it finds: an expression without look-around (a group `(?<value>…)` is the value). Or `words`, a list of words and phrases, or `file`, a file with one on each line",
    ),
    (
        "inspect.detector[].validator",
        "The check that the value passes: `none`, `luhn`, `verhoeff`, `damm`, `mod97` (as of an account number), `iso7064-mod97-10`, `iso7064-mod11-2`, `iso7064-mod37-2`, `iso7064-mod11-10` or `iso7064-mod37-36`. A value of more than 128 letters and digits cannot be checked, and a match of more than 64 KiB is not followed to its end: a text with one is not kept, and its record says `partial`",
    ),
    (
        "inspect.detector[].context",
        "Words near the value that make it surer; with `context_required = true` there must be one",
    ),
    ("inspect.detector[].confidence", "How sure it is, from 0 to 1; 0.8 if it is not set"),
    (
        "inspect.classifier.folder",
        "Folder of a token classifier of your own, as `transformers` exports it: `tokenizer.json` (WordPiece or Unigram), `config.json` with its labels, and a model in ONNX. It is asked about the prose of what was said, and what it finds counts beside what the detectors find; a text at which it fails is not kept. Needs a program built with the feature `onnx`",
    ),
    ("inspect.classifier.model", "The model's file in that folder; `model.onnx` if it is not set"),
    (
        "inspect.classifier.confidence",
        "How sure the model must be, from 0 to 1; 0.5 if it is not set",
    ),
    (
        "inspect.classifier.longest",
        "Bytes of the prose of one record that it is asked about; 65536 if it is not set. Beyond them the detectors look alone, and the record says `partial`",
    ),
    (
        "inspect.canaries",
        "Tokens of at least 8 bytes that you laid where only an attacker finds them, or that no answer may have. An answer, or what a tool is called with, that has one is a leak, which its record says",
    ),
    ("ledger.origin", "The log's name in checkpoints. It cannot be changed once there is a log"),
    ("ledger.segment_bytes", "Bytes after which a segment of the log is closed"),
    (
        "detect.enabled",
        "Look at every record with the rules, and record an alert for what they find",
    ),
    ("detect.shipped", "Use the rules that come with the program (`plainsight rules list`)"),
    (
        "detect.rules",
        "Files and folders of further rules (docs/rules.md). A change is taken up within seconds; a rule that is broken is left out, with an alert",
    ),
    (
        "detect.classifier.folder",
        "Folder of a classifier of attacks of your own, as `transformers` exports it: `tokenizer.json` (WordPiece or Unigram), `config.json` with its labels, and a model in ONNX that gives a score for each label of a text. It is asked what the built-in classifier is asked, as records come, and the surer of the two is the sign `classifier`; where it fails, the built-in one stands, and an alert says so once. It costs what the model costs, on half of the cores and behind recording: with one that takes 50 ms for a window, detection keeps up with 20 new windows a second, and beyond that alerts come later. A text that was said before costs nothing. Records that rules are shown again, at a start and when rules change, have the word of the built-in one alone, and so has a trial of a rule through the API; `plainsight scan` asks it too; `plainsight hunt` and `plainsight replay` take it from `--config`. Needs a program built with the feature `onnx`",
    ),
    ("detect.classifier.model", "The model's file in that folder; `model.onnx` if it is not set"),
    (
        "detect.classifier.labels",
        "The labels that mean an attack; if it is not set, all but those that say the opposite, such as `BENIGN`, `SAFE`, `LEGIT` or `LABEL_0`. Their shares (softmax) add up to the probability",
    ),
    (
        "detect.classifier.confidence",
        "From which probability on it is a sign, from 0 to 1; 0.5 if it is not set. Like every sign, it counts less in what the model said and more in foreign texts, and rules set limits of their own",
    ),
    (
        "detect.classifier.longest",
        "Bytes of one record's texts that it is asked about, the last text first; 16384 if it is not set. A text counts at least 256; of one that is longer than what is left it sees the beginning and the end",
    ),
    (
        "detect.classifier.window",
        "Pieces of a text that the model sees at once, with those that a text begins and ends with; 512 if it is not set, or as many as the model takes. Of a text with more the window with the highest probability counts",
    ),
    (
        "detect.classifier.stride",
        "How many pieces a window begins behind the one before it; three quarters of a window if it is not set",
    ),
    (
        "sinks[].name",
        "A place where alerts are told, in `[[sinks]]`: letters, digits, `-` and `_`. Its cursor has this name",
    ),
    (
        "sinks[].type",
        "`syslog`, `hec` (Splunk), `elasticsearch` (or OpenSearch), `sentinel`, `webhook` (Standard Webhooks), `pagerduty`, `slack`, `file`, `kafka`, `nats` (JetStream), `s3`, `kinesis` or `securityhub`",
    ),
    (
        "sinks[].url",
        "URL of `hec`, `elasticsearch`, `sentinel`, `webhook`, `pagerduty`, `slack`; or where it is, `env:NAME` or `file:PATH`, since it may be a secret. Of `s3`, `kinesis`, `securityhub` the endpoint, if it is not that of the region",
    ),
    ("sinks[].address", "`host:port` of `syslog`; several with commas for `kafka` and `nats`"),
    ("sinks[].transport", "`tls`, `tcp` or `udp`"),
    (
        "sinks[].format",
        "How events are written: `ocsf`, `ecs`, `cef`, `leef` or `native`. Default: `cef` for `syslog`, `ecs` for `elasticsearch`, else `ocsf`; `sentinel`, `pagerduty`, `slack` and `securityhub` have their own",
    ),
    ("sinks[].kinds", "Kinds of records to tell; default: alerts"),
    ("sinks[].min_severity", "The lowest severity to tell"),
    ("sinks[].content", "Tell what was said too, redacted as it is kept"),
    ("sinks[].from", "Where a new sink begins: `now`, or at the `start` of the log"),
    ("sinks[].ca_file", "PEM file with further certificate authorities"),
    (
        "sinks[].token",
        "Token, API key, password, routing key, webhook secret or secret access key, by reference: `env:NAME` or `file:PATH`. For `s3`, `kinesis` and `securityhub` without `user`: JSON with `AccessKeyId`, `SecretAccessKey` and `SessionToken`, as a `credential_process` prints it; it is read for each request, so that a file may be renewed",
    ),
    (
        "sinks[].user",
        "The user that a password belongs to; the access key id of `s3`, `kinesis`, `securityhub`",
    ),
    ("sinks[].token_url", "Token endpoint of `sentinel`; without it the token is a bearer token"),
    ("sinks[].client_id", "Client id at the token endpoint"),
    ("sinks[].region", "Region of `s3`, `kinesis`, `securityhub`"),
    (
        "sinks[].destination",
        "Index of `hec` and `elasticsearch`, topic of `kafka`, subject of `nats`, bucket of `s3` (or `bucket/folder`), stream of `kinesis`, account of `securityhub`",
    ),
    ("sinks[].partition", "Partition of `kafka`"),
    ("sinks[].acknowledge", "Wait for the indexer's acknowledgement (`hec`)"),
    ("sinks[].path", "Path of `file`"),
    ("sinks[].rotate_bytes", "Bytes after which `file` begins a new file"),
    ("sinks[].rotate_keep", "Files that `file` keeps beside the one it writes"),
    ("sinks[].rate", "Events a second; without it as fast as they are taken"),
    ("sinks[].batch", "Events in one delivery"),
    (
        "sinks[].allow_private",
        "Whether a URL may lead to a private or loopback address; a sink inside the own network needs it, and a private endpoint of a cloud service",
    ),
];

/// The reference.
pub fn reference() -> String {
    let defaults = Table::try_from(Config::default()).unwrap_or_default();
    let mut text = String::from(
        "# Configuration\n\n\
         Generated by `plainsight reference configuration`. All settings are optional.\n\n\
         They come from `plainsight.toml` (or `--config FILE`), then from the environment, then from\n\
         the command line; the last word counts. Any setting can be given in the environment as\n\
         `PLAINSIGHT__SECTION__KEY`. Sizes are bytes, or texts such as `16MiB`;\n\
         durations are seconds, or texts such as `30s`, `5m`, `24h`.\n\
         `plainsight config check` reports every problem with its line.\n\n\
         | setting | default | meaning |\n|---|---|---|\n",
    );
    for &(key, meaning) in MEANINGS {
        let default = default_of(&defaults, key);
        let default = default.map_or(String::new(), |value| format!("`{}`", written(&value)));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| `{key}` | {default} | {meaning} |");
    }
    text
}

/// A value as a person writes it. Whole mebibytes are sizes: no number of something else is one.
fn written(value: &Value) -> String {
    let number = value.as_integer().and_then(|number| u64::try_from(number).ok());
    match number.filter(|number| *number > 0 && number.is_multiple_of(1 << 20)) {
        Some(bytes) => format!("\"{}\"", size::text(bytes)),
        None => value.to_string(),
    }
}

fn default_of(defaults: &Table, key: &str) -> Option<Value> {
    let (first, rest) = key.split_once('.').unwrap_or((key, ""));
    let value = defaults.get(if first == "NAME" { "openai" } else { first })?;
    match value {
        Value::Table(inner) if !rest.is_empty() => default_of(inner, rest),
        value if rest.is_empty() => Some(value.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(prefix: &str, table: &Table, into: &mut Vec<String>) {
        for (key, value) in table {
            let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
            match value {
                Value::Table(inner) => keys(&path, inner, into),
                Value::Array(items) if items.iter().any(Value::is_table) => {
                    let inner = items.iter().filter_map(Value::as_table);
                    inner.for_each(|inner| keys(&format!("{path}[]"), inner, into));
                }
                _ => into.push(path.replace(".openai.", ".NAME.").replace(".anthropic.", ".NAME.")),
            }
        }
    }

    #[test]
    fn every_setting_has_a_meaning() {
        let mut all = Vec::new();
        let jwt = "jwks_file=1 jwks_url=1 ca_file=1 secret_file=1 session_claim=1 tenant_claim=1 \
                   roles_claim=1";
        let jwt: String = jwt.split(' ').map(|key| key.replace("=1", "='x'\n")).collect();
        let mut config = Config::default();
        config.identity.jwt = Some(toml::from_str(&jwt).unwrap());
        let sink = "name='x'\ntype='hec'\nurl='x'\naddress='x'\nformat='ecs'\nca_file='x'\n\
                    token='env:X'\nuser='x'\ntoken_url='x'\nclient_id='x'\ndestination='x'\n\
                    path='x'\nrate=1.0\nbatch=1";
        config.sinks = vec![toml::from_str(sink).unwrap()];
        keys("", &Table::try_from(config).unwrap(), &mut all);
        for key in all {
            assert!(MEANINGS.iter().any(|(known, _)| *known == key), "{key}");
        }
    }
}
