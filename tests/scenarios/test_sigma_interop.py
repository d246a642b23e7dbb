"""Another implementation of Sigma agrees: pySigma turns the shipped rules into SQL, SQLite runs it over the
same events, and the same events match.

What SQL over one row an event cannot say is not hidden: the rules are counted and named by what keeps them
from being compared. SQLite is given regular expressions, which it leaves to its host."""

import functools
import itertools
import json
import random
import re
import sqlite3
import subprocess

import regex
import yaml
from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection
from sigma.conditions import ConditionAND, ConditionFieldEqualsValueExpression, ConditionNOT
from sigma.exceptions import SigmaError
from sigma.types import SigmaCompareExpression, SigmaNumber

from conftest import BINARY, ROOT

RECORDS = 10_000
# Events that rules without a category do not see: Plainsight's own.
OWN = {"system", "access", "alert"}
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def documents():
    for path in sorted((ROOT / "rules").rglob("*.yml")):
        yield from yaml.load_all(path.read_text(), Loader=LOADER)


def records() -> list[dict]:
    """The examples of all rules in sessions of their own; again with texts of one another, until enough."""
    examples = [r for d in documents() for e in d.get("plainsight", {}).get("examples", []) for r in e["records"]]
    texts = [s["content"] for r in examples for s in r.get("content", []) if s.get("type") == "text"]
    chance, made = random.Random(4), []
    for number in range(RECORDS):
        record = {k: v for k, v in examples[number % len(examples)].items() if k != "repeat"}
        record["actor"] = record.get("actor", {}) | {"session": f"session {number}"}
        if number >= len(examples):
            record["content"] = [other(segment, texts, chance) for segment in record.get("content", [])]
        made.append(record)
    return made


def other(segment: dict, texts: list[str], chance: random.Random) -> dict:
    if segment.get("type") != "text":
        return segment
    return segment | {"content": chance.choice([str.upper, str.title, str])(chance.choice(texts))}


def events(folder) -> list[dict]:
    path = folder / "records.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records()))
    told = subprocess.run([BINARY, "rules", "events", "--records", str(path)], capture_output=True, cwd=folder)
    assert told.returncode == 0, told.stderr.decode()[-2000:]
    return [json.loads(line) for line in told.stdout.splitlines()]


@functools.lru_cache(None)
def expression(pattern: str):
    # Rust writes a code point as \u{…} or \x{…}, and the end of a text as \z.
    pattern = re.sub(r"\\[ux]\{([0-9a-fA-F]+)\}", lambda hit: f"\\U{int(hit[1], 16):08x}", pattern)
    return regex.compile(re.sub(r"(?<!\\)\\z", r"\\Z", pattern), regex.VERSION1)


def matches(pattern: str, value) -> bool:
    return value is not None and expression(pattern).search(shown(value)) is not None


def shown(value) -> str:
    return value if isinstance(value, str) else str(value)


def atoms(condition, negated=False, joined=False):
    """Every comparison of a field: its value, whether it is below a NOT, and whether below an AND."""
    negated, joined = negated or isinstance(condition, ConditionNOT), joined or isinstance(condition, ConditionAND)
    if isinstance(condition, ConditionFieldEqualsValueExpression):
        yield condition.field, condition.value, negated, joined
    for part in getattr(condition, "args", []):
        yield from atoms(part, negated, joined)


class Table:
    """The events as rows: a list is a row for each of its members."""

    def __init__(self, all_events: list[dict]):
        self.events = all_events

    def matched(self, query: str, fields: dict[str, str], category: str | None) -> tuple[set[int], set[str]]:
        """The numbers of the events that a query selects, and those fields that are lists in some event."""
        lists, rows = set(), []
        for number, event in enumerate(self.events):
            if event["category"] != category and (category or event["category"] in OWN):
                continue
            values = [event["fields"].get(field) for field in fields]
            lists |= {field for field, value in zip(fields, values) if isinstance(value, list)}
            members = [value if isinstance(value, list) else [value] for value in values]
            rows += [(number, *map(stored, row)) for row in itertools.product(*members)]
        with sqlite3.connect(":memory:") as base:
            base.create_function("REGEXP", 2, matches, deterministic=True)
            columns = ["number"] + [f'"{field}" {affinity}' for field, affinity in fields.items()]
            base.execute(f"CREATE TABLE logs ({', '.join(columns)})")
            marks = ", ".join("?" * (len(fields) + 1))
            base.executemany(f"INSERT INTO logs VALUES ({marks})", rows)
            found = base.execute(query.replace("SELECT *", "SELECT DISTINCT number", 1)).fetchall()
        return {number for (number,) in found}, lists


def stored(value):
    return str(value).lower() if isinstance(value, bool) else value


def test_pysigma_and_sqlite_agree(tmp_path):
    table = Table(events(tmp_path))
    assert len({event["record"] for event in table.events}) > 0.9 * RECORDS
    ours: dict[str, set[int]] = {}
    for number, event in enumerate(table.events):
        for rule in event["rules"]:
            ours.setdefault(rule, set()).add(number)
    backend = sqliteBackend(collate_nocase=True)
    compared, matching, matched, apart, wrong = 0, 0, 0, {}, []
    for document in documents():
        if "correlation" in document or "filter" in document:
            continue
        ident, title = document["id"], document["title"]
        try:
            collection = SigmaCollection.from_dicts([{k: v for k, v in document.items() if k != "plainsight"}])
            rule = collection.rules[0]
            (query,) = backend.convert(collection)
            uses = [use for condition in rule.detection.parsed_condition for use in atoms(condition.parsed)]
            # A text that is a number compares as one: SQLite needs to be told so by the column's type.
            numbers = {field for field, value, *_ in uses if isinstance(value, SigmaCompareExpression | SigmaNumber)}
            fields = {field: "NUMERIC" if field in numbers else "" for field in backend.required_fields(rule)}
            theirs, lists = table.matched(query, fields, document["logsource"].get("category"))
        except (SigmaError, sqlite3.Error, regex.error) as error:
            apart.setdefault(f"{type(error).__name__}: {str(error)[:80]}", []).append(title)
            continue
        if theirs == ours.get(ident, set()):
            compared += 1
            matching += bool(theirs)
            matched += len(theirs)
            continue
        several = [field for field, _, _, joined in uses if joined and field in lists]
        if any(field in lists and negated for field, _, negated, _ in uses):
            apart.setdefault("NOT over a list: one row cannot say that no member matches", []).append(title)
        elif len(several) > len(set(several)):
            apart.setdefault("AND over one list: different members may match each part", []).append(title)
        else:
            only_ours, only_theirs = ours.get(ident, set()) - theirs, theirs - ours.get(ident, set())
            wrong.append((title, len(only_ours), len(only_theirs), query, sorted(only_ours | only_theirs)[:3]))
    print(f"{RECORDS} records, {len(table.events)} events: {compared} rules agree on {matched} matches, "
          f"{matching} of them match something")
    for reason, titles in apart.items():
        print(f"not compared, {len(titles)}: {reason}: {', '.join(titles)}")
    assert not wrong, "\n".join(map(str, wrong))
    assert matching > 0.9 * compared > 200 and sum(map(len, apart.values())) < 0.1 * compared
