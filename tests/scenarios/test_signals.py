"""A server that is told to end, ends cleanly."""

import signal

import pytest

from conftest import Server
from test_doors import otlp
from test_crash import span


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_under_load_ends_it_cleanly(server, sent):
    """Exit code 0, and what was acknowledged is there."""
    for first in range(0, 2000, 200):
        otlp(server, [span(f"m-{number}") for number in range(first, first + 200)])
    server.process.send_signal(sent)
    assert server.process.wait(10) == 0
    assert server.command("verify").returncode == 0
    server.start()
    server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction'", 2000)


@pytest.mark.xfail(strict=True, reason="/readyz is fine before the signals are caught: the process dies of the signal")
def test_a_ready_server_ends_cleanly_at_once(tmp_path, upstream):
    """An orchestrator that stops it right after it became ready gets exit code 0, every time."""
    codes = []
    for number in range(12):
        server = Server(tmp_path / f"data{number}", upstream.url).start()
        server.process.send_signal(signal.SIGTERM)
        codes.append(server.process.wait(10))
    assert codes == [0] * len(codes)
