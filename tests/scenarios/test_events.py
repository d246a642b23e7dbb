"""POST /v1/events: every type, once by its id, an error for each bad event, as the schema says."""

import json
import re
import urllib.error

import pytest

EXAMPLES = [
    {"type": "sign_in", "id": "e-1", "action": "login", "outcome": "failure", "user": "user-42", "client_address": "192.0.2.7", "reason": "wrong code"},
    {"type": "account", "id": "e-2", "action": "account.lock", "user": "user-42", "target": "user-43", "outcome": "success"},
    {"type": "authorization", "id": "e-3", "action": "role.grant", "user": "user-42", "target": "role/editor", "roles": ["admin"], "outcome": "denied"},
    {"type": "feedback", "id": "e-4", "action": "thumbs_down", "user": "user-42", "session": "session-7", "score": -1, "comment": "off the point"},
    {"type": "evaluation", "id": "e-5", "name": "groundedness", "score": 0.25, "label": "low", "trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "00f067aa0ba902b7"},
    {"type": "configuration", "id": "e-6", "action": "prompt.update", "name": "kitchen-prompt", "user": "user-42", "attributes": {"version": 3}},
    {"type": "resource", "id": "e-7", "name": "tokens", "attributes": {"used": 1200, "limit": 1000}, "time": "2025-11-24T16:00:00Z"},
    {"type": "guardrail", "id": "e-8", "name": "topic", "outcome": "denied", "reason": "off topic", "agent": "cook", "time": 1764000000},
]


def send(server, events) -> dict:
    return json.load(server.post("/v1/events", json.dumps(events).encode()))


def schema(server) -> dict:
    return json.loads(server.get("/v1/events/schema", token=False))


TYPES = {"string": str, "object": dict, "array": list, "number": (int, float), "null": type(None)}


def fits(value, rule: dict) -> bool:
    """Whether the value satisfies the part of JSON Schema that the published schema uses."""
    if "oneOf" in rule:
        return sum(fits(value, choice) for choice in rule["oneOf"]) == 1
    if "const" in rule:
        return value == rule["const"]
    if "enum" in rule:
        return value in rule["enum"]
    kinds = rule.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if isinstance(value, bool) or not any(isinstance(value, TYPES[kind]) for kind in kinds):
        return False
    if isinstance(value, str):
        length = rule.get("minLength", 0) <= len(value) <= rule.get("maxLength", 1 << 30)
        return length and ("pattern" not in rule or bool(re.search(rule["pattern"], value)))
    if isinstance(value, list):
        return len(value) <= rule["maxItems"] and all(fits(item, rule["items"]) for item in value)
    return True


def conforms(event: dict, rule: dict) -> bool:
    """Whether an event conforms to the schema's definition of one."""
    known = set(event) <= set(rule["properties"]) or rule["additionalProperties"]
    present = set(rule["required"]) <= set(event)
    needs = all(set(others) <= set(event) for name, others in rule["dependentRequired"].items() if name in event)
    return known and present and needs and all(fits(value, rule["properties"][name]) for name, value in event.items())


def test_every_type_is_recorded_and_seen_in_the_view(server):
    """One row of the view `events` for each, with what was said in it."""
    answer = send(server, EXAMPLES)
    assert (answer["recorded"], answer["known"], answer["rejected"]) == (8, 0, 0)
    server.wait_for("SELECT count(*) FROM events WHERE kind IN ('sign_in','account','authorization','feedback','evaluation','configuration','resource','guardrail') AND \"index\" IN (%s)" % indexes(answer), 8)
    rows = {row["kind"]: row for row in server.query("SELECT * FROM events WHERE \"index\" IN (%s)" % indexes(answer))}
    assert set(rows) == {event["type"] for event in EXAMPLES}
    assert (rows["sign_in"]["action"], rows["sign_in"]["outcome"], rows["sign_in"]["reason"]) == ("login", "failure", "wrong code")
    assert rows["authorization"]["target"] == "role/editor" and rows["authorization"]["outcome"] == "denied"
    assert rows["feedback"]["session_id"] == "session-7"
    assert rows["evaluation"]["name"] == "groundedness"
    assert rows["resource"]["time"].startswith("2025-11-24T16:00:00") and rows["guardrail"]["time"].startswith("2025-11-24T16:00:00")
    assert json.loads(rows["evaluation"]["attributes"])["gen_ai.evaluation.score.value"] == 0.25


def indexes(answer: dict) -> str:
    return ",".join(str(result["index"]) for result in answer["results"])


def test_people_and_addresses_are_pseudonyms(server):
    """The user and the address are recorded under pseudonyms, which `pseudonym()` finds again."""
    answer = send(server, EXAMPLES[:1])
    server.wait_for("SELECT count(*) FROM events WHERE \"index\" = %s" % indexes(answer), 1)
    row = server.query("SELECT user_id, client_address, pseudonym('user-42') AS user, pseudonym('192.0.2.7') AS address FROM events WHERE kind = 'sign_in'")[0]
    assert row["user_id"] == row["user"] and row["user_id"].startswith("u_")
    assert row["client_address"] == row["address"] and "192.0.2.7" not in row["client_address"]


def test_an_event_sent_again_is_the_same_event(server):
    """Idempotent by id, across a restart, and in the same request."""
    first = send(server, EXAMPLES)
    again = send(server, EXAMPLES)
    assert (again["recorded"], again["known"]) == (0, 8) and indexes(again) == indexes(first)
    server.stop()
    server.start()
    later = send(server, EXAMPLES[:1] * 2)
    assert (later["recorded"], later["known"]) == (0, 2)
    twin = {"type": "feedback", "id": "e-twin", "score": 1}
    assert [result["status"] for result in send(server, [twin, twin])["results"]] == ["recorded", "known"]


def test_a_bad_event_costs_only_itself(server):
    """Its result names the position and the field; its neighbours are recorded."""
    bad = [{"type": "sign_in", "outcome": "maybe"}, {"type": "sign-in"}, {"outcome": "success"}, {"type": "feedback", "score": "high"}, {"type": "feedback", "usr": "user-42"}, "sign_in"]
    answer = send(server, [EXAMPLES[0], *bad, EXAMPLES[1]])
    assert (answer["recorded"], answer["rejected"]) == (2, len(bad))
    rejected = [result for result in answer["results"] if result["status"] == "rejected"]
    assert [result["position"] for result in rejected] == [1, 2, 3, 4, 5, 6]
    assert [result["field"] for result in rejected][:4] == ["outcome", "type", "type", "score"]
    assert all(result["reason"] for result in rejected)


def test_events_a_line_are_taken_too(server):
    """JSON lines as well as an array and a single event."""
    body = "\n".join(json.dumps(event) for event in EXAMPLES[:3]).encode()
    answer = json.load(server.post("/v1/events", body, {"content-type": "application/x-ndjson"}))
    assert answer["recorded"] == 3
    assert send(server, EXAMPLES[3])["recorded"] == 1


def test_events_need_a_token(server):
    """Whoever has no token says nothing about who signed in."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        server.post("/v1/events", json.dumps(EXAMPLES).encode(), {"authorization": "Bearer wrong"})
    assert caught.value.code == 401


def test_the_schema_says_what_the_door_does(server):
    """The examples conform; what does not conform is rejected with its field."""
    rule = schema(server)["$defs"]["event"]
    assert all(conforms(event, rule) for event in EXAMPLES)
    kinds = {choice["const"] for choice in rule["properties"]["type"]["oneOf"]}
    assert kinds == {event["type"] for event in EXAMPLES}
    wrong = [
        {"type": "sign_in", "user": ""}, {"type": "sign_in", "user": "u" * 257}, {"type": "sign_in", "span_id": "00f067aa0ba902b7"},
        {"type": "sign_in", "trace_id": "0" * 32}, {"type": "feedback", "score": True}, {"type": "account", "roles": "admin"}, {"type": "account", "attributes": []},
    ]
    assert not any(conforms(event, rule) for event in wrong)
    answer = send(server, [EXAMPLES[0], *wrong])
    assert [result["status"] for result in answer["results"]] == ["recorded"] + ["rejected"] * len(wrong)
