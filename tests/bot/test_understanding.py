"""Intents: accuracy on held-out utterances, the size of what is shipped, and no model runtime in the dialogue."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from bot.dialogue import ngrams, understanding
from bot.dialogue.table import ANYWHERE

ROOT = Path(__file__).parents[2]
MODELS = (ROOT / "bot/dialogue/intents.npz", ROOT / "bot/dialogue/safety/crisis.npz")


def test_intents_on_held_out_utterances() -> None:
    right: dict[str, list[bool]] = defaultdict(list)
    with (Path(__file__).parent / "corpus" / "intents.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            right[row["lang"]].append(understanding.guess(row["text"])[0] == row["intent"])
    for language, answers in right.items():
        assert len(answers) >= 40
        assert sum(answers) / len(answers) >= 0.85, language


def test_every_intent_has_a_step() -> None:
    assert set(understanding._weights().labels) <= set(ANYWHERE)


def test_nonsense_is_not_understood() -> None:
    for text in ("qwertz uiop", "zxcv", "ㅁㄴㅇㄹ", "蟲蟲蟲"):
        assert understanding.intent(text) == understanding.NOT_UNDERSTOOD


def test_the_models_are_small() -> None:
    assert sum(path.stat().st_size for path in MODELS) < 2_000_000


def test_the_dialogue_needs_no_model_runtime() -> None:
    """In a fresh interpreter: reading a text loads numpy and nothing heavier."""
    code = (
        "import sys; from bot.dialogue.machine import respond; from bot.dialogue.turns import *; "
        "respond(DialogueState(), Turn(text='I am so stressed'), Context()); "
        "print([m for m in ('sklearn','scipy','onnxruntime','torch','httpx','fastapi','telegram','sqlalchemy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_training_gives_what_is_committed(tmp_path: Path) -> None:
    """The committed files follow from the committed examples."""
    training = pytest.importorskip("bot.training")
    training.train_crisis(tmp_path / "crisis.npz")
    training.train_intents(tmp_path / "intents.npz")
    for path in MODELS:
        committed, fresh = ngrams.load(path), ngrams.load(tmp_path / path.name)
        assert list(committed.labels) == list(fresh.labels)
        # Solvers differ in the last bits between processors: a step or two of 127 is the same model.
        assert np.abs(committed.weights.astype(int) - fresh.weights.astype(int)).max() <= 3
        assert np.allclose(committed.scale, fresh.scale, rtol=0.05)


def test_an_example_line_stands_for_its_readings() -> None:
    training = pytest.importorskip("bot.training")
    assert training.expand("i {want|wish} to {rest|sleep}") == [
        "i want to rest", "i want to sleep", "i wish to rest", "i wish to sleep",
    ]  # fmt: skip
    many = training.expand("{a|b|c|d} {e|f|g|h} {i|j|k|l}")
    assert len(many) == training.MOST_A_LINE == len(set(many))
