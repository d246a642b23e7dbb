"""The keys: originals under seal, read with a reason and on record; rotated, moved, and killed in the middle."""

import base64
import json
import os
import random
import subprocess
import time
import urllib.error

import openai
import pytest

from conftest import BINARY, Server

CONFIG = '[inspect]\nEMAIL_ADDRESS = "seal"\n'
ADDRESS = "mary.major@canary-mail.com"
PROMPT = f"write to {ADDRESS} about the kettle"
KILLS = int(os.environ.get("PLAINSIGHT_KILLS", "12"))


@pytest.fixture
def sealing(tmp_path, upstream):
    running = Server(tmp_path / "data", upstream.url, config=CONFIG).start()
    yield running
    running.stop()


def say(server, text: str = PROMPT) -> None:
    client = openai.OpenAI(base_url=f"{server.base}/openai/v1", api_key="sk-test", max_retries=0)
    client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": text}], user="user-42")


def sealed(server, count: int = 1) -> list[dict]:
    """Index and position of each sealed finding."""
    server.wait_for("SELECT count(*) FROM findings WHERE action = 'seal'", count)
    found = []
    for row in server.query("SELECT DISTINCT \"index\" FROM findings WHERE action = 'seal' ORDER BY 1"):
        record = json.loads(server.command("show", str(row["index"])).stdout)["record"]
        found += [{"index": row["index"], "finding": original["finding"]} for original in record["sealed"]]
    return found


def unseal(server, at: dict, reason: str = "case 17", **options) -> subprocess.CompletedProcess:
    return server.command("unseal", str(at["index"]), "--finding", str(at["finding"]), "--reason", reason, **options)


def status(server, **options) -> dict:
    return json.loads(server.command("vault", "status", "--json", **options).stdout)


def accesses(server, count: int, outcome: str = "success") -> list[dict]:
    where = f"action = 'original.unseal' AND outcome = '{outcome}'"
    server.wait_for(f"SELECT count(*) FROM access WHERE {where}", count)
    return server.query(f"SELECT *, pseudonym('admin') AS admin, pseudonym('uid-{os.getuid()}') AS keyholder FROM access WHERE {where} ORDER BY \"index\"")


def hidden(data) -> None:
    """The original is in no file."""
    for path in data.rglob("*"):
        assert not path.is_file() or b"mary.major" not in path.read_bytes(), path


def identity(server) -> dict:
    """The pseudonym of the user and the fingerprints of the address."""
    users = server.query("SELECT DISTINCT user_id FROM records WHERE kind = 'interaction'")
    fingerprints = server.query("SELECT DISTINCT fingerprint FROM findings WHERE type = 'EMAIL_ADDRESS'")
    return {"users": users, "fingerprints": fingerprints}


def test_an_original_is_read_with_a_reason(sealing):
    """By the API and by the command, each with a record that has the reason and not the value."""
    say(sealing)
    at = sealed(sealing)[0]
    listed = json.loads(sealing.get(f"/api/v1/records/{at['index']}/unseal"))
    assert listed["sealed"][0]["type"] == "EMAIL_ADDRESS" and ADDRESS not in json.dumps(listed)
    body = json.dumps({"finding": at["finding"], "reason": "whom to warn"}).encode()
    answer = json.load(sealing.post(f"/api/v1/records/{at['index']}/unseal", body))
    assert answer["value"] == ADDRESS
    assert unseal(sealing, at, "a second look").stdout == f"{ADDRESS}\n"
    rows = accesses(sealing, 2)
    assert [row["reason"] for row in rows] == ["whom to warn", "a second look"]
    assert rows[0]["index"] == answer["access"] and all(row["user_id"] == row["admin"] for row in rows)
    assert all(row["target"] == f"record {at['index']}" and json.loads(row["attributes"])["finding"] == at["finding"] for row in rows)
    sealing.stop()
    assert unseal(sealing, at, "nobody serves").stdout == f"{ADDRESS}\n"
    rows = accesses(sealing, 3)
    assert rows[-1]["reason"] == "nobody serves" and rows[-1]["user_id"] == rows[-1]["keyholder"]
    hidden(sealing.data)
    assert sealing.command("verify").returncode == 0


def test_no_reason_no_original(sealing):
    """Nor another finding, nor a record that is not there; each with the reason why not."""
    say(sealing)
    at = sealed(sealing)[0]
    for found, reason, told in [(at, " ", "reason"), ({**at, "finding": 99}, "x", "no sealed original"), ({**at, "index": 100_000}, "x", "no such record")]:
        for stopped in (False, True):
            if stopped:
                sealing.stop()
            done = unseal(sealing, found, reason, check=False)
            assert done.returncode == 3 and told in done.stderr and not done.stdout, done.stderr
        sealing.start()
    accesses(sealing, 4, "failure")


def test_a_wrong_token_is_refused_and_recorded(sealing):
    """Whoever tries is on record, once a second at the most."""
    say(sealing)
    at = sealed(sealing)[0]
    body = json.dumps({"finding": at["finding"], "reason": "curious"}).encode()
    for token in ("guess", "", "0" * 64):
        with pytest.raises(urllib.error.HTTPError) as refused:
            sealing.post(f"/api/v1/records/{at['index']}/unseal", body, headers={"authorization": f"Bearer {token}"})
        assert refused.value.code == 401 and ADDRESS.encode() not in refused.value.read()
    row = accesses(sealing, 1, "denied")[0]
    assert row["target"] == f"record {at['index']}" and row["reason"] is None
    accesses(sealing, 0)


