"""Values of every type, planted in every field of every door: not one is anywhere in the clear afterwards."""

import collections
import itertools
import json
import re
import subprocess
import urllib.error

import openai
import pytest

from canaries import FORMS, KEPT, Form, canary
from conftest import BINARY, ROOT


class Planter:
    """Hands out canaries of one form and remembers them, with the field each was planted in."""

    def __init__(self, form: Form):
        self.form = form
        self.planted = {}
        self.numbers = itertools.count()

    def __call__(self, place: str) -> str:
        made = canary(self.form, next(self.numbers))
        self.planted[made.value] = place
        return made.text


def attribute(key: str, value) -> dict:
    if isinstance(value, dict):
        return {"key": key, "value": {"kvlistValue": {"values": [attribute(*item) for item in value.items()]}}}
    if isinstance(value, list):
        return {"key": key, "value": {"arrayValue": {"values": [{"stringValue": item} for item in value]}}}
    return {"key": key, "value": {"stringValue": value}}


def messages(plant, door: str) -> list:
    arguments = {"a": {"b": {"c": plant(f"{door} argument three deep")}}, plant(f"{door} argument key"): 1}
    return [
        {"role": "system", "parts": [{"type": "text", "content": plant(f"{door} system")}]},
        {"role": "user", "name": plant(f"{door} name"), "parts": [{"type": "text", "content": f"my key is {plant(f'{door} user')}, keep it"}]},
        {"role": "assistant", "parts": [{"type": "tool_call", "id": plant(f"{door} call id"), "name": plant(f"{door} tool name"), "arguments": arguments}]},
        {"role": "tool", "parts": [{"type": "tool_call_response", "id": "call_1", "response": json.dumps({"inner": json.dumps({"deep": plant(f"{door} json in json")})})}]},
    ]


