"""kill -9 at random instants under load: nothing acknowledged is lost or doubled."""

import json
import os
import random
import threading
import time
import urllib.error

from conftest import Server

ROUNDS = int(os.environ.get("PLAINSIGHT_KILLS", "12"))


def span(marker: str) -> dict:
    number = int(marker.split("-")[1])
    text = json.dumps([{"role": "user", "parts": [{"type": "text", "content": f"marker {marker}"}]}])
    return {
        "traceId": f"{number + 1:032x}", "spanId": f"{number + 1:016x}", "name": "chat", "startTimeUnixNano": "1795476561529282090", "endTimeUnixNano": "1795476561577731285",
        "attributes": [{"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}}, {"key": "gen_ai.input.messages", "value": {"stringValue": text}}],
    }


class Load:
    """Sends batches of spans and remembers which were acknowledged. A batch that was not is sent
    again after the restart, as a real exporter does."""

    def __init__(self, server):
        self.server = server
        self.acknowledged = set()
        self.pending = []
        self.next = 0
        self.running = True
        self.lock = threading.Lock()

    def batch(self) -> list[str]:
        with self.lock:
            if self.pending:
                return self.pending.pop()
            first, self.next = self.next, self.next + 20
            return [f"m-{number}" for number in range(first, first + 20)]

    def work(self) -> None:
        base = f"http://127.0.0.1:{self.server.http}"
        while self.running:
            markers = self.batch()
            body = {"resourceSpans": [{"scopeSpans": [{"spans": [span(marker) for marker in markers]}]}]}
            try:
                self.server.post("/v1/traces", json.dumps(body).encode(), base=base).read()
                with self.lock:
                    self.acknowledged.update(markers)
            except (OSError, urllib.error.HTTPError):
                with self.lock:
                    self.pending.append(markers)
                time.sleep(0.01)


def test_kill_at_random_instants(tmp_path, upstream):
    choose = random.Random(8)
    server = Server(tmp_path / "data", upstream.url).start()
    load = Load(server)
    threads = [threading.Thread(target=load.work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(ROUNDS):
        time.sleep(choose.uniform(0.05, 0.4))
        server.kill()
        assert server.command("verify", check=False).returncode == 0, "the log verifies as the crash left it"
        server.start()
    time.sleep(0.5)
    load.running = False
    for thread in threads:
        thread.join()
    assert load.acknowledged
    server.wait_for("SELECT count(*) >= %d FROM records WHERE kind = 'interaction'" % len(load.acknowledged), 1, seconds=30)
    found = [row["text"].removeprefix("marker ") for row in server.query("SELECT text FROM messages") if row["text"]]
    lost = load.acknowledged - set(found)
    assert not lost, f"{len(lost)} of {len(load.acknowledged)} acknowledged records are lost"
    assert len(found) == len(set(found)), "a record is there twice"
    assert server.query("SELECT count(*) AS n FROM records WHERE repeats > 0")[0]["n"] == 0, "a retry was recorded again"
    assert server.command("verify").returncode == 0
    server.stop()
