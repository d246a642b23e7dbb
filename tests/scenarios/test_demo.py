"""`plainsight demo`: within seconds there is something to see, and the screen says what it is."""

import signal
import subprocess

import pytest

from conftest import BINARY, Server


class Demo(Server):
    """The demo on free ports; it brings its own upstream."""

    def arguments(self) -> list[str]:
        return [
            BINARY, "demo", "--data", str(self.data), "--listen", f"127.0.0.1:{self.main}",
            "--otlp-grpc", f"127.0.0.1:{self.grpc}", "--otlp-http", f"127.0.0.1:{self.http}",
        ]


@pytest.fixture
def demo(tmp_path):
    running = Demo(tmp_path / "demo", "").start()
    yield running
    running.stop()


def test_a_newcomer_sees_it_work(demo):
    """Within 20 s: people, calls, tools, findings, words to search for, and a log that verifies."""
    demo.wait_for("SELECT count(*) >= 20 FROM records WHERE kind = 'interaction'", 1, seconds=20)
    demo.wait_for("SELECT count(*) >= 1 FROM findings", 1, seconds=20)
    demo.wait_for("SELECT count(*) >= 1 FROM tool_calls", 1, seconds=20)
    assert demo.query("SELECT count(DISTINCT user_id) AS n FROM records")[0]["n"] >= 2
    assert demo.command("search", "refund").stdout.count("\n") >= 1
    assert demo.command("verify").stdout.startswith("verified: ")
    screen = demo.output.read_text()
    assert "THIS TRAFFIC IS SIMULATED" in screen and f"--data {demo.data}" in screen


def commands(screen: str) -> list[str]:
    return [line.strip() for line in screen.splitlines() if line.startswith("  plainsight ")]


def test_what_the_screen_proposes_works(demo):
    """Each command on the screen runs as it is printed (`tail` follows until it is ended)."""
    demo.wait_for("SELECT count(*) >= 5 FROM records WHERE kind = 'interaction'", 1, seconds=20)
    proposed = [command for command in commands(demo.output.read_text()) if str(demo.data) in command]
    assert len(proposed) >= 4
    for command in proposed:
        ends = " tail " not in command
        line = command.replace("plainsight", BINARY, 1) + ("" if ends else " --no-follow")
        done = subprocess.run(line, shell=True, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0 and done.stdout.strip(), f"{command}: {done.stderr}"


def test_it_ends_at_once(demo):
    """Ctrl-C: exit code 0 within a few seconds, and the log verifies."""
    demo.wait_for("SELECT count(*) >= 1 FROM records WHERE kind = 'interaction'", 1, seconds=20)
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(10) == 0
    assert demo.command("verify").returncode == 0
