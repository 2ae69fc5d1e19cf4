"""Intents: accuracy on held-out utterances, the size of what is shipped, and no model runtime in the dialogue."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from bot.dialogue import ngrams, safety, understanding
from bot.dialogue.machine import respond
from bot.dialogue.safety.fold import fold
from bot.dialogue.table import ANYWHERE
from bot.dialogue.turns import Asked, Context, DialogueState, Turn

ROOT = Path(__file__).parents[2]
MODELS = tuple(ROOT / "bot/dialogue" / name for name in ("intents.npz", "answers.npz", "safety/crisis.npz"))
CORPUS = Path(__file__).parent / "corpus"


def test_intents_on_held_out_utterances() -> None:
    """What a writer typed who had seen neither examples nor code. Nothing was changed for it."""
    right: dict[str, list[bool]] = defaultdict(list)
    wrong: dict[str, list[bool]] = defaultdict(list)
    with (CORPUS / "intents.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            said = understanding.intent(row["text"])
            right[row["lang"]].append(said == row["intent"])
            wrong[row["lang"]].append(said not in (row["intent"], understanding.NOT_UNDERSTOOD))
    for language, answers in right.items():
        assert len(answers) >= 280
        assert sum(answers) / len(answers) >= 0.85, language
        assert sum(wrong[language]) / len(answers) <= 0.08, language


def test_everyday_messages_are_rarely_taken_for_a_crisis() -> None:
    with (CORPUS / "intents.csv").open(encoding="utf-8") as file:
        alarms = [safety.check(row["text"]).crisis for row in csv.DictReader(file)]
    assert sum(alarms) / len(alarms) <= 0.05


def test_what_is_measured_was_not_learnt_from() -> None:
    training = pytest.importorskip("bot.training")
    learnt = {fold(example.text) for example in training.intent_examples()}
    with (CORPUS / "intents.csv").open(encoding="utf-8") as file:
        assert not [row["text"] for row in csv.DictReader(file) if fold(row["text"]) in learnt]
    answers = {fold(example.text) for example in training.answer_examples()}
    for row in asked():
        assert fold(row["text"]) not in (answers if row["place"] == "crisis" else learnt), row


def asked() -> list[dict[str, str]]:
    """Answers to what the bot had asked, by a writer who had seen neither examples nor code."""
    with (CORPUS / "asked.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_answers_to_what_the_bot_asked() -> None:
    right: dict[str, list[bool]] = defaultdict(list)
    for row in asked():
        if row["place"] != "crisis":
            said = understanding.intent(row["text"], cast(understanding.Asking, row["place"]))
            right[row["lang"]].append(said == row["meant"])
    for language, answers in right.items():
        assert len(answers) >= 180
        assert sum(answers) / len(answers) >= 0.75, language


def test_only_a_clear_word_ends_a_crisis() -> None:
    """Whatever was asked: of 120 answers that neither deny nor reassure at most one ends it; of the others half do."""
    ended: dict[tuple[str, bool], list[bool]] = defaultdict(list)
    for row in asked():
        if row["place"] == "crisis":
            for asked_for in ("in_danger", "safe", ""):
                state = DialogueState(place="crisis", asked=cast(Asked, asked_for), locale=row["lang"])
                place = respond(state, Turn(text=row["text"]), Context()).state.place
                ended[asked_for, row["meant"] in ("denied", "safe")].append(place == "open")
    for asked_for in ("in_danger", "safe", ""):
        assert len(ended[asked_for, False]) >= 115
        assert sum(ended[asked_for, False]) <= 1
    assert sum(ended["in_danger", True]) / len(ended["in_danger", True]) >= 0.5


def test_every_intent_has_a_step() -> None:
    assert set(understanding._weights("intents").labels) <= set(ANYWHERE)


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


def test_the_committed_models_belong_to_the_committed_examples() -> None:
    """Training takes minutes: what they were learnt from is compared instead."""
    training = pytest.importorskip("bot.training")
    for path, examples, recipe in zip(
        MODELS,
        (list(training.intent_examples()), list(training.answer_examples()), list(training.crisis_examples())),
        (training.INTENTS, training.ANSWERS, training.CRISIS),
        strict=True,
    ):
        with np.load(path) as model:
            assert str(model["learnt_from"]) == training.digest(examples, recipe), f"{path.name}: evenkeel bot train"


def test_training_in_small_learns_and_is_read_as_it_was_written(tmp_path: Path) -> None:
    training = pytest.importorskip("bot.training")
    kept = [e for e in training.intent_examples() if e.label in ("sleep", "good_news", "delete")]
    learnt, unseen = [e for i, e in enumerate(kept) if i % 3], [e for i, e in enumerate(kept) if not i % 3]
    labels = sorted({e.label for e in kept})
    recipe = training.Recipe(features=1 << 13, strength=16.0)
    path = tmp_path / "small.npz"
    training.save(path, training.fit(learnt, [e.folded for e in learnt], recipe, labels), "test")
    model = ngrams.load(path)
    right = [model.labels[int(model.probabilities(e.folded).argmax())] == e.label for e in unseen]
    assert sum(right) / len(right) > 0.9


def test_an_example_line_stands_for_its_readings() -> None:
    training = pytest.importorskip("bot.training")
    assert training.expand("i {want|wish} to {rest|sleep}") == [
        "i want to rest", "i want to sleep", "i wish to rest", "i wish to sleep",
    ]  # fmt: skip
    many = training.expand("{a|b|c|d} {e|f|g|h} {i|j|k|l}")
    assert len(many) == training.MOST_A_LINE == len(set(many))
