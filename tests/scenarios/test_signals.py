"""A server that is told to end, ends cleanly."""

import signal

import pytest

from test_crash import span
from test_doors import otlp


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