def test_rotations_keep_everything_readable(sealing):
    """New keys while the server runs and while it does not; the same pseudonyms and fingerprints."""
    say(sealing)
    sealed(sealing)
    before = identity(sealing)
    for number in range(3):
        assert "new keys" in sealing.command("vault", "rotate").stdout
        assert f"epoch {2 * number + 2}" in sealing.command("vault", "rotate", "--root").stdout
        say(sealing, f"{PROMPT} once more, {number}")
        sealing.stop()
        sealing.command("vault", "rotate")
        sealing.command("vault", "rotate", "--root")
        sealing.start()
    originals = sealed(sealing, 4)
    assert [unseal(sealing, at).stdout for at in originals] == [f"{ADDRESS}\n"] * 4
    assert identity(sealing) == before and before["users"] and before["fingerprints"]
    said = status(sealing)
    assert said["root"]["source"] == "file" and [root["epoch"] for root in said["root"]["epochs"]] == list(range(1, 8))
    assert all(root["retired"] and root["key_is_here"] for root in said["root"]["epochs"][:-1]) and not said["root"]["epochs"][-1]["retired"]
    assert [tenant["epoch"] for tenant in said["tenants"]] == [7] and said["subjects"] >= 1 and said["sealed_originals"] == 4
    keys = {path.read_text().strip() for path in (sealing.data / "keys").glob("root.key*")}
    assert len(keys) == 7
    shown = json.dumps(said) + sealing.command("vault", "status").stdout
    assert not any(key in shown for key in keys)
    sealing.wait_for("SELECT count(*) FROM events WHERE action LIKE 'vault.rotate%'", 12)
    sealing.stop()
    sealing.command("store", "rebuild")
    assert identity(sealing) == before
    assert sealing.command("verify").returncode == 0
    hidden(sealing.data)


def test_the_root_key_moves_between_file_and_environment(sealing, monkeypatch):
    """Out of the file, from one value to another, and back; each time the key from before is refused with the reason."""
    say(sealing)
    at = sealed(sealing)[0]
    first, second = os.urandom(32).hex(), base64.b64encode(os.urandom(32)).decode()
    refused = sealing.command("vault", "rotate", "--root", "--to", "environment", check=False)
    assert refused.returncode == 3 and "stop the server" in refused.stderr
    sealing.stop()
    refused = sealing.command("vault", "rotate", "--root", "--to", "environment", check=False)
    assert refused.returncode == 3 and "PLAINSIGHT_NEW_ROOT_KEY" in refused.stderr

    def move(to: str, new: str | None = None):
        if new:
            monkeypatch.setenv("PLAINSIGHT_NEW_ROOT_KEY", new)
        sealing.command("vault", "rotate", "--root", "--to", to)
        monkeypatch.delenv("PLAINSIGHT_NEW_ROOT_KEY", raising=False)
        old = sealing.command("vault", "status", check=False)
        assert old.returncode == 3 and "root key" in old.stderr, old.stderr
        monkeypatch.delenv("PLAINSIGHT_ROOT_KEY", raising=False)
        if new:
            monkeypatch.setenv("PLAINSIGHT_ROOT_KEY", new)
        assert status(sealing)["root"]["source"] == to
        assert unseal(sealing, at).stdout == f"{ADDRESS}\n"
        sealing.start()
        assert unseal(sealing, at).stdout == f"{ADDRESS}\n"
        say(sealing)
        sealing.stop()

    move("environment", first)
    assert not (sealing.data / "keys" / "root.key").exists()
    refused = sealing.command("vault", "rotate", "--root", check=False)
    assert refused.returncode == 3 and "--to" in refused.stderr
    move("environment", second)
    sealing.start()
    refused = sealing.command("vault", "rotate", "--root", check=False)
    assert refused.returncode == 3 and "kept elsewhere" in refused.stderr
    sealing.stop()
    move("file")
    sealing.command("store", "rebuild")
    for wrong in ("", "not a key", "00" * 31):
        monkeypatch.setenv("PLAINSIGHT_ROOT_KEY", wrong)
        done = sealing.command("vault", "status", check=False)
        assert done.returncode == 3 and "64 hexadecimal" in done.stderr and (not wrong or wrong not in done.stderr)


def test_a_rotation_that_is_killed(sealing):
    """kill -9 at random instants, most of them in the middle: afterwards everything opens, and it can be rotated again."""
    choose, staged = random.Random(17), sealing.data / "keys" / "root.key.new"
    for number in range(5):
        say(sealing, f"{PROMPT}, {number}")
    originals = sealed(sealing, 5)
    before = identity(sealing)
    sealing.stop()
    for number in range(KILLS):
        process = subprocess.Popen([BINARY, "vault", "rotate", "--root", "--data", str(sealing.data)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if number % 3 == 0:
            time.sleep(choose.uniform(0.0, 0.25))
        else:
            while not staged.exists() and process.poll() is None:
                pass
            time.sleep(choose.uniform(0.0, 0.08))
        process.kill()
        process.wait()
        said = status(sealing)
        assert [root["epoch"] for root in said["root"]["epochs"]] == list(range(1, len(said["root"]["epochs"]) + 1))
        assert sum(1 for root in said["root"]["epochs"] if not root["retired"]) == 1
        at = originals[number % len(originals)]
        assert unseal(sealing, at).stdout == f"{ADDRESS}\n"
    sealing.command("vault", "rotate", "--root")
    sealing.start()
    assert all(unseal(sealing, at).stdout == f"{ADDRESS}\n" for at in originals)
    assert identity(sealing) == before
    assert sealing.command("verify").returncode == 0
