"""Scripted conversations against their golden transcripts. UPDATE_GOLDEN=1 rewrites them; read the difference before committing."""

from __future__ import annotations

import os
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.machine import respond
from bot.dialogue.turns import Context, DayMood, DialogueState, OwnRange, Turn

HERE = Path(__file__).parent
SCRIPTS: dict[str, Any] = tomllib.loads((HERE / "conversations.toml").read_text("utf-8"))


def context_of(script: dict[str, Any]) -> Context:
    level = -0.4 if script.get("lower") else 0.2
    known = script.get("lower") or script.get("usual")
    days = tuple(DayMood(date(2026, 5, 1) + timedelta(days=n), level) for n in range(5)) if known else ()
    return Context(
        locale=script.get("locale", "en"),
        country=script.get("country"),
        display_name=script.get("name"),
        days=days,
        usual=OwnRange(0.0, 0.5) if known else None,
        helped=tuple(script.get("helped", ())),
        sharing=script.get("sharing", "never"),
        due=tuple(script.get("due", ())),
    )


def turn_of(step: str) -> Turn:
    if step == "^":
        return Turn.start()
    mark, said = step.split(" ", 1)
    return Turn(text=said) if mark == ">" else Turn(choice=said)


def transcript(script: dict[str, Any]) -> str:
    state, context, out = DialogueState(), context_of(script), []
    for step in script["turns"]:
        outcome = respond(state, turn_of(step), context)
        state = DialogueState.from_json(outcome.state.to_json())
        out.append(f"\n{step}")
        for reply in outcome.replies:
            out.append("  " + reply.text.replace("\n", "\n  "))
            if reply.choices:
                out.append("  [" + "] [".join(choice.label for choice in reply.choices) + "]")
        out += [f"  * {action}" for action in outcome.actions]
    return "\n".join(out).strip() + "\n"


@pytest.mark.parametrize("name", SCRIPTS)
def test_reads_as_agreed(name: str) -> None:
    golden = HERE / "transcripts" / f"{name}.txt"
    said = transcript(SCRIPTS[name])
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(said, "utf-8")
    assert said == golden.read_text("utf-8")


def test_each_script_has_its_transcript() -> None:
    assert len(SCRIPTS) == len(list((HERE / "transcripts").glob("*.txt")))
