"""The operational copy: rebuilt from the log, read-only, searched with hostile text, soon up to date."""

import json
import os
import subprocess
import threading
import time

import openai
import pytest

from conftest import BINARY, Server
from scripted import ANSWER, scripted
from test_crash import span
from test_events import EXAMPLES

VIEWS = ("records", "messages", "tool_calls", "findings", "alerts", "events", "metrics", "rollup_minute", "rollup_hour")
TOOLS = [{"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}]


def say(server, text: str, **more):
    client = openai.OpenAI(base_url=f"{server.base}/openai/v1", api_key="sk-test", max_retries=0)
    return client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": text}], user="user-42", **more)


def metric_body() -> bytes:
    point = {"timeUnixNano": "1795476561529282090", "asDouble": 3.5}
    metric = {"name": "gen_ai.client.token.usage", "unit": "{token}", "gauge": {"dataPoints": [point]}}
    return json.dumps({"resourceMetrics": [{"scopeMetrics": [{"metrics": [metric]}]}]}).encode()


def fill(server) -> None:
    """Something through every door, so that every view has rows."""
    say(server, "write to someone@example.com about the kettle")
    say(server, "what is the weather", tools=TOOLS)
    list(say(server, "hello", stream=True))
    server.post("/v1/events", json.dumps(EXAMPLES).encode()).read()
    http = f"http://127.0.0.1:{server.http}"
    body = {"resourceSpans": [{"scopeSpans": [{"spans": [span(f"m-{number}") for number in range(20)]}]}]}
    server.post("/v1/traces", json.dumps(body).encode(), base=http).read()
    server.post("/v1/metrics", metric_body(), base=http).read()
    server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction'", 23)
    server.wait_for("SELECT count(*) FROM metrics", 1)


# Looking is recorded, too, and changes what is seen the next time.
NOT_LOOKING = {
    "records": "kind != 'access'", "events": "kind != 'access'", "rollup_minute": "kind != 'access'", "rollup_hour": "kind != 'access'",
    "entities": f"value NOT IN ('plainsight', coalesce(pseudonym('admin'), ''), coalesce(pseudonym('uid-{os.getuid()}'), ''))",
}


def contents(server) -> dict[str, list[str]]:
    def rows(view):
        return server.query(f"SELECT * FROM {view} WHERE {NOT_LOOKING.get(view, 'true')}")
    return {view: sorted(json.dumps(row, sort_keys=True) for row in rows(view)) for view in (*VIEWS, "entities")}


def test_a_rebuild_gives_the_same_views(server):
    """Every row of every view is the same after the copy was dropped and made anew from the log."""
    fill(server)
    server.stop()
    before = contents(server)
    assert all(before[view] for view in VIEWS if view != "alerts"), {view: len(rows) for view, rows in before.items()}
    assert "is new" in server.command("store", "rebuild").stdout
    after = contents(server)
    for view in VIEWS:
        assert after[view] == before[view], view


def test_a_rebuild_gives_the_same_entities(tmp_path):
    """A first call is answered by another model than was asked for, a second one by that one."""
    def slowly(call):
        time.sleep(0.5)
        first = len(call.upstream.requests) == 1
        call.whole(json.dumps({**ANSWER, "model": "gpt-4o-mini-2026" if first else "gpt-4o-mini"}).encode())

    with scripted(slowly) as upstream:
        server = Server(tmp_path / "data", upstream.url).start()
        say(server, "hello")
        say(server, "hello again")
        server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction' AND parts = 2", 2)
        server.stop()
    before = contents(server)["entities"]
    server.command("store", "rebuild")
    assert contents(server)["entities"] == before


def test_a_lost_copy_is_made_again_at_the_start(server):
    """The store's files are no evidence: without them the server rebuilds what they said."""
    fill(server)
    server.stop()
    before = contents(server)["messages"]
    for file in (server.data / "store").iterdir():
        file.unlink()
    server.start()
    server.wait_for("SELECT count(*) FROM messages", len(before))
    assert contents(server)["messages"] == before


def test_a_rebuild_beside_a_server_is_refused(server):
    """There is one writer; the other says why it does not start."""
    done = server.command("store", "rebuild", check=False)
    assert done.returncode == 3 and "stop the server first" in done.stderr


WRITES = [
    "DELETE FROM records", "UPDATE records SET user_id = 'x'", "INSERT INTO records DEFAULT VALUES", "DROP VIEW records", "CREATE TABLE t (a)",
    "ATTACH DATABASE '/tmp/x.db' AS x", "DETACH DATABASE main", "PRAGMA writable_schema = 1", "PRAGMA key", "VACUUM INTO '/tmp/x.db'",
    "SELECT 1; DELETE FROM records", "SELECT load_extension('x')", "SELECT readfile('/etc/passwd')", "SELECT writefile('/tmp/x', 'y')", "REINDEX", "BEGIN", "",
    "WITH gone AS (SELECT 1) DELETE FROM records",
]


@pytest.mark.parametrize("sql", WRITES)
def test_query_only_reads(server, sql):
    """Refused with a reason by the command and by the API, and nothing is changed."""
    done = server.command("query", sql, check=False)
    assert done.returncode in (2, 3) and done.stderr.strip() and not done.stdout
    with pytest.raises(OSError) as caught:
        server.post("/api/v1/query", json.dumps({"sql": sql}).encode())
    assert caught.value.code == 400


def test_a_query_without_end_is_stopped(server):
    """An endless recursion ends with a reason instead of holding the server."""
    begun = time.monotonic()
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with pytest.raises(OSError) as caught:
        server.post("/api/v1/query", json.dumps({"sql": endless}).encode())
    assert caught.value.code in (400, 408, 503, 504) and time.monotonic() - begun < 45
    assert server.get("/healthz", token=False)


HOSTILE = ['"', "'", '"unclosed phrase', "*", "AND OR NOT", "NEAR(", "text:kettle", "a^2", "-", "()", "{a b}:c", "'; DROP TABLE messages; --", "%_%", "\u202e\u0301", "kettle" * 500, "( " * 500, "\\", "   ", "+", "🫖"]


def test_search_takes_any_text(server):
    """No text is a syntax error; one without a word is told so."""
    say(server, "where is the kettle")
    server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction'", 1)
    for text in HOSTILE:
        has_word = any(character.isalnum() for character in text)
        done = subprocess.run([BINARY, "search", "--data", str(server.data), "--format", "json", "--", text], capture_output=True, text=True, timeout=30)
        assert done.returncode == 0 or not has_word and "no word" in done.stderr, f"{text!r}: {done.stderr}"
        assert not done.stdout or isinstance(json.loads(done.stdout), list)
    for text in ("kettle", '"the kettle"', "kett*", "KETTLE", "kettle where"):
        assert len(json.loads(server.command("search", "--format", "json", text).stdout)) == 1, text
    assert json.loads(server.command("search", "--format", "json", '"kettle the"').stdout) == []
    assert json.loads(server.command("search", "--format", "json", "kettle", "--kind", "embedding").stdout) == []


def test_a_record_is_visible_within_a_second(server):
    """From the end of the call to the row."""
    say(server, "hello")
    server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction'", 1)
    for number in range(5):
        word = f"kettle{number}"
        say(server, f"where is {word}")
        deadline = time.monotonic() + 1
        while not (found := seen(server, word)) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert found, f"{word} is not visible after 1 s"


def seen(server, word: str) -> bool:
    answer = json.load(server.post("/api/v1/query", json.dumps({"sql": f"SELECT count(*) FROM messages WHERE text LIKE '%{word}'"}).encode()))
    return answer["rows"] != [[0]]


def test_tail_prints_the_newest_and_ends(server):
    """One JSON line for each record, in order, and no waiting with --no-follow."""
    say(server, "where is the kettle")
    server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction'", 1)
    lines = [json.loads(line) for line in server.command("tail", "--no-follow", "-n", "2").stdout.splitlines()]
    assert len(lines) == 2 and lines[1]["index"] == lines[0]["index"] + 1
    everything = server.command("tail", "--no-follow", "-n", "1000000").stdout
    assert "where is the kettle" in everything and json.loads(everything.splitlines()[0])["index"] == 0
    assert server.command("tail", "--no-follow", "-n", "0").stdout == ""


def test_tail_follows(server):
    """A record that comes later is printed without being asked for."""
    process = subprocess.Popen([BINARY, "tail", "-n", "0", "--data", str(server.data)], stdout=subprocess.PIPE, text=True)
    late = threading.Timer(30, process.kill)
    try:
        time.sleep(0.5)
        say(server, "where is the kettle")
        late.start()
        # Plainsight's own records of its start may come meanwhile.
        assert any("where is the kettle" in line for line in process.stdout)
    finally:
        late.cancel()
        process.kill()
        process.wait()


def test_show_of_a_missing_index(server):
    """Exit code 3 and a reason; what is there is shown whole."""
    done = server.command("show", "1000000", check=False)
    assert done.returncode == 3 and "1000000" in done.stderr and not done.stdout
    assert server.command("show", "--", "-1", check=False).returncode == 2
    assert json.loads(server.command("show", "0").stdout)["index"] == 0


def test_every_format_of_rows(server):
    """table, json, jsonl and csv say the same."""
    sql = "SELECT 'a,b' AS x, 1 AS y, NULL AS z"
    said = {format: server.command("query", sql, "--format", format).stdout for format in ("table", "json", "jsonl", "csv")}
    assert json.loads(said["json"]) == [{"x": "a,b", "y": 1, "z": None}] == [json.loads(said["jsonl"])]
    assert said["csv"].splitlines() == ["x,y,z", '"a,b",1,']
    assert "a,b" in said["table"] and "x" in said["table"].splitlines()[0]
