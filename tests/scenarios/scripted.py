"""An upstream that answers by a script of the test: slow, coded, broken off, or at the test's word."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANSWER = {
    "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4o-mini", "usage": {"prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21},
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "hello from the model"}, "finish_reason": "stop"}],
}


class Script(BaseHTTPRequestHandler):
    """One request: reads it, remembers it, and hands over to the script."""

    protocol_version = "HTTP/1.1"
    upstream: "Scripted"
    script = None

    def log_message(self, *_):
        pass

    def do_POST(self):
        self.body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.upstream.requests.append((self.path, dict(self.headers.items()), self.body))
        try:
            type(self).script(self)
        except (BrokenPipeError, ConnectionResetError):
            self.upstream.broken.set()

    def whole(self, data: bytes = json.dumps(ANSWER).encode(), headers: dict[str, str] | None = None):
        self.send_response(200)
        for name, value in {"content-type": "application/json", "content-length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def begin_stream(self):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()

    def event(self, text: str):
        self.data({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o-mini", "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]})

    def data(self, value):
        line = f"data: {value if isinstance(value, str) else json.dumps(value)}\n\n".encode()
        self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
        self.wfile.flush()

    def end_stream(self):
        self.data("[DONE]")
        self.wfile.write(b"0\r\n\r\n")


class Scripted:
    """A running upstream; remembers what it was sent, and whether the proxy hung up on it."""

    def __init__(self, script):
        self.requests, self.broken = [], threading.Event()
        handler = type("Handler", (Script,), {"upstream": self, "script": staticmethod(script)})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@contextmanager
def scripted(script):
    """An upstream whose every POST is answered by `script(handler)`."""
    running = Scripted(script)
    threading.Thread(target=running.server.serve_forever, daemon=True).start()
    yield running
    running.server.shutdown()
    running.server.server_close()
