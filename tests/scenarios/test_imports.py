"""Files of other tools become records: offline and beside a server, once, resumable, bad lines named."""

import json
import subprocess
import time

import pytest

from conftest import BINARY, Server
from test_crash import span

HELLO = [{"role": "user", "content": "where is the kettle"}]
START, END = 1764000000, 1764000002


def chat_answer(number: int) -> dict:
    message = {"role": "assistant", "content": "on the stove", "refusal": None}
    choice = {"index": 0, "finish_reason": "stop", "logprobs": None, "message": message}
    usage = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}
    return {"id": f"chatcmpl-{number}", "object": "chat.completion", "created": START, "model": "gpt-4o-mini", "choices": [choice], "usage": usage}


def openai_line(number: int) -> dict:
    return {"request": {"model": "gpt-4o-mini", "messages": HELLO, "user": "user-42"}, "response": chat_answer(number)}


def anthropic_line(number: int) -> dict:
    usage = {"input_tokens": 9, "output_tokens": 4}
    answer = {"id": f"msg_{number}", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5", "content": [{"type": "text", "text": "on the stove"}], "stop_reason": "end_turn", "stop_sequence": None, "usage": usage}
    request = {"model": "claude-sonnet-4-5", "max_tokens": 64, "messages": HELLO, "metadata": {"user_id": "user-42"}}
    return {"time": "2025-11-24T16:00:00Z", "request": request, "response": answer}


def langfuse_line(number: int) -> dict:
    trace = f"{number + 1:032x}"
    generation = {
        "id": f"{number + 1:016x}", "traceId": trace, "type": "GENERATION", "name": "answer", "model": "gpt-4o-mini", "level": "DEFAULT",
        "startTime": "2025-11-24T16:00:00.000Z", "endTime": "2025-11-24T16:00:02.000Z",
        "input": HELLO, "output": {"role": "assistant", "content": "on the stove"}, "usageDetails": {"input": 9, "output": 4, "total": 13},
    }
    return {"id": trace, "timestamp": "2025-11-24T16:00:00.000Z", "name": "kitchen", "userId": "user-42", "sessionId": "session-7", "observations": [generation]}


def litellm_line(number: int) -> dict:
    return {
        "id": f"chatcmpl-{number}", "trace_id": f"trace-{number}", "call_type": "acompletion", "status": "success", "custom_llm_provider": "openai", "response_cost": 0.00012,
        "startTime": START, "endTime": END, "model": "gpt-4o-mini", "prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13,
        "metadata": {"user_api_key_end_user_id": "user-42"}, "messages": HELLO, "response": chat_answer(number),
    }


def native_line(number: int) -> dict:
    said = lambda place, direction, role, text: {"direction": direction, "message": place, "role": role, "origin": role, "type": "text", "content": text}
    return {
        "version": 1, "kind": "interaction", "tenant": "default", "source": {"door": "proxy", "dialect": "openai"}, "time": START * 10**9,
        "trace_id": f"{number + 1:032x}", "span_id": f"{number + 1:016x}", "status": {"ok": True}, "actor": {"identified_by": "token", "user": "user-42"},
        "content": [said(0, "input", "user", "where is the kettle"), said(1, "output", "assistant", "on the stove")],
    }


def otlp_line(number: int) -> dict:
    told = lambda name, role, text: {"key": name, "value": {"stringValue": json.dumps([{"role": role, "parts": [{"type": "text", "content": text}]}])}}
    attributes = [
        {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}}, {"key": "user.id", "value": {"stringValue": "user-42"}},
        told("gen_ai.input.messages", "user", "where is the kettle"), told("gen_ai.output.messages", "assistant", "on the stove"),
    ]
    return {"resourceSpans": [{"scopeSpans": [{"spans": [{**span(f"m-{number}"), "attributes": attributes}]}]}]}


LINES = {"openai": openai_line, "anthropic": anthropic_line, "langfuse": langfuse_line, "litellm": litellm_line, "native": native_line, "otlp": otlp_line}


def write(path, lines) -> str:
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return str(path)


def imported(server) -> int:
    return server.query("SELECT count(*) AS n FROM records WHERE kind = 'interaction' AND door = 'import'")[0]["n"]


@pytest.fixture
def offline(tmp_path, upstream):
    """A data directory without a server."""
    return Server(tmp_path / "data", upstream.url)


