//! What `serve` prints at its start: how to point an SDK and an exporter at it.

use crate::engine::Layout;
use crate::listen::Listeners;

/// The text.
pub(crate) fn text(listeners: &Listeners, layout: &Layout) -> String {
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

The API at {url}/api/v1 needs the token in {token}.",
        token = layout.admin_token().display()
    )
}
