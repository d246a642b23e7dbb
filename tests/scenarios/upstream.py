"""A fake OpenAI and Anthropic upstream: whole and streamed answers, tools, errors.

What it answers is chosen by the last user message, so that a test says what it wants to see.
"""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOOL_ARGUMENTS = {"city": "Paris"}


class Upstream:
    """Runs on a free port of the loopback interface; remembers what it was sent."""

    def __init__(self):
        self.requests = []
        handler = type("Handler", (Handler,), {"upstream": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream: Upstream

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.whole(200, {"object": "list", "data": [{"id": "gpt-4o-mini", "object": "model", "created": 1, "owned_by": "openai"}]})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        try:
            request = dict(json.loads(body or b"{}"))
        except (ValueError, TypeError):
            return self.whole(400, {"error": {"message": "We could not parse the JSON body", "type": "invalid_request_error", "param": None, "code": None}})
        self.upstream.requests.append((self.path, dict(self.headers.items()), request))
        said = json.dumps(request.get("messages") or request.get("input") or "")
        if "please-fail-429" in said:
            return self.whole(429, {"error": {"message": "Rate limit reached", "type": "rate_limit_error", "code": "rate_limit_exceeded"}}, {"retry-after": "1"})
        if "please-fail-400" in said:
            return self.whole(400, {"error": {"message": "Bad request", "type": "invalid_request_error", "param": "messages", "code": None}})
        if self.path.endswith("/messages"):
            return self.anthropic(request)
        if self.path.endswith("/embeddings"):
            return self.whole(200, {"object": "list", "model": request["model"], "data": [{"object": "embedding", "index": 0, "embedding": [0.1, 0.2, 0.3]}], "usage": {"prompt_tokens": 4, "total_tokens": 4}})
        if self.path.endswith("/responses"):
            return self.respond(request)
        return self.chat(request, said)

    def whole(self, status, answer, headers=None):
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("x-request-id", "req_fake_1")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def stream(self, events):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for event in events:
            self.wfile.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")
            self.wfile.flush()
            time.sleep(0.002)
        self.wfile.write(b"0\r\n\r\n")

    def chat(self, request, said):
        usage = {"prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21}
        names = [tool["function"]["name"] for tool in request.get("tools", [])]
        if request.get("stream"):
            chunk = lambda choices, **more: b"data: " + json.dumps({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": request["model"], "choices": choices, **more}).encode() + b"\n\n"
            choice = lambda delta, finish=None: [{"index": 0, "delta": delta, "finish_reason": finish}]
            events = [chunk(choice({"role": "assistant", "content": ""}))]
            if names:
                arguments = json.dumps(TOOL_ARGUMENTS)
                for position, name in enumerate(names):
                    events.append(chunk(choice({"tool_calls": [{"index": position, "id": f"call_{position}", "type": "function", "function": {"name": name, "arguments": ""}}]})))
                for cut in range(0, len(arguments), 5):
                    for position in range(len(names)):
                        events.append(chunk(choice({"tool_calls": [{"index": position, "function": {"arguments": arguments[cut:cut + 5]}}]})))
                events.append(chunk(choice({}, "tool_calls")))
            else:
                events += [chunk(choice({"content": word})) for word in ("hello ", "from ", "the model")]
                events.append(chunk(choice({}, "stop")))
            if (request.get("stream_options") or {}).get("include_usage"):
                events.append(chunk([], usage=usage))
            events.append(b"data: [DONE]\n\n")
            return self.stream(events)
        message, finish = {"role": "assistant", "content": "hello from the model", "refusal": None}, "stop"
        if names:
            message = {"role": "assistant", "content": None, "refusal": None, "tool_calls": [{"id": f"call_{position}", "type": "function", "function": {"name": name, "arguments": json.dumps(TOOL_ARGUMENTS)}} for position, name in enumerate(names)]}
            finish = "tool_calls"
        self.whole(200, {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": request["model"] + "-2026", "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}], "usage": usage, "system_fingerprint": "fp_1"})

    def respond(self, request):
        output = [{"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [{"type": "output_text", "text": "hello from the model", "annotations": []}]}]
        answer = {"id": "resp_1", "object": "response", "created_at": 1, "status": "completed", "model": request["model"], "output": output, "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "usage": {"input_tokens": 5, "output_tokens": 2, "total_tokens": 7, "input_tokens_details": {"cached_tokens": 1}, "output_tokens_details": {"reasoning_tokens": 0}}, "error": None, "incomplete_details": None, "instructions": None, "metadata": {}}
        if not request.get("stream"):
            return self.whole(200, answer)
        event = lambda kind, **more: f"event: {kind}\ndata: {json.dumps({'type': kind, **more})}\n\n".encode()
        started = {**answer, "status": "in_progress", "output": [], "usage": None}
        self.stream([
            event("response.created", response=started, sequence_number=0),
            event("response.output_item.added", output_index=0, item={**output[0], "content": []}, sequence_number=1),
            event("response.output_text.delta", item_id="msg_1", output_index=0, content_index=0, delta="hello from ", logprobs=[], sequence_number=2),
            event("response.output_text.delta", item_id="msg_1", output_index=0, content_index=0, delta="the model", logprobs=[], sequence_number=3),
            event("response.completed", response=answer, sequence_number=4),
        ])

    def anthropic(self, request):
        names = [tool["name"] for tool in request.get("tools", [])]
        content = [{"type": "text", "text": "hello from the model"}]
        content += [{"type": "tool_use", "id": f"toolu_{position}", "name": name, "input": TOOL_ARGUMENTS} for position, name in enumerate(names)]
        stop = "tool_use" if names else "end_turn"
        message = {"id": "msg_1", "type": "message", "role": "assistant", "model": request["model"], "content": content, "stop_reason": stop, "stop_sequence": None, "usage": {"input_tokens": 11, "output_tokens": 7, "cache_read_input_tokens": 3, "cache_creation_input_tokens": 2}}
        if not request.get("stream"):
            return self.whole(200, message)
        event = lambda kind, **more: f"event: {kind}\ndata: {json.dumps({'type': kind, **more})}\n\n".encode()
        events = [event("message_start", message={**message, "content": [], "stop_reason": None, "usage": {**message["usage"], "output_tokens": 1}}), event("ping")]
        for position, block in enumerate(content):
            if block["type"] == "text":
                events.append(event("content_block_start", index=position, content_block={"type": "text", "text": ""}))
                events += [event("content_block_delta", index=position, delta={"type": "text_delta", "text": word}) for word in ("hello ", "from ", "the model")]
            else:
                events.append(event("content_block_start", index=position, content_block={**block, "input": {}}))
                arguments = json.dumps(block["input"])
                events += [event("content_block_delta", index=position, delta={"type": "input_json_delta", "partial_json": arguments[cut:cut + 6]}) for cut in range(0, len(arguments), 6)]
            events.append(event("content_block_stop", index=position))
        events.append(event("message_delta", delta={"stop_reason": stop, "stop_sequence": None}, usage={"output_tokens": 7}))
        events.append(event("message_stop"))
        self.stream(events)