@pytest.mark.parametrize("format", LINES)
def test_a_format_is_recognised_and_imported_offline(offline, tmp_path, format):
    """Three conversations are three interactions, with the user and what was said; again, none is new."""
    file = write(tmp_path / "export.jsonl", [LINES[format](number) for number in range(3)])
    assert " 0 known already, 0 problems" in offline.command("import", file).stdout
    offline.command("store", "rebuild")
    assert imported(offline) == 3
    users = offline.query("SELECT DISTINCT user_id FROM records WHERE kind = 'interaction'")
    assert len(users) == 1 and users[0]["user_id"].startswith("u_")
    said = offline.query("SELECT direction, text, count(*) AS n FROM messages GROUP BY 1, 2 ORDER BY 1")
    assert said == [{"direction": "input", "text": "where is the kettle", "n": 3}, {"direction": "output", "text": "on the stove", "n": 3}]
    again = offline.command("import", file).stdout
    assert ": 0 recorded, " in again and " 0 known already" not in again
    assert offline.command("verify").returncode == 0


def test_what_was_imported_offline_can_be_queried_at_once(offline, tmp_path):
    """No rebuild and no server is needed between an import and a query."""
    offline.command("import", write(tmp_path / "export.jsonl", [openai_line(number) for number in range(3)]))
    offline.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction'", 3, seconds=2)


@pytest.mark.parametrize("format", LINES)
def test_a_format_is_imported_beside_a_server(server, tmp_path, format):
    """The import goes through the running server, which stays the one writer."""
    file = write(tmp_path / "export.jsonl", [LINES[format](number) for number in range(3)])
    server.command("import", file)
    server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction' AND door = 'import'", 3)
    assert ": 0 recorded, " in server.command("import", file).stdout
    assert imported(server) == 3


@pytest.mark.parametrize("running", [False, True])
def test_bad_lines_are_reported_by_number_and_skipped(offline, tmp_path, running):
    """Exit code 1; the lines before, between and after are recorded; a bad line is not quoted."""
    lines = [openai_line(0), "{\"request\": hunter2}", openai_line(1), {"request": 7, "response": "hunter2"}, openai_line(2)]
    if running:
        offline.start()
    try:
        done = offline.command("import", write(tmp_path / "log.jsonl", lines), "--format", "openai", check=False)
    finally:
        offline.stop()
    assert done.returncode == 1, done.stderr
    assert "record 2:" in done.stderr and "record 4:" in done.stderr
    assert "2 problems" in done.stdout and "hunter2" not in done.stdout + done.stderr
    offline.command("store", "rebuild")
    assert imported(offline) == 3


def test_a_line_that_was_cut_off_costs_only_itself(offline, tmp_path):
    """The usual bad line of a log: its writer was killed in the middle of it."""
    lines = [openai_line(0), json.dumps(openai_line(1))[:-40], openai_line(2), openai_line(3)]
    done = offline.command("import", write(tmp_path / "log.jsonl", lines), check=False)
    assert done.returncode == 1 and "record 2:" in done.stderr
    offline.command("store", "rebuild")
    assert imported(offline) == 3


def test_an_unknown_format_is_refused_with_the_names(offline, tmp_path):
    """What is not recognised is not guessed at."""
    file = write(tmp_path / "notes.txt", ["milk, bread"])
    done = offline.command("import", file, check=False)
    assert done.returncode == 3 and "--format" in done.stderr
    done = offline.command("import", file, "--format", "opnai", check=False)
    assert done.returncode in (2, 3) and "openai" in done.stderr


def killed_import(server, file: str, target: int) -> None:
    """Starts an import and kills it once it says that it is at least `target` records in."""
    process = subprocess.Popen([BINARY, "import", file, "--data", str(server.data)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None and done(server) < target:
        time.sleep(0.002)
    assert process.poll() is None, "the import ended before it was killed"
    process.kill()
    process.wait()


def done(server) -> int:
    """Records that the import remembers as done (a file below DATA/imports)."""
    for file in (server.data / "imports").glob("*.json"):
        try:
            return json.loads(file.read_text())["done"]
        except (ValueError, FileNotFoundError):
            return 0
    return 0


@pytest.mark.parametrize("running", [False, True])
def test_an_import_goes_on_where_it_was_killed(offline, tmp_path, running):
    """SIGKILL in the middle: the next import takes the rest only, and none is lost or doubled."""
    total = 6000
    file = write(tmp_path / "log.jsonl", [openai_line(number) for number in range(total)])
    if running:
        offline.start()
    killed_import(offline, file, 1000)
    before = done(offline)
    assert 1000 <= before < total
    said = offline.command("import", file).stdout
    counts = [int(word) for word in said.rsplit(": ", 1)[1].replace(",", "").split() if word.isdigit()]
    assert sum(counts[:2]) == total - before, f"it began anew: {said}"
    assert not list((offline.data / "imports").glob("*.json"))
    offline.stop()
    assert offline.command("verify").returncode == 0
    offline.command("store", "rebuild")
    assert imported(offline) == total
    assert offline.query("SELECT count(*) AS n FROM records WHERE repeats > 0")[0]["n"] == 0
