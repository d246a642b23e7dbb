"""Whoever reads the record is recorded: through the API, beside a server, and without one."""

import json
import os
import pathlib
import shutil
import signal

from conftest import Server
from test_store import say

READINGS = [("query", "SELECT 'kumquat' FROM records"), ("search", "kumquat"), ("show", "0"), ("tail", "--no-follow", "-n", "1")]
ACTIONS = ["records.query", "records.search", "records.show", "records.tail"]


def read_all(server) -> list[str]:
    """What each command says on standard error."""
    return [server.command(*reading).stderr for reading in READINGS]


def accesses(server) -> list[dict]:
    lines = [json.loads(line) for line in server.command("tail", "--no-follow", "-n", "1000").stdout.splitlines()]
    return [line["record"] for line in lines if line["record"]["kind"] == "access"]


def test_commands_beside_a_server_are_recorded_by_it(server):
    """Each leaves one record that is there before its answer, and that holds no value."""
    say(server, "where is the kumquat")
    server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction'", 1)
    before = len(accesses(server))
    assert read_all(server) == [""] * 4
    found = accesses(server)[before + 1:]
    assert [record["event"]["action"] for record in found] == ACTIONS
    assert "kumquat" not in json.dumps(found)


def test_commands_without_a_server_record_themselves(server):
    """The command takes the directory, records what it read, and lets go of it."""
    say(server, "where is the kumquat")
    server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction'", 1)
    server.stop()
    before = len(accesses(server))
    assert read_all(server) == [""] * 4
    found = accesses(server)[before + 1:]
    assert [record["event"]["action"] for record in found] == ACTIONS
    assert len({record["actor"]["user"] for record in found}) == 1 and "kumquat" not in json.dumps(found)
    assert server.command("verify").returncode == 0
    known = server.query(f"SELECT DISTINCT user_id = pseudonym('uid-{os.getuid()}') AS known FROM records WHERE kind = 'access' AND attributes LIKE '%last%'")
    assert known == [{"known": 1}]
    server.start()
    assert read_all(server) == [""] * 4


def test_a_log_with_a_name_of_its_own_is_gone_on_with(tmp_path, upstream):
    """A command has no configuration of the server's, and needs none."""
    server = Server(tmp_path / "data", upstream.url, "[ledger]\norigin = \"logs.example.com/mine\"\n").start()
    server.stop()
    assert server.command("query", "SELECT 1").stderr == ""
    assert "logs.example.com/mine" in server.command("verify").stdout


def copy(server, tmp_path, *parts: str) -> Server:
    other = Server(tmp_path / "copy", "http://127.0.0.1:1")
    for part in parts or [entry.name for entry in server.data.iterdir()]:
        (other.data / part).parent.mkdir(parents=True, exist_ok=True)
        source = server.data / part
        (shutil.copytree if source.is_dir() else shutil.copy)(source, other.data / part)
    return other


def snapshot(folder: pathlib.Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_copy_that_cannot_be_signed_is_read_all_the_same(server, tmp_path):
    """It says that the reading is not recorded, and leaves log and keys as they are."""
    say(server, "where is the kumquat")
    server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction'", 1)
    server.stop()
    other = copy(server, tmp_path)
    (other.data / "keys" / "ledger.key").unlink()
    before = {part: snapshot(other.data / part) for part in ("ledger", "keys")}
    for said in read_all(other):
        assert said.count("this reading is not recorded") == 1 and "key" in said, said
    assert {part: snapshot(other.data / part) for part in ("ledger", "keys")} == before
    assert other.command("verify").returncode == 0


def test_a_server_that_is_silent_does_not_keep_the_operator_from_looking(server):
    """The files answer, and it is said that nobody recorded it."""
    say(server, "where is the kumquat")
    server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction'", 1)
    server.process.send_signal(signal.SIGSTOP)
    try:
        done = server.command("search", "kumquat", "--format", "json")
    finally:
        server.process.send_signal(signal.SIGCONT)
    assert "this reading is not recorded: the server that runs here is silent" in done.stderr
    assert len(json.loads(done.stdout)) == 1


def test_an_auditor_needs_no_keys(server, tmp_path):
    """verify, prove and checkpoint work on the log and its verifying key alone, and write nothing."""
    say(server, "where is the kumquat")
    server.stop()
    other = copy(server, tmp_path, "ledger", "keys/ledger.vkey")
    before = snapshot(other.data)
    for command in (["verify"], ["prove", "0"], ["checkpoint"]):
        done = other.command(*command)
        assert done.stdout and not done.stderr
    assert snapshot(other.data) == before
