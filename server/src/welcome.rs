//! What `serve` prints at its start: how to point an SDK and an exporter at it.

use model::Sealed;

use crate::engine::Layout;
use crate::listen::Listeners;

/// The text. `first` is the secret of the link that makes the first administrator.
pub(crate) fn text(
    listeners: &Listeners,
    layout: &Layout,
    first: Option<&Sealed<String>>,
) -> String {
    let url = listeners.url();
    let data = layout.root.display();
    let at = listeners.addresses();
    let (http, grpc) = (listeners.url_of(at.otlp_http), listeners.url_of(at.otlp_grpc));
    format!(
        "\
Plainsight records into {data}.

Point an SDK at it (your provider key passes through and is never stored):
  OpenAI      base_url = {url}/openai/v1
  Anthropic   base_url = {url}/anthropic
  say who it is with the header x-plainsight-user, or the request's own user field

Point an OpenTelemetry exporter at it:
  OTEL_EXPORTER_OTLP_ENDPOINT={http}   (HTTP)
  OTEL_EXPORTER_OTLP_ENDPOINT={grpc}   (gRPC)
  LANGFUSE_HOST={url}                         (Langfuse SDK)

Look:
  plainsight tail --data {data}
  plainsight query \"SELECT time, kind, user_id, model FROM records\" --data {data}
  plainsight verify --data {data}

{sign_in}
The API at {url}/api/v1 needs the token in {token}, or one of your own.",
        sign_in = sign_in(&url, layout, first),
        token = layout.admin_token().display()
    )
}

/// How to sign in. The link is for the operator's own eyes: it opens once, and ends with the process.
fn sign_in(url: &str, layout: &Layout, first: Option<&Sealed<String>>) -> String {
    match first {
        Some(secret) => format!(
            "Sign in for the first time (this link works once; its secret is in {file} too):\n  \
             {url}/welcome#{secret}\n",
            file = layout.first_link().display(),
            secret = secret.expose()
        ),
        None => format!("Sign in at {url}\n"),
    }
}
