"""The official SDKs behave as without the proxy, and every call is recorded whole."""

import anthropic
import openai
import pytest

OPENAI_TOOLS = [
    {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}
    for name in ("get_weather", "get_time")
]
ANTHROPIC_TOOLS = [{"name": name, "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}} for name in ("get_weather", "get_time")]
HELLO = [{"role": "user", "content": "hello"}]


def openai_clients(server, upstream):
    """The same client without and with the proxy."""
    direct = openai.OpenAI(base_url=f"{upstream.url}/v1", api_key="sk-test", max_retries=0)
    through = openai.OpenAI(base_url=f"{server.base}/openai/v1", api_key="sk-test", max_retries=0)
    return direct, through


def anthropic_clients(server, upstream):
    direct = anthropic.Anthropic(base_url=upstream.url, api_key="sk-ant-test", max_retries=0)
    through = anthropic.Anthropic(base_url=f"{server.base}/anthropic", api_key="sk-ant-test", max_retries=0)
    return direct, through


def test_openai_chat_whole_and_streamed(server, upstream):
    direct, through = openai_clients(server, upstream)
    ask = lambda client, **more: client.chat.completions.create(model="gpt-4o-mini", messages=HELLO, user="user-42", **more)
    assert ask(direct).model_dump() == ask(through).model_dump()
    stream = dict(stream=True, stream_options={"include_usage": True})
    streamed = [[chunk.model_dump() for chunk in ask(client, **stream)] for client in (direct, through)]
    assert streamed[0] == streamed[1]

    server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction' AND parts = 2", 2)
    rows = server.query("SELECT * FROM records WHERE kind = 'interaction' ORDER BY \"index\"")
    for row in rows:
        assert row["request_model"] == "gpt-4o-mini"
        assert (row["input_tokens"], row["output_tokens"]) == (9, 12)
        assert row["user_id"].startswith("u_") and row["user_source"] == "request"
        assert row["api_key"].startswith("key_")
        assert row["duration_ms"] > 0 and row["http_status"] == 200 and row["outcome"] == "complete"
        assert row["status"] == "ok"
    assert rows[0]["user_id"] == rows[1]["user_id"]
    assert rows[1]["stream"] and rows[1]["time_to_first_token_ms"] > 0
    said = server.query("SELECT DISTINCT role, text FROM messages ORDER BY role")
    assert said == [{"role": "assistant", "text": "hello from the model"}, {"role": "user", "text": "hello"}]


def test_openai_parallel_tool_calls(server, upstream):
    direct, through = openai_clients(server, upstream)
    for stream in (False, True):
        ask = lambda client: client.chat.completions.create(model="gpt-4o-mini", messages=HELLO, tools=OPENAI_TOOLS, stream=stream)
        dump = lambda answer: [chunk.model_dump() for chunk in answer] if stream else answer.model_dump()
        assert dump(ask(direct)) == dump(ask(through))
    server.wait_for("SELECT count(*) FROM tool_calls", 4)
    calls = server.query("SELECT name, arguments FROM tool_calls ORDER BY \"index\", name")
    assert sorted(call["name"] for call in calls) == ["get_time", "get_time", "get_weather", "get_weather"]
    assert {call["arguments"] for call in calls} == {'{"city":"Paris"}'}
    server.wait_for("SELECT count(*) FROM records WHERE kind = 'tool_call'", 4)
    server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction'", 2)


def test_openai_errors(server, upstream):
    for fault, error in (("please-fail-429", openai.RateLimitError), ("please-fail-400", openai.BadRequestError)):
        seen = []
        for client in openai_clients(server, upstream):
            with pytest.raises(error) as caught:
                client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": fault}])
            seen.append((caught.value.status_code, caught.value.body, caught.value.response.headers.get("retry-after")))
        assert seen[0] == seen[1]
    server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction' AND status = 'error'", 2)
    rows = server.query("SELECT http_status, error_type FROM records WHERE status = 'error' ORDER BY http_status")
    assert [row["http_status"] for row in rows] == [400, 429]
    assert [row["error_type"] for row in rows] == ["invalid_request_error", "rate_limit_exceeded"]


def test_openai_responses_embeddings_and_models(server, upstream):
    direct, through = openai_clients(server, upstream)
    ask = lambda client: client.responses.create(model="gpt-4o-mini", input="hello", instructions="be nice")
    assert ask(direct).model_dump() == ask(through).model_dump()
    events = [[event.model_dump() for event in client.responses.create(model="gpt-4o-mini", input="hello", stream=True)] for client in (direct, through)]
    assert events[0] == events[1]
    assert direct.embeddings.create(model="text-embedding-3-small", input="hello").model_dump() == through.embeddings.create(model="text-embedding-3-small", input="hello").model_dump()
    assert direct.models.list().model_dump() == through.models.list().model_dump()
    server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction'", 2)
    server.wait_for("SELECT count(*) FROM records WHERE kind = 'embedding'", 1)
    server.wait_for("SELECT count(*) FROM records WHERE kind = 'exchange'", 1)
    assert server.query("SELECT DISTINCT text FROM messages WHERE direction = 'output'") == [{"text": "hello from the model"}]


def test_anthropic_whole_streamed_and_tools(server, upstream):
    direct, through = anthropic_clients(server, upstream)
    ask = lambda client, **more: client.messages.create(model="claude-sonnet-4-5", max_tokens=100, messages=HELLO, metadata={"user_id": "user-42"}, **more)
    assert ask(direct).model_dump() == ask(through).model_dump()
    assert ask(direct, tools=ANTHROPIC_TOOLS).model_dump() == ask(through, tools=ANTHROPIC_TOOLS).model_dump()
    events = [[event.model_dump() for event in ask(client, tools=ANTHROPIC_TOOLS, stream=True)] for client in (direct, through)]
    assert events[0] == events[1]
    server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction'", 3)
    server.wait_for("SELECT count(*) FROM tool_calls", 4)
    rows = server.query("SELECT DISTINCT provider, request_model, output_tokens, cache_read_tokens, user_source FROM records WHERE kind = 'interaction'")
    assert rows == [{"provider": "anthropic", "request_model": "claude-sonnet-4-5", "output_tokens": 7, "cache_read_tokens": 3, "user_source": "request"}]


def test_provider_keys_reach_the_upstream_and_nothing_else(server, upstream):
    _, through = openai_clients(server, upstream)
    through.chat.completions.create(model="gpt-4o-mini", messages=HELLO, extra_headers={"x-plainsight-user": "user-7"})
    _, headers, _ = upstream.requests[-1]
    lower = {name.lower(): value for name, value in headers.items()}
    assert lower["authorization"] == "Bearer sk-test"
    assert not [name for name in lower if name.startswith("x-plainsight")]
    server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction' AND user_source = 'header'", 1)


def test_search_show_verify_and_prove(server, upstream):
    _, through = openai_clients(server, upstream)
    through.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "where is the kettle"}])
    server.wait_for("SELECT count(*) FROM records WHERE kind = 'interaction'", 1)
    assert "kettle" in server.command("search", "kettle").stdout
    index = server.query("SELECT \"index\" FROM records WHERE kind = 'interaction'")[0]["index"]
    assert "kettle" in server.command("show", str(index)).stdout
    assert server.command("verify").returncode == 0
    assert server.command("prove", str(index)).stdout.startswith("c2sp.org/tlog-proof")
    assert server.command("checkpoint").stdout == server.get("/checkpoint", token=False).decode()
