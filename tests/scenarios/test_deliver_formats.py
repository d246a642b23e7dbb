"""Formats of the outside world, judged by other people's readers: `standardwebhooks`,
`py-ocsf-models` and `pycef`."""

import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

REASON = 'The answer of lookup=orders told the model\nto ignore | its \\ "instructions" \u202eü'


def alert(number: int, count: int = 1) -> dict:
    return {
        "version": 1,
        "kind": "alert",
        "time": 1_760_000_003_500_000_000,
        "alert": {
            "id": f"al_{number:032x}",
            "rule": {"id": "7a0c9a4e-7f0c-4a6e-9d57-2b1f4f1f0a11", "title": "Override in a result", "digest": "ab" * 32},
            "severity": ["informational", "low", "medium", "high", "critical"][number % 5],
            "score": 0.87,
            "reason": REASON,
            "action": "Open the session.",
            "tags": ["atlas.aml.t0051.001", "owasp.llm01.2025"],
            "entities": {
                "user.id": "user_7f3a",
                "session.id": "session-42",
                "client.address": "ip_5d20",
                "gen_ai.agent.name": "order agent",
                "gen_ai.tool.name": "lookup",
                "gen_ai.request.model": "gpt-4o",
            },
            "evidence": [17, 18, 23],
            "first_seen": 1_760_000_000_250_000_000,
            "last_seen": 1_760_000_003_500_000_000,
            "count": count,
        },
    }


ALERTS = [alert(number, count) for number, count in enumerate([1, 1, 10, 100, 1000])]


@pytest.fixture(scope="module")
def written():
    """What the example writes in a format, one line each."""
    subprocess.run(["cargo", "build", "-q", "-p", "deliver", "--example", "format"], cwd=ROOT, check=True)
    lines = "".join(json.dumps(one) + "\n" for one in ALERTS)

    def write(*arguments: str) -> list[str]:
        command = [TARGET / "debug" / "examples" / "format", *arguments]
        done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
        return done.stdout.split("\n")[:-1]

    return write


def test_webhooks_verify_and_a_changed_body_does_not(written):
    webhooks = pytest.importorskip("standardwebhooks.webhooks")
    judge = webhooks.Webhook(SECRET)
    deliveries = [json.loads(line) for line in written("webhook", SECRET)]
    assert len(deliveries) == len(ALERTS)
    for delivery in deliveries:
        payload = judge.verify(delivery["body"], delivery["headers"])
        assert payload["type"] == "plainsight.alert"
        assert payload["data"]["finding_info"]["desc"] == REASON
        with pytest.raises(webhooks.WebhookVerificationError):
            judge.verify(delivery["body"].replace("lookup", "lookdown"), delivery["headers"])


def test_findings_are_what_the_ocsf_models_expect(written):
    findings = pytest.importorskip("py_ocsf_models.events.findings.detection_finding")
    for line, wanted in zip(written("ocsf"), ALERTS, strict=True):
        finding = findings.DetectionFinding.model_validate_json(line)
        assert finding.finding_info.uid == wanted["alert"]["id"]
        assert finding.finding_info.desc == REASON
        assert finding.severity_id.name.lower() == wanted["alert"]["severity"]
        assert finding.activity_id.name == ("Create" if wanted["alert"]["count"] == 1 else "Update")
        assert finding.count == wanted["alert"]["count"]


def test_cef_parses(written):
    pycef = pytest.importorskip("pycef")
    for line, wanted in zip(written("cef"), ALERTS, strict=True):
        parsed = pycef.parse(line)
        assert parsed["DeviceVendor"] == "Plainsight"
        assert parsed["DeviceName"] == "Override in a result"
        # It takes no escape away, and reads none in the header.
        told = parsed["msg"].replace("\\\\", "\0").replace("\\n", "\n").replace("\\=", "=").replace("\0", "\\")
        assert told == REASON
        assert parsed["suid"] == "user_7f3a"
        assert parsed["session.id"] == "session-42"
        assert parsed["PlainsightAlertId"] == wanted["alert"]["id"]
        assert parsed["cnt"] == str(wanted["alert"]["count"])
