"""Rules of others and what the rules cover, through the command line."""

import json
import subprocess

from conftest import BINARY

NOVA = """rule ParrotOrders
{
    meta:
        description = "Orders to a parrot"
        severity = "high"
    keywords:
        $speak = "parrot, speak"
    semantics:
        $meaning = "orders to a bird" (0.4)
    condition:
        keywords.$speak or semantics.$meaning
}
"""
SAID = {"kind": "interaction", "time": 1760000000000000000, "actor": {"user": "ada"}, "content": [
    {"direction": "input", "message": 0, "role": "user", "origin": "user", "type": "text", "content": "Parrot, speak"},
]}


def rules(folder, *arguments, stdin=None):
    told = subprocess.run([BINARY, "rules", *arguments], capture_output=True, text=True, cwd=folder, input=stdin)
    assert told.returncode == 0, told.stderr
    return told


def test_an_imported_rule_matches_and_says_what_it_lost(tmp_path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "parrot.nov").write_text(NOVA)
    told = rules(tmp_path, "import", "nova", "theirs", "--out", "ours")
    assert "1 files read, 1 rules written" in told.stdout
    assert "ParrotOrders: semantics.$meaning: left out: " in told.stderr
    assert "1 rules, 0 problems" in rules(tmp_path, "lint", "ours").stdout
    (event,) = [json.loads(line) for line in
                rules(tmp_path, "events", "ours", stdin=json.dumps(SAID)).stdout.splitlines() if "Parrot" in line
                and json.loads(line)["category"] == "message"]
    assert event["rules"] and event["fields"]["content"] == "Parrot, speak" and event["record"] == 0


def test_coverage_counts_every_row(tmp_path):
    coverage = json.loads(rules(tmp_path, "coverage", "--format", "json").stdout)
    rows = [row for peer in coverage["peers"] for row in peer["alerts"]] + coverage["requirements"]
    assert len(rows) > 400 and all(row["rules"] or row["not_covered"] for row in rows)
    text = rules(tmp_path, "coverage").stdout
    assert f"| All peers | {len(rows) - len(coverage['requirements'])} |" in text
