"""`plainsight drill`: on a fresh server every class alarms, in every run anew, and says how fast."""

import json

import pytest

from conftest import Server, free_port

# The server of these tests shares two processors with everything else.
PATIENCE = ("--timeout", "30")


def drill(server, *arguments: str, expect: int = 0) -> dict:
    patience = () if "--timeout" in arguments else PATIENCE
    done = server.command("drill", "--format", "json", *patience, *arguments, check=False)
    assert done.returncode == expect, f"{done.returncode}: {done.stderr}\n{silent(done.stdout)}"
    return json.loads(done.stdout)


def silent(answer: str) -> list:
    classes = json.loads(answer)["classes"] if answer else []
    return [(one["class"], one["result"], one["reason"]) for one in classes if one["result"] != "alarmed"]


def test_every_class_alarms_on_a_fresh_server_and_again(server):
    first = drill(server)
    assert len(first["classes"]) >= 60 and first["fine"]
    assert {one["result"] for one in first["classes"]} == {"alarmed"}
    assert {door for one in first["classes"] for door in one["doors"].split(", ")} == {"otlp", "events", "proxy"}
    assert 0 < first["delay_ms"]["p50"] <= first["delay_ms"]["p99"]
    second = drill(server)
    assert second["run"] != first["run"]
    told = lambda report: {alert["id"] for one in report["classes"] for alert in one["alerts"]}
    assert not told(first) & told(second), "an alert of the first run does not stand for one of the second"


def test_an_analyst_sees_that_it_is_a_drill(server):
    report = drill(server, "--only", "credential_stuffing", "--only", "secret_in_answer")
    marks = """json_extract(attributes, '$."plainsight.drill"') AS run, json_extract(attributes, '$."plainsight.drill.class"') AS class"""
    rows = server.query(f"SELECT {marks}, count(*) AS n FROM records WHERE run IS NOT NULL GROUP BY 1, 2 ORDER BY 2")
    assert rows == [
        {"run": report["run"], "class": "credential_stuffing", "n": 8},
        {"run": report["run"], "class": "secret_in_answer", "n": 1},
    ]
    classes = {one["class"]: one for one in report["classes"]}
    (stuffing,) = [alert for alert in classes["credential_stuffing"]["alerts"] if alert["expected"]]
    stored = server.query(f"SELECT id, name, severity FROM alerts WHERE \"index\" = {stuffing['index']}")
    assert stored == [{"id": stuffing["id"], "name": stuffing["title"], "severity": stuffing["severity"]}]


def test_a_person_reads_a_table(server):
    done = server.command("drill", *PATIENCE, "--only", "reverse_shell")
    row = next(line for line in done.stdout.splitlines() if line.startswith("reverse_shell"))
    assert row.split()[1:3] == ["otlp", "1"] and "critical" in row and row.endswith("no sinks")
    assert "1 of 1 classes alarmed; delay p50" in done.stdout


def test_silence_is_an_exit_code(tmp_path, upstream):
    server = Server(tmp_path / "data", upstream.url, "[detect]\nenabled = false\n").start()
    try:
        done = server.command("drill", "--timeout", "1", "--only", "reverse_shell", check=False)
        assert done.returncode == 1 and "NONE: Reverse shell" in done.stdout
        assert "0 of 1 classes alarmed" in done.stdout
    finally:
        server.stop()


def sinks(tmp_path, webhook: bool) -> str:
    written = f"""
[[sinks]]
name = "archive"
type = "file"
path = "{tmp_path / 'alerts.jsonl'}"
"""
    if webhook:
        written += f"""
[[sinks]]
name = "deaf"
type = "webhook"
url = "http://127.0.0.1:{free_port()}/hook"
token = "file:{tmp_path / 'secret'}"
allow_private = true
"""
        (tmp_path / "secret").write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    return written


def test_each_sink_has_the_alert(tmp_path, upstream):
    server = Server(tmp_path / "data", upstream.url, sinks(tmp_path, webhook=False)).start()
    try:
        report = drill(server, "--only", "reverse_shell", "--only", "brute_force")
        for one in report["classes"]:
            (sink,) = one["sinks"]
            assert sink["name"] == "archive" and sink["delivered"] and sink["delay_ms"] >= 0
        told = (tmp_path / "alerts.jsonl").read_text()
        expected = [alert["id"] for one in report["classes"] for alert in one["alerts"] if alert["expected"]]
        assert len(expected) == 2 and all(alert in told for alert in expected)
    finally:
        server.stop()


def test_a_sink_that_does_not_get_it_is_wrong(tmp_path, upstream):
    server = Server(tmp_path / "data", upstream.url, sinks(tmp_path, webhook=True)).start()
    try:
        drill(server, "--only", "reverse_shell", "--timeout", "3", expect=1)
        done = server.command("drill", "--only", "brute_force", "--timeout", "3", check=False)
        assert done.returncode == 1 and "delivered by archive" in done.stdout and "NOT delivered by deaf" in done.stdout
    finally:
        server.stop()


def test_a_provider_is_not_called_unless_asked_for(tmp_path, upstream):
    # A name that is not this machine's; nobody answers there.
    server = Server(tmp_path / "data", "http://upstream.invalid:9").start()
    try:
        report = drill(server, "--only", "proxied_instruction_override")
        (one,) = report["classes"]
        assert one["result"] == "skipped" and "--through-proxy" in one["reason"] and one["sent"] == 0
        report = drill(server, "--only", "proxied_instruction_override", "--through-proxy")
        assert report["classes"][0]["result"] == "alarmed", "the call is recorded, whoever answers"
    finally:
        server.stop()
    assert not upstream.requests


def test_without_a_server_there_is_no_drill(tmp_path, server):
    server.stop()
    for data in (server.data, tmp_path / "nothing"):
        done = Server(data, "").command("drill", check=False)
        assert done.returncode == 3 and "no server runs" in done.stderr


@pytest.mark.parametrize("arguments", [("--list",), ("--list", "--format", "json")])
def test_the_library_can_be_listed(tmp_path, arguments):
    done = Server(tmp_path / "nothing", "").command("drill", *arguments)
    assert "prompt" in done.stdout and "unicode_tag_smuggling" in done.stdout


def test_an_unknown_class_is_an_error(tmp_path):
    done = Server(tmp_path / "nothing", "").command("drill", "--only", "no_such_class", check=False)
    assert done.returncode == 3 and "no_such_class" in done.stderr
