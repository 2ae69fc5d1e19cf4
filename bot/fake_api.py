"""A Telegram Bot API on this machine, beside the adapter that speaks to it: over real HTTP, in memory, with outages.

Tests and `make demo` talk to it like to Telegram; a person's side of the chat is `write`, `tap` and `send_photo`.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

BOT = {"id": 42, "is_bot": True, "first_name": "Evenkeel", "username": "evenkeel_test_bot"}
Parameters = dict[str, Any]


@dataclass
class FakeTelegram:
    """The service's state, and the person's side of it."""

    token: str = "42:fake-token"  # noqa: S105
    sent: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    blocked: set[int] = field(default_factory=set)
    # What a method says (status, description) before it works again.
    refusing: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    webhook: dict[str, Any] | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    updates: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._news = asyncio.Condition()
        self._update = itertools.count(1)
        self._message = itertools.count(100)
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None
        self.port = 0

    # The person's side

    async def write(self, text: str, chat: int = 7, **extra: Any) -> int:
        """Returns the HTTP status of the webhook, or 0 when the update waits for a poll."""
        commands = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}] if text[:1] == "/" else []
        return await self._push({"message": self._incoming(chat, text=text, entities=commands, **extra)})

    async def tap(self, data: str, chat: int = 7) -> int:
        on = next(message for message in reversed(self.sent) if message["chat"]["id"] == chat)
        query = {"id": f"q{next(self._update)}", "chat_instance": "x", "data": data, "message": on, "from": _user(chat)}
        return await self._push({"callback_query": query})

    async def send_photo(self, content: bytes, chat: int = 7, **extra: Any) -> int:
        name = f"photo{len(self.files)}"
        self.files[name] = content
        size = {"file_id": name, "file_unique_id": name, "width": 640, "height": 480, "file_size": len(content)}
        return await self._push({"message": self._incoming(chat, photo=[size], **extra)})

    def texts(self, chat: int = 7) -> list[str]:
        """Everything that the bot said in a chat."""
        return [message.get("text") or message.get("caption", "") for message in self.to(chat)]

    def to(self, chat: int) -> list[dict[str, Any]]:
        return [message for message in self.sent if message["chat"]["id"] == chat]

    def buttons(self, chat: int = 7) -> list[str]:
        """The data of the buttons below the newest message that has some."""
        marked = next((message for message in reversed(self.to(chat)) if message.get("reply_markup")), None)
        rows = marked["reply_markup"]["inline_keyboard"] if marked else []
        return [button["callback_data"] for row in rows for button in row]

    async def until(self, holds: Callable[[], bool], seconds: float = 30) -> None:
        """Waits for something that the bot does; the limit is only there so that a broken test ends."""
        async with asyncio.timeout(seconds):
            while not holds():  # noqa: ASYNC110 - what is waited for may lie anywhere, the database included
                await asyncio.sleep(0.02)

    def _incoming(self, chat: int, **content: Any) -> dict[str, Any]:
        return {
            "message_id": next(self._message),
            "date": int(time.time()),
            "chat": _chat(chat),
            "from": _user(abs(chat)),
            **content,
        }

    async def _push(self, update: dict[str, Any]) -> int:
        update = {"update_id": next(self._update), **update}
        if self.webhook and self.webhook["url"]:
            headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret"] or ""}
            async with httpx.AsyncClient(timeout=60) as client:
                return (await client.post(self.webhook["url"], json=update, headers=headers)).status_code
        async with self._news:
            self.updates.append(update)
            self._news.notify_all()
        return 0

    # The service's side

    def app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)

        @app.post("/bot{token}/{method}")
        async def call(token: str, method: str, request: Request) -> Response:
            return await self._answer(token, method.lower(), await _parameters(request))

        @app.get("/file/bot{token}/{name}")
        async def file(token: str, name: str) -> Response:
            return (
                Response(self.files[name]) if token == self.token and name in self.files else Response(status_code=404)
            )

        return app

    async def _answer(self, token: str, method: str, given: Parameters) -> Response:
        self.calls.append(method)
        if token != self.token:
            return _refusal(401, "Unauthorized")
        if int(given.get("chat_id", 0) or 0) in self.blocked:
            return _refusal(403, "Forbidden: bot was blocked by the user")
        if refused := self.refusing.get(method):
            return _refusal(*refused.pop(0))
        known = getattr(self, f"_on_{method}", None)
        result = await known(given) if known else True
        return JSONResponse({"ok": True, "result": result})

    async def _on_getme(self, _: Parameters) -> Any:
        return BOT

    async def _on_getupdates(self, given: Parameters) -> Any:
        offset, wait = int(given.get("offset", 0) or 0), float(given.get("timeout", 0) or 0)
        async with self._news:
            self.updates = [update for update in self.updates if update["update_id"] >= offset]
            if not self.updates and wait:
                try:
                    # Shorter than asked: a server that shuts down waits for its open requests.
                    await asyncio.wait_for(self._news.wait_for(lambda: bool(self.updates)), min(wait, 1))
                except TimeoutError:
                    return []
            return list(self.updates)

    async def _on_sendmessage(self, given: Parameters) -> Any:
        return self._outgoing(given, text=given["text"])

    async def _on_sendphoto(self, given: Parameters) -> Any:
        picture = given["photo"]
        content = await picture.read() if hasattr(picture, "read") else b""
        size = {"file_id": "out", "file_unique_id": "out", "width": 1080, "height": 720, "file_size": len(content)}
        return self._outgoing(given, caption=given.get("caption", ""), photo=[size])

    def _outgoing(self, given: Parameters, **content: Any) -> dict[str, Any]:
        message = {
            "message_id": next(self._message),
            "date": int(time.time()),
            "chat": _chat(int(given["chat_id"])),
            **content,
        }
        if given.get("reply_markup"):
            message["reply_markup"] = json.loads(given["reply_markup"])
        self.sent.append(message)
        return message

    async def _on_answercallbackquery(self, given: Parameters) -> Any:
        self.answered.append(given["callback_query_id"])
        return True

    async def _on_getfile(self, given: Parameters) -> Any:
        name = given["file_id"]
        return {"file_id": name, "file_unique_id": name, "file_path": name, "file_size": len(self.files[name])}

    async def _on_leavechat(self, given: Parameters) -> Any:
        self.left.append(int(given["chat_id"]))
        return True

    async def _on_setwebhook(self, given: Parameters) -> Any:
        self.webhook = {"url": given.get("url"), "secret": given.get("secret_token")}
        return True

    async def _on_deletewebhook(self, _: Parameters) -> Any:
        self.webhook = None
        return True

    # Coming and going

    async def start(self) -> None:
        """On the port it had before, so that an outage ends where it began."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        config = uvicorn.Config(self.app(), log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        self._server = _QuietServer(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))
        while not self._server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """An outage: nothing answers any more; updates that were sent meanwhile are kept."""
        if self._server and self._task:
            self._server.should_exit = True
            await self._task

    @asynccontextmanager
    async def running(self) -> AsyncIterator[FakeTelegram]:
        await self.start()
        try:
            yield self
        finally:
            await self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class _QuietServer(uvicorn.Server):
    """Leaves the signals to the process that it is a guest in."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _chat(chat: int) -> dict[str, Any]:
    """Groups have negative ids, as at Telegram."""
    return {"id": chat, "type": "private", "first_name": "Ann"} if chat > 0 else {
        "id": chat, "type": "group", "title": "Team",
    }  # fmt: skip


def _user(chat: int) -> dict[str, Any]:
    return {"id": chat, "is_bot": False, "first_name": "Ann", "language_code": "en"}


def _refusal(status: int, description: str) -> Response:
    return JSONResponse({"ok": False, "error_code": status, "description": description}, status)


async def _parameters(request: Request) -> Parameters:
    given: Parameters = dict(request.query_params)
    if "json" in request.headers.get("content-type", ""):
        body: Parameters = await request.json()
        return given | body
    return given | dict((await request.form()).items())
