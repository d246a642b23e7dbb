"""TLS with a certificate made at the first start, and telemetry only with the ingest token."""

import http.client
import json
import os
import socket
import ssl
import subprocess
import urllib.error
import urllib.request

import grpc
import httpx
import openai
import pytest
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

from conftest import Server
from test_crash import span
from test_imports import openai_line, write

INGEST = "ingest-" + "k" * 40


class Secured(Server):
    """A server whose listeners speak TLS."""

    @property
    def base(self) -> str:
        return f"https://127.0.0.1:{self.main}"

    @property
    def certificate(self):
        return self.data / "tls" / "cert.pem"

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))

    def start(self) -> "Secured":
        log = self.output.open("ab")
        self.process = subprocess.Popen(self.arguments(), stdout=log, stderr=log)
        for _ in range(1000):
            if self.process.poll() is not None:
                raise RuntimeError(f"serve ended: {self.output.read_text()[-2000:]}")
            try:
                urllib.request.urlopen(f"{self.base}/readyz", timeout=1, context=self.trust()).read()
                return self
            except OSError:
                pass
        raise RuntimeError("serve is not ready")

    def traces(self, token: str | None, marker: str = "m-1"):
        body = {"resourceSpans": [{"scopeSpans": [{"spans": [span(marker)]}]}]}
        request = urllib.request.Request(f"https://localhost:{self.http}/v1/traces", data=json.dumps(body).encode(), headers={"content-type": "application/json"})
        if token:
            request.add_header("authorization", f"Bearer {token}")
        return urllib.request.urlopen(request, timeout=20, context=self.trust())


@pytest.fixture
def secured(tmp_path, upstream):
    token = tmp_path / "ingest-token"
    token.write_text(INGEST + "\n")
    token.chmod(0o600)
    config = f'[tls]\nself_signed = true\n[access]\ningest_token_file = "{token}"\nrequire_ingest_token = true\n'
    server = Secured(tmp_path / "data", upstream.url, config=config).start()
    yield server
    server.stop()


def code(action) -> int:
    with pytest.raises(urllib.error.HTTPError) as caught:
        action()
    return caught.value.code


def test_https_works_and_http_does_not(secured):
    """Proxy and API answer over TLS, HTTP/1.1 and 2; plain HTTP gets no answer; the key is 0600."""
    with httpx.Client(verify=secured.trust()) as client:
        sdk = openai.OpenAI(base_url=f"{secured.base}/openai/v1", api_key="sk-test", max_retries=0, http_client=client)
        answer = sdk.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "hello"}])
    assert answer.choices[0].message.content == "hello from the model"
    secured.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction'", 1)
    with pytest.raises((OSError, http.client.HTTPException)):
        urllib.request.urlopen(f"http://127.0.0.1:{secured.main}/healthz", timeout=5)
    assert os.stat(secured.data / "tls" / "key.pem").st_mode & 0o777 == 0o600


def test_http_2_is_negotiated(secured):
    """ALPN offers h2 first."""
    context = secured.trust()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with socket.create_connection(("127.0.0.1", secured.main), timeout=10) as plain, context.wrap_socket(plain, server_hostname="localhost") as connection:
        assert connection.selected_alpn_protocol() == "h2" and connection.version() in ("TLSv1.2", "TLSv1.3")


def test_otlp_over_http_needs_the_token(secured):
    """Without or with a wrong one: 401 and no record; with it: recorded."""
    assert code(lambda: secured.traces(None)) == 401
    assert code(lambda: secured.traces("wrong")) == 401
    assert secured.traces(INGEST, "m-2").status == 200
    secured.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction'", 1)


def export(secured, *metadata) -> object:
    """One export over gRPC and TLS."""
    request = trace_service_pb2.ExportTraceServiceRequest()
    sent = request.resource_spans.add().scope_spans.add().spans.add()
    sent.trace_id, sent.span_id, sent.name = b"\1" * 16, b"\2" * 8, "chat"
    sent.start_time_unix_nano, sent.end_time_unix_nano = 1795476561529282090, 1795476561577731285
    attribute = sent.attributes.add()
    attribute.key, attribute.value.string_value = "gen_ai.operation.name", "chat"
    credentials = grpc.ssl_channel_credentials(secured.certificate.read_bytes())
    with grpc.secure_channel(f"localhost:{secured.grpc}", credentials) as channel:
        return trace_service_pb2_grpc.TraceServiceStub(channel).Export(request, metadata=metadata, timeout=20)


def test_otlp_over_grpc_needs_the_token(secured):
    """UNAUTHENTICATED without; recorded with."""
    for metadata in ((), (("authorization", "Bearer wrong"),)):
        with pytest.raises(grpc.RpcError) as caught:
            export(secured, *metadata)
        assert caught.value.code() == grpc.StatusCode.UNAUTHENTICATED
    export(secured, ("authorization", f"Bearer {INGEST}"))
    secured.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction'", 1)


def test_the_ingest_token_brings_in_and_reads_nothing(secured):
    """It opens the events door and not the API."""
    def ask(path, data=None):
        request = urllib.request.Request(secured.base + path, data=data, headers={"authorization": f"Bearer {INGEST}", "content-type": "application/json"})
        return urllib.request.urlopen(request, timeout=20, context=secured.trust())

    assert ask("/v1/events", b'{"type":"sign_in","outcome":"success"}').status == 200
    for path in ("/api/v1/records", "/api/v1/search?text=hello", "/api/v1/status", "/api/v1/tail"):
        assert code(lambda: ask(path)) == 401, path
    assert code(lambda: ask("/api/v1/query", b'{"sql":"SELECT 1"}')) == 401


def test_a_certificate_is_made_once(secured):
    """A restart keeps it, so that clients go on trusting it."""
    before = secured.certificate.read_bytes()
    secured.stop()
    secured.start()
    assert secured.certificate.read_bytes() == before


def test_commands_work_beside_a_server_with_tls(secured, tmp_path):
    """`import` finds the running server and trusts its certificate."""
    done = secured.command("import", write(tmp_path / "log.jsonl", [openai_line(0)]))
    assert "1 recorded" in done.stdout