def traces(plant) -> dict:
    event = {"name": plant("event name"), "timeUnixNano": "1", "attributes": [attribute("e", plant("event attribute"))]}
    link = {"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "attributes": [attribute("l", plant("link attribute"))]}
    call = [
        attribute("gen_ai.operation.name", "chat"),
        attribute("gen_ai.provider.name", "openai"),
        attribute("gen_ai.request.model", plant("model")),
        attribute("gen_ai.response.id", plant("response id")),
        attribute("gen_ai.response.finish_reasons", [plant("finish reason")]),
        attribute("gen_ai.input.messages", json.dumps(messages(plant, "otlp"))),
        attribute("gen_ai.output.messages", json.dumps([{"role": "assistant", "parts": [{"type": "text", "content": plant("otlp output")}]}])),
        attribute("gen_ai.tool.definitions", json.dumps([{"name": "t", "description": plant("tool definition")}])),
        attribute("user.id", plant("otlp user")),
        attribute("session.id", plant("otlp session")),
        attribute("client.address", "203.0.113.77"),
        attribute("server.address", plant("server address")),
        attribute("url.full", f"https://example.com/?q={plant('url query')}"),
        attribute("http.request.header.x", [plant("header attribute")]),
        attribute("nested", {"a": {"b": {"c": plant("attribute three deep")}}}),
        attribute(plant("attribute key"), "value"),
        attribute("password", "horse-battery-staple-77"),
    ]
    flat = [
        attribute("openinference.span.kind", "LLM"),
        attribute("input.value", json.dumps({"messages": [{"role": "user", "content": plant("input.value")}]})),
        attribute("output.value", plant("output.value")),
        attribute("llm.input_messages.0.message.role", "user"),
        attribute("llm.input_messages.0.message.content", plant("flat content")),
        attribute("metadata", json.dumps({"note": plant("metadata")})),
    ]
    span = lambda number, name, attributes: {
        "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": f"{number:016x}", "name": name, "kind": 3,
        "traceState": plant("trace state"), "startTimeUnixNano": "1795476561529282090", "endTimeUnixNano": "1795476561577731285",
        "attributes": attributes, "events": [event], "links": [link], "status": {"code": 2, "message": plant("status message")},
    }
    scope = {"name": plant("scope name"), "version": plant("scope version"), "attributes": [attribute("s", plant("scope attribute"))]}
    resource = {"attributes": [attribute("service.name", plant("service name")), attribute("r", plant("resource attribute"))]}
    spans = [span(1, plant("span name"), call), span(2, "flat", flat), span(3, "plain", [attribute("db.statement", plant("db statement"))])]
    return {"resourceSpans": [{"resource": resource, "schemaUrl": plant("schema url"), "scopeSpans": [{"scope": scope, "spans": spans}]}]}


def logs(plant) -> dict:
    records = [
        {"timeUnixNano": "1", "severityText": plant("severity"), "eventName": plant("log event name"), "body": {"stringValue": plant("log body")}, "attributes": [attribute("l", plant("log attribute"))]},
        {"timeUnixNano": "2", "body": {"kvlistValue": {"values": [attribute("content", plant("structured body"))]}}, "eventName": "gen_ai.user.message", "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "00000000000000aa"},
    ]
    return {"resourceLogs": [{"resource": {"attributes": [attribute("r", plant("log resource"))]}, "scopeLogs": [{"logRecords": records}]}]}


def metrics(plant) -> dict:
    point = {"timeUnixNano": "1", "asInt": "1", "attributes": [attribute("m", plant("metric attribute"))]}
    metric = {"name": plant("metric name"), "description": plant("metric description"), "unit": plant("metric unit"), "sum": {"dataPoints": [point], "aggregationTemporality": 2, "isMonotonic": True}}
    return {"resourceMetrics": [{"resource": {"attributes": [attribute("r", plant("metric resource"))]}, "scopeMetrics": [{"metrics": [metric]}]}]}


def through_the_proxy(server, plant) -> None:
    client = openai.OpenAI(base_url=f"{server.base}/openai/v1", api_key=plant("provider key"), max_retries=0)
    for stream in (False, True):
        answer = client.chat.completions.create(
            model=f"{plant('proxy model')} mini",
            messages=[
                {"role": "system", "content": plant("proxy system")},
                {"role": "user", "content": [{"type": "text", "text": plant("proxy part")}, {"type": "image_url", "image_url": {"url": f"https://example.com/{plant('image url')}.png"}}]},
                {"role": "assistant", "content": None, "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "send", "arguments": json.dumps({"to": {"list": [plant("proxy argument")]}})}}]},
                {"role": "tool", "tool_call_id": "call_1", "content": plant("proxy tool result")},
            ],
            stream=stream,
            user=plant("proxy user"),
            metadata={"note": plant("proxy metadata")},
            extra_headers={
                "x-plainsight-session": plant("session header"), "x-plainsight-agent": plant("agent header"),
                "x-plainsight-roles": plant("roles header"), "x-plainsight-tenant": plant("tenant header"),
                "user-agent": plant("user agent"), "x-request-id": plant("request id header"), "cookie": f"s={plant('cookie')}",
            },
            extra_query={"q": plant("proxy query")},
            extra_body={"unknown_field": {"deep": plant("unknown field")}},
        )
        if stream:
            list(answer)
    with pytest.raises(openai.APIError):
        client.post(f"/unknown/{plant('path')}", body={"x": plant("unknown path body"), "messages": "please-fail-400"}, cast_to=object)
    quietly(lambda: server.post("/openai/v1/chat/completions", plant("body that is no json").encode()))


def events(plant) -> list:
    return [
        {"type": kind, "id": plant(f"{kind} id"), "user": plant(f"{kind} user"), "session": plant(f"{kind} session"), "action": plant(f"{kind} action"), "target": plant(f"{kind} target"), "reason": plant(f"{kind} reason"), "attributes": {"deep": {"er": plant(f"{kind} attribute")}}}
        for kind in ("sign_in", "account", "authorization", "feedback", "evaluation", "configuration", "resource", "guardrail")
    ]


def quietly(action) -> bytes:
    """The answer, also of a refusal: what an error says is checked too."""
    try:
        return action().read()
    except urllib.error.HTTPError as error:
        return error.read()


def through_every_door(server, plant, folder) -> tuple[list, list]:
    """What the doors answered, and what the commands said."""
    otlp = f"http://127.0.0.1:{server.http}"
    answers = [
        server.post("/v1/traces", json.dumps(traces(plant)).encode(), base=otlp).read(),
        server.post("/v1/logs", json.dumps(logs(plant)).encode(), base=otlp).read(),
        server.post("/v1/metrics", json.dumps(metrics(plant)).encode(), base=otlp).read(),
        quietly(lambda: server.post("/v1/traces", json.dumps({"resourceSpans": plant("malformed otlp")}).encode(), base=otlp)),
        server.post("/v1/events", json.dumps(events(plant)).encode()).read(),
        quietly(lambda: server.post("/v1/events", json.dumps([{"type": plant("unknown type")}, {"type": "sign_in", plant("unknown key"): 1}]).encode())),
    ]
    through_the_proxy(server, plant)
    crowd = "; ".join(plant(f"crowd {number}") for number in range(20))
    answers.append(server.post("/openai/v1/chat/completions", json.dumps({"model": "m", "messages": [{"role": "user", "content": crowd}]}).encode()).read())
    imported = folder / "import.jsonl"
    imported.write_text(json.dumps({"request": {"model": "m", "messages": [{"role": "user", "content": plant("import")}]}, "response": {"choices": [{"message": {"role": "assistant", "content": plant("import answer")}}]}}) + "\n" + plant("bad import line") + "\n")
    return answers, [server.command("import", str(imported), "--format", "openai", check=False)]


def what_can_be_read(server) -> tuple[list, list]:
    """Every record by every way of reading."""
    views = ("records", "messages", "tool_calls", "findings", "entities", "events", "metrics")
    outputs = [server.command("query", f"SELECT * FROM {view}", "--format", "jsonl", "--limit", "1000000") for view in views]
    outputs += [server.command("show", str(index), check=False) for index in range(0, 600, 10)]
    answers = [server.get("/api/v1/records?limit=1000"), server.get("/metrics", token=False), server.get("/api/v1/search?q=key")]
    return answers, outputs


def in_the_clear(planted: dict, haystacks: dict) -> dict:
    """The places of every form of which a value is still there."""
    leaks = collections.defaultdict(set)
    for value, (form, place) in planted.items():
        for name, text in haystacks.items():
            if value.encode() in text:
                leaks[f"{form.type} {form.label or value[:5]}"].add(f"{place} in {name}")
    return {form: sorted(places) for form, places in sorted(leaks.items())}


def test_no_canary_is_in_the_clear(server, tmp_path):
    secret = Form("SECRET", "value of a sensitive key", lambda _: "")
    planted = {"horse-battery-staple-77": (secret, "attribute"), "203.0.113.77": (secret, "client address")}
    answers, outputs = [], []
    for form in FORMS:
        plant = Planter(form)
        answered, said = through_every_door(server, plant, tmp_path)
        answers += answered
        outputs += said
        planted |= {value: (form, place) for value, place in plant.planted.items()}
    assert len(planted) > 2000, len(planted)
    server.wait_for("SELECT count(*) > 300 FROM records", 1)
    answered, said = what_can_be_read(server)
    server.stop()

    haystacks = {"answers": b"".join(answers + answered), "output": server.output.read_bytes()}
    haystacks["commands"] = "".join(done.stdout + done.stderr for done in outputs + said).encode()
    files = [path for path in server.data.rglob("*") if path.is_file()]
    assert len(files) > 5
    haystacks |= {str(path.relative_to(server.data)): path.read_bytes() for path in files}
    leaks = in_the_clear(planted, haystacks)
    assert not leaks, "\n".join(f"{form}: {len(places)} {places[:12]}" for form, places in leaks.items())


def test_every_type_that_is_taken_out_has_a_canary():
    """An operator's own types are tested where they are made."""
    source = (ROOT / "inspect" / "src" / "kind.rs").read_text()
    types = set(re.findall(r'Self::\w+ => "([A-Z_]+)"', source))
    assert types - KEPT - {"CUSTOM"} == {form.type for form in FORMS}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.type} {form.label}".strip())
def test_the_canaries_are_found_by_scan(form):
    """The test above means something only if the canaries are what `scan` calls sensitive."""
    made = [canary(form, number) for number in range(100)]
    lines = "".join(json.dumps({"id": number, "text": f"{canary.text}, as agreed"}) + "\n" for number, canary in enumerate(made))
    done = subprocess.run([BINARY, "scan"], input=lines, capture_output=True, text=True, timeout=60)
    found = [json.loads(line)["sensitive"] for line in done.stdout.splitlines()]
    missed = [canary.text for canary, sensitive in zip(made, found) if form.type not in {one["type"] for one in sensitive}]
    assert not missed, f"{len(missed)} of {len(made)}: {missed[:3]}"
