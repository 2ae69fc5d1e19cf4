"""The language-model client over real HTTP against a fake server."""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.llm import Client, Line, Settings, anonymous, fit

_spec = importlib.util.spec_from_file_location("fake_llm", Path(__file__).with_name("fake_llm.py"))
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)


@pytest.fixture
def server() -> Iterator[Any]:
    with _module.FakeLLM() as fake:
        yield fake


@pytest.fixture
async def client(server: Any) -> AsyncIterator[Client]:
    client = Client(Settings(base_url=server.url, model="local", api_key="secret", timeout=0.5))
    yield client
    await client.close()


async def test_an_answer_comes_back(server: Any, client: Client) -> None:
    assert await client.reply("my boss shouted at me", locale="en", topic="conflict") == server.says
    (asked,) = server.asked
    assert asked["path"] == "/v1/chat/completions"
    assert asked["model"] == "local"
    assert [m["role"] for m in asked["messages"]] == ["system", "user"]
    assert "conflict" in asked["messages"][0]["content"]
    assert server.headers[0]["Authorization"] == "Bearer secret"


async def test_no_identity_leaves_the_machine(server: Any, client: Client) -> None:
    history = [Line("user", "I am Ana Lopez, ana@corp.example"), Line("assistant", "Hello")]
    await client.reply("call Ana on +49 170 1234567", locale="ko", history=history, names=("Ana Lopez", "Ana"))
    sent = str(server.asked[0]["messages"])
    assert not any(secret in sent for secret in ("Ana", "Lopez", "corp.example", "1234567"))
    assert "Korean" in sent


@pytest.mark.parametrize("text", ["I want to kill myself", "我不想活了", "죽고 싶어요"])
async def test_a_crisis_never_leaves_the_machine(server: Any, client: Client, text: str) -> None:
    assert await client.reply(text, locale="en") is None
    assert await client.reply("ok", locale="en", history=[Line("user", text)]) is None
    assert server.asked == []


async def test_only_the_last_turns_are_sent(server: Any, client: Client) -> None:
    await client.reply("hm", locale="en", history=[Line("user", f"turn {n}") for n in range(20)])
    assert [m["content"] for m in server.asked[0]["messages"][1:]] == [f"turn {n}" for n in range(14, 20)] + ["hm"]


@pytest.mark.parametrize("status", [400, 401, 429, 500, 503])
async def test_an_error_means_the_built_in_answer(server: Any, client: Client, status: int) -> None:
    server.status = status
    assert await client.reply("hello", locale="en") is None


@pytest.mark.parametrize(
    "says", [b"not json", b"{}", b'{"choices": []}', b'{"choices": [{"message": {"content": null}}]}', b"[1]"]
)
async def test_an_unreadable_answer_means_the_built_in_one(server: Any, client: Client, says: bytes) -> None:
    server.says = says
    assert await client.reply("hello", locale="en") is None


async def test_a_slow_answer_means_the_built_in_one(server: Any, client: Client) -> None:
    server.delay = 1.0
    assert await client.reply("hello", locale="en") is None


async def test_nobody_there_means_the_built_in_answer() -> None:
    client = Client(Settings(base_url="http://127.0.0.1:9/v1", model="local", timeout=0.5))
    assert await client.reply("hello", locale="en") is None
    await client.close()


@pytest.mark.parametrize(
    "answer",
    [
        "", "x" * 701, "You are clinically depressed.", "As a therapist I would say so.", "I am a real person too.",
        "Take 50 mg of Zoloft.", "See https://example.com", "你得了抑郁症。", "저는 사람이에요.", "우울증입니다.",
        "Some people want to kill themselves; do you want to die? I want to die too.", "<script>alert(1)</script>",
    ],
)  # fmt: skip
def test_an_unfit_answer_is_not_shown(answer: str) -> None:
    assert fit(answer) is None


def test_a_fit_answer_is_shown_without_its_thinking() -> None:
    assert (
        fit("<think>hm, sad</think> That sounds tiring. What happened then?")
        == "That sounds tiring. What happened then?"
    )
    assert fit("听起来很累。后来怎样了?") is not None


def test_names_are_taken_out_whatever_their_case() -> None:
    assert anonymous("ANA met ana", ("Ana",)) == "… met …"
    assert anonymous("nothing here", ("", " ")) == "nothing here"
