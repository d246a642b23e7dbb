"""`plainsight inspect test`, and what a policy does to records by origin, tenant and detector."""

import json
import subprocess

import pytest

from conftest import BINARY, Server

CARD = "4111 1111 1111 1111"
EMAIL = "person-1@example.com"
CONFIG = """
[inspect]
actions = { EMAIL_ADDRESS = "drop", CREDIT_CARD = "mask" }

[inspect.origin.tool]
actions = { EMAIL_ADDRESS = "seal" }

[inspect.tenant.acme]
actions = { EMAIL_ADDRESS = "mask" }

[inspect.allow.EMAIL_ADDRESS]
domains = ["example.org"]

[[inspect.detector]]
name = "badge"
regex = "badge (?<value>[0-9]{11})"
validator = "luhn"

[[inspect.detector]]
name = "project"
words = ["silver lake"]
"""


def run(*arguments: str, text: str = "", code: int = 0) -> str:
    done = subprocess.run([BINARY, "inspect", "test", *arguments], input=text, capture_output=True, text=True, timeout=60)
    assert done.returncode == code, f"{done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "plainsight.toml"
    path.write_text(CONFIG)
    return str(path)


def test_every_finding_is_shown_and_no_value(config):
    """Place, type, confidence, action; the text only as it is kept."""
    text = f"hello\n  mail {EMAIL} or a@example.org\ncard {CARD}, badge 79927398713, Silver Lake\n"
    shown = run("--config", config, text=text)
    for part in ("2:8", "EMAIL_ADDRESS", "drop", "3:6", "[CREDIT_CARD:…1111]", "mask", "CUSTOM/badge", "[CUSTOM:project]", "a@example.org"):
        assert part in shown, f"{part}: {shown}"
    for value in (EMAIL, CARD, "79927398713", "Silver Lake"):
        assert value not in shown
    answer = json.loads(run("--config", config, "--json", text=text))
    assert [finding["type"] for finding in answer["findings"]] == ["EMAIL_ADDRESS", "CREDIT_CARD", "CUSTOM", "CUSTOM"]
    assert [(finding["line"], finding["column"]) for finding in answer["findings"]] == [(2, 8), (3, 6), (3, 33), (3, 46)]
    assert answer["inspection"] == "complete"


def test_origin_and_tenant_decide(config, tmp_path):
    """The same text, whoever it is from."""
    file = tmp_path / "text.txt"
    file.write_text(f"mail {EMAIL}")
    action = lambda *options: json.loads(run("--config", config, "--json", *options, str(file)))["findings"][0]["action"]
    assert action() == "drop"
    assert action("--origin", "tool") == "seal"
    assert action("--tenant", "acme") == action("--tenant", "acme", "--origin", "tool") == "mask"
    assert "expected system, user" in run("--origin", "nobody", str(file), code=2)


def test_expectations_are_checked(config, tmp_path):
    """Exit 1 on a miss, and on what a detector of one's own finds where nothing is expected."""
    file = tmp_path / "expect.jsonl"
    good = {"text": "é badge 79927398713", "spans": [{"start": 8, "end": 19, "type": "CUSTOM/badge"}]}
    clean = {"text": "badge 79927398714", "spans": []}
    missed = {"text": "badge 79927398714", "spans": [{"start": 6, "end": 17, "type": "CUSTOM/badge"}]}
    surplus = {"text": "by the Silver Lake", "spans": []}
    write = lambda *rows: file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    write(good, clean)
    assert "2 texts, 1 values expected, 0 wrong" in run("--config", config, "--expect", str(file))
    write(good, missed, surplus)
    told = run("--config", config, "--expect", str(file), code=1)
    assert "missed" in told and "not expected" in told and "2 wrong" in told
    wrong = json.loads(run("--config", config, "--json", "--expect", str(file), code=1))["wrong"]
    assert [(row["line"], row["type"]) for row in wrong] == [(2, "CUSTOM/badge"), (3, "CUSTOM/project")]
    file.write_text('{"text": "badge 79927398713"}\n')
    told = run("--config", config, "--expect", str(file), code=3)
    assert "line 1" in told and "79927398713" not in told


