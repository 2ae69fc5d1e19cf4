"""A small OpenAI-compatible server on a loopback port: says what it is told, remembers what it was asked."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class FakeLLM:
    """Use as a context manager; `url` is the base to give to the client."""

    def __init__(self) -> None:
        self.says: Any = "That sounds tiring. What was the hardest moment?"
        self.status = 200
        self.delay = 0.0
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                fake.asked.append({"path": self.path, **json.loads(body)})
                fake.headers.append(dict(self.headers))
                time.sleep(fake.delay)
                answer = fake.says if isinstance(fake.says, bytes) else json.dumps(fake.body()).encode()
                self.send_response(fake.status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                with contextlib.suppress(BrokenPipeError):  # the client had no patience
                    self.wfile.write(answer)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def body(self) -> dict[str, Any]:
        return {"choices": [{"index": 0, "message": {"role": "assistant", "content": self.says}}]}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> FakeLLM:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
