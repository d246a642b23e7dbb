"""The doors beyond the usual call: TLS upstreams, crashes mid-stream, images, retries, odd input."""

import base64
import hashlib
import json
import re
import shutil
import ssl
import subprocess
import threading

import openai
import pytest

from conftest import Server
from scripted import scripted
from test_crash import span
from test_proxy import ONE, PLAIN, call, interaction, refused

PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=")


def otlp(server, spans: list[dict], path: str = "/v1/traces", base: str | None = None) -> dict:
    body = {"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}
    return json.load(server.post(path, json.dumps(body).encode(), base=base or f"http://127.0.0.1:{server.http}"))


@pytest.fixture
def certificate(tmp_path):
    """A certificate and key for 127.0.0.1, that no one else trusts."""
    if not shutil.which("openssl"):
        pytest.skip("skipped: openssl is not installed")
    cert, key = tmp_path / "upstream.pem", tmp_path / "upstream.key"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(made, capture_output=True, check=True, timeout=60)
    return cert, key


@pytest.mark.parametrize("trusted", [True, False])
def test_an_upstream_with_tls(tmp_path, certificate, trusted):
    """Reached when its authority is named by ca_file, refused as unreachable when it is not."""
    cert, key = certificate
    with scripted(lambda call: call.whole()) as upstream:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        upstream.server.socket = context.wrap_socket(upstream.server.socket, server_side=True)
        url = upstream.url.replace("http:", "https:")
        config = f'[proxy.upstreams.safe]\nurl = "{url}"\n' + (f'ca_file = "{cert}"\n' if trusted else "")
        server = Server(tmp_path / "data", url, config=config).start()
        if trusted:
            assert json.load(call(server, path="/up/safe/v1/chat/completions"))["model"] == "gpt-4o-mini"
        else:
            assert refused(lambda: call(server, path="/up/safe/v1/chat/completions"))[0] == 502
            assert not upstream.requests
        server.wait_for(ONE, 1)
        server.stop()


def test_a_crash_in_the_middle_of_an_answer_loses_no_prompt(tmp_path):
    """The request is a record of its own, written before the answer is there."""
    release = threading.Event()

    def hang(call):
        call.begin_stream()
        call.event("hello ")
        release.wait(20)

    with scripted(hang) as upstream:
        server = Server(tmp_path / "data", upstream.url).start()
        client = openai.OpenAI(base_url=f"{server.base}/openai/v1", api_key="sk-test", max_retries=0)
        stream = iter(client.chat.completions.create(**PLAIN, user="user-42", stream=True))
        next(stream)
        server.wait_for("SELECT count(*) FROM messages WHERE direction = 'input'", 1)
        server.kill()
        release.set()
        assert server.command("verify").returncode == 0
        server.start()
        server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction'", 1)
        row = interaction(server)
        assert row["parts"] == 1 and row["user_id"].startswith("u_")
        assert server.query("SELECT text FROM messages") == [{"text": "hello"}]
        server.stop()


def test_an_image_is_recorded_by_hash_and_size(server):
    """Its bytes pass to the model and are not kept."""
    coded = base64.b64encode(PIXEL).decode()
    parts = [{"type": "text", "text": "what is this"}, {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{coded}"}}]
    for _ in range(2):
        call(server, {**PLAIN, "messages": [{"role": "user", "content": parts}]}).read()
    server.wait_for(ONE, 2)
    image = server.query("SELECT * FROM messages WHERE mime_type IS NOT NULL")
    assert [(row["mime_type"], row["size"]) for row in image] == [("image/png", len(PIXEL))] * 2
    kept = server.command("tail", "--no-follow", "-n", "1000").stdout
    hashes = re.findall(r'"hash":"([0-9a-f]{32,})"', kept)
    assert len(hashes) == 2 and len(set(hashes)) == 1, "the same image has the same hash"
    assert coded not in kept and hashlib.sha256(PIXEL).hexdigest()[:32] not in hashes, "the hash is keyed"


def test_a_retry_of_an_exporter_is_no_second_record(server):
    """The same batch again, at once and after a restart, is acknowledged and not recorded."""
    spans = [span(f"m-{number}") for number in range(20)]
    for restart in (False, True, False):
        if restart:
            server.stop()
            server.start()
        assert not otlp(server, spans).get("partialSuccess", {}).get("rejectedSpans")
        server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction'", 20)
    assert server.query("SELECT count(*) AS n FROM records WHERE repeats > 0")[0]["n"] == 0
    lines = server.command("tail", "--no-follow", "-n", "100000").stdout.splitlines()
    assert sum('"kind":"interaction"' in line for line in lines) == 20


def test_the_path_of_langfuse_is_a_door_too(server):
    """The Langfuse SDK posts to /api/public/otel/v1/traces with its keys as Basic credentials."""
    otlp(server, [span("m-1")], "/api/public/otel/v1/traces")
    server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction'", 1)


def strange(number: int, value: dict) -> dict:
    result = span(f"m-{number}")
    result["attributes"].append({"key": "gen_ai.usage.input_tokens", "value": value})
    return result


def test_huge_numbers_are_no_reason_to_lose_a_record(server):
    """Each value that cannot be a count of tokens costs at most itself."""
    values = [{"intValue": "9" * 400}, {"intValue": -5}, {"doubleValue": 1e308}, {"doubleValue": "NaN"}, {"doubleValue": "Infinity"}, {"stringValue": "many"}, {"intValue": "9223372036854775807"}, {}]
    answer = otlp(server, [strange(number, value) for number, value in enumerate(values)] + [span("m-99")])
    rejected = int(answer.get("partialSuccess", {}).get("rejectedSpans", 0))
    server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction'", len(values) + 1 - rejected)
    assert rejected <= 1, answer


BROKEN_BODIES = [
    b'{"model":"m","messages":[{"role":"user","content":"\xff\xfe"}]}', b'{"model":"m","messages":[{"role":"user","content":"\\ud800 x"}]}',
    b'{"model":"m","messages":[{"role":"user","content":"a\\u0000b"}]}', b"{", b"", b"null", b"[" * 50_000, b'{"model":"m","max_tokens":' + b"9" * 5000 + b"}",
]


def test_a_body_that_is_not_a_request_passes_and_is_recorded(tmp_path):
    """Invalid UTF-8, lone surrogates, NUL, depth, digits: byte for byte upstream, and a record of each."""
    with scripted(lambda call: call.whole()) as upstream:
        server = Server(tmp_path / "data", upstream.url).start()
        for body in BROKEN_BODIES:
            call(server, body).read()
        assert [body for _, _, body in upstream.requests] == BROKEN_BODIES
        server.wait_for("SELECT count(*) FROM records WHERE door = 'proxy' AND parts = 2", len(BROKEN_BODIES))
        assert server.command("verify").returncode == 0
        server.stop()


def test_reading_is_recorded(server):
    """Who reads through the API leaves a row in `access`, without the values that were asked for."""
    call(server).read()
    server.wait_for(ONE, 1)
    server.get("/api/v1/search?q=kettle123")
    server.wait_for("SELECT count(*) FROM access WHERE action = 'records.search'", 1)
    rows = json.dumps(server.query("SELECT * FROM access"))
    assert "search" in rows and "kettle123" not in rows


def test_metrics_count_without_saying_what(server):
    """/metrics has counts and no names, words or keys."""
    call(server, {**PLAIN, "user": "user-42"}).read()
    server.wait_for(ONE, 1)
    text = server.get("/metrics", token=False).decode()
    samples = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert samples and all(line.startswith("plainsight_") or line.startswith("process_") for line in samples)
    assert "user-42" not in text and "hello" not in text and "sk-test" not in text
