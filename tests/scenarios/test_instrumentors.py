"""The real instrumentors: the same conversation becomes the same record, whichever tells it."""

import os
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent
OTEL_PYTHON = os.environ.get("PLAINSIGHT_OTEL_PYTHON", str(HERE.parents[1] / ".venv" / "otel" / "bin" / "python"))

LATEST = {"OTEL_SEMCONV_STABILITY_OPT_IN": "gen_ai_latest_experimental", "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "SPAN_AND_EVENT"}
LEGACY = {"OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "true"}

# dialect, interpreter, environment, whether the client told the user to the instrumentor and that one passed it on
CLIENTS = {
    "otel-latest": (OTEL_PYTHON, LATEST, False),
    "otel-legacy": (OTEL_PYTHON, LEGACY, False),
    "openllmetry": (sys.executable, {}, True),
    "openinference": (sys.executable, {}, True),
    "langfuse": (sys.executable, {}, True),
}

CONVERSATION = [
    ("input", "assistant", "tool_call", None, "get_weather"),
    ("input", "system", "text", "be brief", None),
    ("input", "tool", "tool_result", "sunny", None),
    ("input", "user", "text", "what is the weather in Paris?", None),
    ("output", "assistant", "text", "hello from the model", None),
    ("output", "assistant", "tool_call", None, "get_weather"),
]


def run(server, upstream, client: str, protocol: str) -> None:
    interpreter, environment, _ = CLIENTS[client]
    endpoint = f"http://127.0.0.1:{server.grpc if protocol == 'grpc' else server.http}"
    environment = {
        **os.environ,
        **environment,
        "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
        "OTEL_EXPORTER_OTLP_PROTOCOL": protocol,
        "OTEL_EXPORTER_OTLP_INSECURE": "true",
        "OTEL_SERVICE_NAME": "demo",
        "LANGFUSE_PUBLIC_KEY": "pk-lf-test",
        "LANGFUSE_SECRET_KEY": "sk-lf-test",
        "LANGFUSE_HOST": server.base,
        "LANGFUSE_BASE_URL": server.base,
    }
    done = subprocess.run([interpreter, str(HERE / "instrumented.py"), client, upstream.url], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]


def check(server, client: str) -> None:
    server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction'", 3)
    server.wait_for("SELECT count(*) FROM messages WHERE direction = 'output'", 3)
    for row in server.query("SELECT * FROM records WHERE kind = 'interaction'"):
        assert row["model"].startswith("gpt-4o-mini"), row
        assert (row["input_tokens"], row["output_tokens"]) == (9, 12), row
        assert row["operation"] == "chat"
        if CLIENTS[client][2]:
            assert row["user_id"].startswith("u_"), row
        else:
            assert row["user_id"] is None and row["user_source"] == "nobody"
    said = server.query("SELECT DISTINCT direction, role, type, text, tool_name FROM messages")
    columns = ("direction", "role", "type", "text", "tool_name")
    found = [tuple(row[column] for column in columns) for row in normalised(said)]
    assert sorted(found, key=str) == sorted(CONVERSATION, key=str)
    server.wait_for("SELECT count(*) FROM tool_calls", 1)
    assert server.command("verify").returncode == 0


def normalised(rows):
    """A tool's answer is shown as text; a call shows its name."""
    seen = []
    for row in rows:
        if row["type"] == "tool_call":
            row = {**row, "text": None}
        if row["type"] == "tool_result":
            row = {**row, "text": (row["text"] or "").strip('"'), "tool_name": None}
        if row not in seen:
            seen.append(row)
    return seen


@pytest.mark.parametrize("client", CLIENTS)
def test_http(server, upstream, client):
    run(server, upstream, client, "http/protobuf")
    check(server, client)


@pytest.mark.parametrize("client", [client for client in CLIENTS if client != "langfuse"])
def test_grpc(server, upstream, client):
    run(server, upstream, client, "grpc")
    check(server, client)