def test_what_is_wrong_is_told_with_its_place(tmp_path):
    """Every mistake of a policy, with its line and the nearest name; the expression is not quoted."""
    path = tmp_path / "wrong.toml"
    path.write_text(
        '[inspect]\nEMAIL = "drop"\n[inspect.origin.tol]\nactions = { IBAN = "drop" }\n'
        '[[inspect.detector]]\nname = "a"\nregex = "x"\n'
        '[[inspect.detector]]\nname = "b"\nregex = "((canary{1,50}){1,50}){1,50}"\n'
        '[[inspect.detector]]\nname = "c"\nregx = "x"\n'
    )
    done = subprocess.run([BINARY, "config", "check", str(path)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    for place, part in ((":2:", "EMAIL_ADDRESS is meant"), (":3:", "tool is meant"), (":10:", "could explode"), (":13:", "`regex` is meant")):
        assert any(place in line and part in line for line in lines), f"{place} {part}: {lines}"
    assert "canary" not in done.stdout


def test_scan_follows_the_policy_that_is_named_or_found(config, tmp_path):
    """`--config`, else `plainsight.toml` of the working directory, else the defaults."""
    line = json.dumps({"id": 1, "text": f"mail {EMAIL} or a@example.org, badge 79927398713, card {CARD}"}) + "\n"

    def scan(*arguments: str, cwd, code: int = 0):
        done = subprocess.run([BINARY, "scan", *arguments], input=line, capture_output=True, text=True, timeout=60, cwd=cwd)
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout)["redacted"] if code == 0 else done.stderr

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    configured = "mail [EMAIL_ADDRESS] or a@example.org, badge [CUSTOM:badge], card [CREDIT_CARD:…1111]"
    assert scan("--config", config, cwd=elsewhere) == configured
    assert scan(cwd=tmp_path) == configured
    default = scan(cwd=elsewhere)
    assert "a@example.org" not in default and "[CUSTOM:badge]" not in default
    (elsewhere / "plainsight.toml").write_text("[inspect]\nEMAIL = \"drop\"\n")
    assert "perhaps EMAIL_ADDRESS is meant" in scan(cwd=elsewhere, code=3)


@pytest.mark.parametrize("section", ["inspect", "detect"])
def test_a_classifier_without_the_feature_is_told_at_the_start(tmp_path, section):
    path = tmp_path / "plainsight.toml"
    path.write_text(f"[{section}.classifier]\nfolder = \"/nowhere\"\n")
    done = subprocess.run([BINARY, "config", "check", str(path)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and f"plainsight.toml:2:10: {section}.classifier.folder: " in done.stdout, done.stdout


def chat(server, tenant: str = "default") -> None:
    messages = [
        {"role": "user", "content": f"write to {EMAIL} about badge 79927398713, not to b@example.org; pay with {CARD}"},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "call_1", "content": f"it is {EMAIL}"},
    ]
    body = json.dumps({"model": "m", "messages": messages}).encode()
    server.post("/openai/v1/chat/completions", body, {"x-plainsight-tenant": tenant}).read()


def test_the_running_server_follows_the_policy(tmp_path, upstream):
    """Seal, drop and mask by origin and tenant; nothing of it in the clear on the disk."""
    server = Server(tmp_path / "data", upstream.url, CONFIG).start()
    try:
        chat(server)
        chat(server, "acme")
        server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction' AND parts = 2", 2)
        rows = server.query("SELECT tenant, type, subtype, action FROM findings")
        told = {(row["tenant"], row["type"], row["subtype"], row["action"]) for row in rows}
        assert ("default", "EMAIL_ADDRESS", None, "drop") in told
        assert ("default", "EMAIL_ADDRESS", None, "seal") in told
        assert ("default", "CREDIT_CARD", None, "mask") in told
        assert ("default", "CUSTOM", "badge", "drop") in told
        assert {action for tenant, kind, _, action in told if (tenant, kind) == ("acme", "EMAIL_ADDRESS")} == {"mask"}
        texts = " ".join(row["text"] or "" for row in server.query("SELECT text FROM messages"))
        assert "b@example.org" in texts and "[CREDIT_CARD:…1111]" in texts and "[CUSTOM:badge]" in texts
        assert EMAIL not in texts
    finally:
        server.stop()
    files = [path for path in server.data.rglob("*") if path.is_file()]
    leaked = [path.name for path in files if EMAIL.encode() in path.read_bytes() or b"79927398713" in path.read_bytes()]
    assert not leaked
