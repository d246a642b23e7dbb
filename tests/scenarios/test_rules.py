"""`plainsight rules`: the shipped rules are right by their own examples, and a wrong one is explained."""

import json
import subprocess

from conftest import BINARY
from test_alerts import RULE


def rules(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([BINARY, "rules", *arguments], capture_output=True, text=True, timeout=300)


def test_every_shipped_rule_is_right_by_its_own_examples():
    lint = json.loads(rules("lint", "--format", "json").stdout)
    assert lint["problems"] == [] and lint["rules"] > 400
    done = rules("test", "--format", "json")
    answer = json.loads(done.stdout)
    assert done.returncode == 0 and answer["wrong"] == 0
    raising = {outcome["rule"] for outcome in answer["outcomes"]}
    for expected in (True, False):
        shown = [outcome["rule"] for outcome in answer["outcomes"] if outcome["expected"] is expected]
        assert all(shown.count(rule) >= 2 for rule in raising), "each has two examples of either kind"


def test_a_wrong_rule_is_told_with_its_place_and_what_was_meant(tmp_path):
    rule = tmp_path / "kettle.yml"
    rule.write_text(RULE.replace("content|contains", "contnet|contains").replace("condition: said", "condition: sald"))
    done = rules("lint", str(rule))
    assert done.returncode == 1
    assert f"{rule}:10:" in done.stdout and "said" in done.stdout
    rule.write_text(RULE.replace("content|contains", "contnet|contains"))
    told = rules("lint", str(rule)).stdout
    assert "contnet" in told and "content" in told.replace("contnet", "")
    assert rules("lint", str(tmp_path / "none.yml")).returncode == 3


def test_rules_are_listed():
    listed = json.loads(rules("list", "--format", "json").stdout)
    assert {"critical", "high", "medium", "low"} <= {rule["severity"] for rule in listed}
