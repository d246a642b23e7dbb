"""Runs the real binary on a fresh data directory, against a fake upstream, for each test."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.request

import pytest

from upstream import Upstream

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = str(pathlib.Path(os.environ.get("PLAINSIGHT_BIN", ROOT / "target" / "debug" / "plainsight")).absolute())


def free_ports(count: int) -> list[int]:
    """Different ones: all are held until the last is found."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def free_port() -> int:
    return free_ports(1)[0]


class Server:
    """A running `plainsight serve`, and the commands that read beside it."""

    def __init__(self, data: pathlib.Path, upstream_url: str, config: str = ""):
        self.data = data
        self.main, self.grpc, self.http = free_ports(3)
        self.upstream_url = upstream_url
        self.config = config
        self.output = data.parent / f"{data.name}.log"
        self.process = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.main}"

    @property
    def token(self) -> str:
        return (self.data / "admin-token").read_text().strip()

    def arguments(self) -> list[str]:
        arguments = [
            BINARY, "serve", "--data", str(self.data),
            "--listen", f"127.0.0.1:{self.main}",
            "--otlp-grpc", f"127.0.0.1:{self.grpc}",
            "--otlp-http", f"127.0.0.1:{self.http}",
            "--upstream", f"openai={self.upstream_url}",
            "--upstream", f"anthropic={self.upstream_url}",
        ]
        if self.config:
            path = self.data.parent / f"{self.data.name}.toml"
            path.write_text(self.config)
            arguments += ["--config", str(path)]
        return arguments

    def start(self) -> "Server":
        log = self.output.open("ab")
        self.process = subprocess.Popen(self.arguments(), stdout=log, stderr=log)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"serve ended: {self.output.read_text()[-2000:]}")
            try:
                urllib.request.urlopen(f"{self.base}/readyz", timeout=1).read()
                return self
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("serve is not ready after 30 s")

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def command(self, *arguments: str, check: bool = True, **options) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [BINARY, *arguments, "--data", str(self.data)],
            capture_output=True, text=True, timeout=120, **options,
        )
        assert not check or done.returncode == 0, f"{arguments}: {done.returncode}: {done.stderr}"
        return done

    def query(self, sql: str) -> list[dict]:
        done = self.command("query", sql, "--format", "json", "--limit", "1000000")
        return json.loads(done.stdout)

    def wait_for(self, sql: str, expected, seconds: float = 10):
        """The first column of the first row, once it is what is expected."""
        deadline = time.monotonic() + seconds
        while True:
            rows = self.query(sql)
            found = next(iter(rows[0].values())) if rows else None
            if found == expected or time.monotonic() > deadline:
                assert found == expected, f"{sql}: {found} instead of {expected}"
                return rows
            time.sleep(0.05)

    def settle(self, seconds: float = 60):
        """Waits until what was recorded is indexed and looked at, and what came of that too."""
        deadline, quiet, size = time.monotonic() + seconds, 0, None
        while quiet < 3:
            status = json.loads(self.get("/api/v1/status"))
            lags = [status["reader"]["lag"], status["queue"]["waiting"], (status["detector"] or {}).get("lag", 0)]
            quiet = quiet + 1 if not any(lags) and status["ledger"]["size"] == size else 0
            size = status["ledger"]["size"]
            assert time.monotonic() < deadline, f"not settled: {status}"
            time.sleep(0.1)

    def get(self, path: str, token: bool = True) -> bytes:
        request = urllib.request.Request(self.base + path)
        if token:
            request.add_header("authorization", f"Bearer {self.token}")
        return urllib.request.urlopen(request, timeout=30).read()

    def post(self, path: str, body: bytes, headers: dict[str, str] | None = None, base: str | None = None):
        request = urllib.request.Request((base or self.base) + path, data=body, method="POST")
        request.add_header("authorization", f"Bearer {self.token}")
        request.add_header("content-type", "application/json")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        return urllib.request.urlopen(request, timeout=60)


@pytest.fixture
def upstream():
    with Upstream() as running:
        yield running


@pytest.fixture
def server(tmp_path, upstream):
    running = Server(tmp_path / "data", upstream.url).start()
    yield running
    running.stop()
