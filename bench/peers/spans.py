"""Sends spans over OTLP/HTTP (protobuf) as an agent's tracing does, and says how long it took: to a server
of ours or to another. Runs of four spans with OpenInference's attributes, which both read.

    python bench/peers/spans.py http://127.0.0.1:4318 --spans 100000
"""

import argparse
import concurrent.futures
import http.client
import json
import random
import time
import urllib.parse

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

WORDS = "the order kettle invoice refund delivery address window garden market river light paper question answer person number letter morning evening".split()


def attributes(pairs: dict) -> list[KeyValue]:
    def value(of):
        return AnyValue(int_value=of) if isinstance(of, int) else AnyValue(string_value=of)
    return [KeyValue(key=key, value=value(of)) for key, of in pairs.items()]


def said(dice: random.Random, words: int) -> str:
    return " ".join(dice.choices(WORDS, k=words)) + f" {dice.randrange(10**9)}"


def run(dice: random.Random, now: int, number: int) -> list[Span]:
    """An agent asks a model, calls a tool, and asks again."""
    trace, spans = dice.randbytes(16), [dice.randbytes(8) for _ in range(4)]
    actor = {"session.id": f"session-{number // 3}", "user.id": f"user-{dice.randrange(5000)}"}
    question, answer, tool = said(dice, 60), said(dice, 40), f"tool-{dice.randrange(8)}"
    model = {
        "openinference.span.kind": "LLM", "llm.model_name": f"model-{dice.randrange(12)}", "llm.provider": "openai",
        "llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": question,
        "llm.output_messages.0.message.role": "assistant", "llm.output_messages.0.message.content": answer,
        "input.value": question, "output.value": answer, "llm.token_count.prompt": dice.randrange(2000),
        "llm.token_count.completion": dice.randrange(500), "llm.token_count.total": 2500,
    }
    kinds = [
        ("agent", {"openinference.span.kind": "AGENT", "input.value": question, "output.value": answer}),
        ("chat", model),
        (tool, {"openinference.span.kind": "TOOL", "tool.name": tool, "input.value": json.dumps({"q": question[:40]}), "output.value": answer}),
        ("chat", model),
    ]
    return [
        Span(
            trace_id=trace, span_id=spans[at], parent_span_id=b"" if at == 0 else spans[0], name=name, kind=3,
            start_time_unix_nano=now + at * 10**8, end_time_unix_nano=now + at * 10**8 + dice.randrange(10**8, 10**9),
            attributes=attributes({**actor, **more}),
        )
        for at, (name, more) in enumerate(kinds)
    ]


def requests(spans: int, seed: int) -> list[bytes]:
    dice, now, bodies = random.Random(seed), time.time_ns() - 3600 * 10**9, []
    for number in range(0, spans // 4, 25):
        request = ExportTraceServiceRequest()
        resource = request.resource_spans.add()
        resource.resource.attributes.extend(attributes({"service.name": "shop"}))
        scope = resource.scope_spans.add()
        for at in range(number, number + 25):
            scope.spans.extend(run(dice, now + at * 3600 * 10**9 // max(1, spans // 4), at))
        bodies.append(request.SerializeToString())
    return bodies


def send(url: urllib.parse.SplitResult, bodies: list[bytes]) -> None:
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=120)
    for body in bodies:
        # A receiver that is busy is asked again, as an exporter does.
        while True:
            connection.request("POST", "/v1/traces", body, {"content-type": "application/x-protobuf"})
            answer = connection.getresponse()
            answer.read()
            if answer.status == 200:
                break
            if answer.status not in (429, 503):
                raise SystemExit(f"{answer.status}")
            time.sleep(0.2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--spans", type=int, default=100_000)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    url, bodies = urllib.parse.urlsplit(options.url), requests(options.spans, options.seed)
    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(options.connections) as pool:
        list(pool.map(lambda at: send(url, bodies[at::options.connections]), range(options.connections)))
    took = time.monotonic() - begun
    print(f"{options.spans} spans ({sum(map(len, bodies)) / 1e6:.0f} MB) taken in {took:.1f} s: {options.spans / took:.0f} a second")


if __name__ == "__main__":
    main()
