"""Bad input gets a clear answer, and loses nothing else."""

import gzip
import json
import os
import socket
import subprocess
import urllib.error

import pytest

from conftest import BINARY, Server
from test_crash import span


def otlp(server) -> str:
    return f"http://127.0.0.1:{server.http}"


def refusal(action) -> tuple[int, str]:
    with pytest.raises(urllib.error.HTTPError) as caught:
        action()
    return caught.value.code, caught.value.read().decode()


def test_one_bad_span_costs_only_itself(server):
    bad = {**span("m-5"), "startTimeUnixNano": {"not": "a number"}}
    body = {"resourceSpans": [{"scopeSpans": [{"spans": [span("m-1"), bad, span("m-2")]}]}]}
    answer = json.load(server.post("/v1/traces", json.dumps(body).encode(), base=otlp(server)))
    assert int(answer["partialSuccess"]["rejectedSpans"]) == 1
    assert "spans[1]" in answer["partialSuccess"]["errorMessage"]
    server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction'", 2)


def test_malformed_bodies_are_named(server):
    assert refusal(lambda: server.post("/v1/traces", b"{", base=otlp(server)))[0] == 400
    assert refusal(lambda: server.post("/v1/traces", b"\xff" * 50, {"content-type": "application/x-protobuf"}, base=otlp(server)))[0] == 400
    assert refusal(lambda: server.post("/v1/traces", b"x", {"content-type": "text/plain"}, base=otlp(server)))[0] == 415
    deep = b'{"resourceSpans":' + b"[" * 100_000
    assert refusal(lambda: server.post("/v1/traces", deep, base=otlp(server)))[0] == 400
    bomb = gzip.compress(b"\0" * 200_000_000)
    assert refusal(lambda: server.post("/v1/traces", bomb, {"content-encoding": "gzip"}, base=otlp(server)))[0] == 413
    code, reason = refusal(lambda: server.post("/v1/events", b'[{"type":"sign_in","outcome":"maybe"}]'))
    assert code == 400 and "outcome" in reason


def test_a_header_without_end_is_refused(server):
    with socket.create_connection(("127.0.0.1", server.main), timeout=20) as connection:
        try:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n")
            for _ in range(3000):
                connection.sendall(b"x-filler: " + b"a" * 1000 + b"\r\n")
            answer = connection.recv(1000)
        except (BrokenPipeError, ConnectionResetError):
            answer = b""
    assert answer == b"" or b" 431 " in answer.split(b"\r\n")[0]
    assert server.get("/healthz", token=False)


def test_the_api_needs_the_token(server):
    assert refusal(lambda: server.get("/api/v1/records", token=False))[0] == 401
    assert os.stat(server.data / "admin-token").st_mode & 0o777 == 0o600
    for key in (server.data / "keys").glob("*.key"):
        assert os.stat(key).st_mode & 0o777 == 0o600


def test_a_second_server_is_refused(server, upstream):
    second = Server(server.data, upstream.url)
    done = subprocess.run(second.arguments(), capture_output=True, text=True, timeout=30)
    assert done.returncode == 3 and "in use by process" in done.stderr


def test_a_taken_port_is_named_with_its_option(tmp_path, upstream):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = Server(tmp_path / "data", upstream.url)
        server.grpc = taken.getsockname()[1]
        done = subprocess.run(server.arguments(), capture_output=True, text=True, timeout=30)
    assert done.returncode == 3
    assert str(server.grpc) in done.stderr and "--otlp-grpc" in done.stderr


def test_listening_to_everyone_is_refused_without_tls_and_token(tmp_path, upstream):
    server = Server(tmp_path / "data", upstream.url)
    arguments = [argument.replace(f"127.0.0.1:{server.main}", f"0.0.0.0:{server.main}") for argument in server.arguments()]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=30)
    assert done.returncode != 0 and "tls" in done.stderr.lower() and "token" in done.stderr.lower()


def test_an_unknown_key_is_named_with_its_line(tmp_path):
    path = tmp_path / "plainsight.toml"
    path.write_text('[otlp]\ngrcp = "127.0.0.1:4317"\n')
    done = subprocess.run([BINARY, "config", "check", str(path)], capture_output=True, text=True, timeout=30)
    text = done.stdout + done.stderr
    assert done.returncode == 1 and ":2:" in text and "grcp" in text and "grpc" in text


def test_a_damaged_log_is_refused_with_place_and_remedy(tmp_path, upstream):
    server = Server(tmp_path / "data", upstream.url).start()
    body = {"resourceSpans": [{"scopeSpans": [{"spans": [span(f"m-{number}") for number in range(30)]}]}]}
    server.post("/v1/traces", json.dumps(body).encode(), base=otlp(server)).read()
    server.stop()
    segment = sorted((server.data / "ledger" / "segments").glob("*.seg"))[0]
    damaged = bytearray(segment.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    segment.write_bytes(damaged)
    verify = server.command("verify", check=False)
    assert verify.returncode == 1 and segment.name in verify.stdout + verify.stderr
    done = subprocess.run(server.arguments(), capture_output=True, text=True, timeout=30)
    assert done.returncode == 3 and "verify" in done.stderr and segment.name in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="skipped: mounting a small disk needs root")
def test_a_full_disk_is_answered_and_told(tmp_path, upstream):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("skipped: a small disk cannot be mounted here")
    try:
        server = Server(disk / "data", upstream.url, config="[ledger]\nsegment_bytes = 4194304\n")
        server.output = tmp_path / "server.log"
        server.start()
        ballast = disk / "ballast"
        acknowledged = 0
        noise = random_text(3000)
        send = lambda number: server.post("/v1/traces", json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [noisy(number, noise)]}]}]}).encode(), base=otlp(server)).read()
        send(0)
        acknowledged += 1
        with ballast.open("wb") as file:
            try:
                while True:
                    file.write(b"\0" * 65536)
                    file.flush()
            except OSError:
                pass
        codes = set()
        for number in range(1, 3000):
            try:
                send(number)
                acknowledged += 1
            except urllib.error.HTTPError as error:
                codes.add(error.code)
                assert error.headers.get("retry-after")
                break
        assert codes <= {429, 503} and codes, "a full disk is a retryable error"
        ballast.unlink()
        send(100_000)
        acknowledged += 1
        server.wait_for("SELECT count(*) FROM alerts WHERE action = 'recording.interrupted'", 1)
        server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction'", acknowledged)
        assert server.command("verify").returncode == 0
        server.stop()
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


def random_text(length: int) -> str:
    import random

    choose = random.Random(3)
    return "".join(choose.choice("abcdefghijklmnopqrstuvwxyz ") for _ in range(length))


def noisy(number: int, noise: str) -> dict:
    result = span(f"m-{number}")
    result["attributes"].append({"key": "noise", "value": {"stringValue": noise[number % 1000:] + str(number)}})
    return result
