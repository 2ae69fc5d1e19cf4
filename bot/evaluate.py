"""How well the crisis detection does on a labelled corpus: `evenkeel bot evaluate CORPUS.csv [--json]`."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from bot.dialogue import safety

COLUMNS: Final = ("lang", "kind", "label", "text")
LABELS: Final = ("crisis", "benign")


class UnreadableCorpus(ValueError):
    """The file is not a corpus; the message says which line and what was expected."""


@dataclass(frozen=True, slots=True)
class Utterance:
    lang: str
    kind: str
    label: str
    text: str


def read(path: Path) -> list[Utterance]:
    try:
        return _read(path)
    except UnicodeDecodeError:
        raise UnreadableCorpus(f"{path}: not UTF-8; save it as “CSV UTF-8”") from None
    except csv.Error as error:
        raise UnreadableCorpus(f"{path}: no CSV: {error}") from None


def _read(path: Path) -> list[Utterance]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        missing = [c for c in COLUMNS if c not in (rows.fieldnames or ())]
        if missing:
            raise UnreadableCorpus(f"{path}: no column {', '.join(missing)}; expected {', '.join(COLUMNS)}")
        return [_utterance(path, number, row) for number, row in enumerate(rows, start=2)]


def _utterance(path: Path, number: int, row: dict[str, Any]) -> Utterance:
    values = {c: (row[c] or "").strip() for c in COLUMNS}
    if values["label"] not in LABELS:
        raise UnreadableCorpus(f"{path}, line {number}: label is {values['label']!r}, expected crisis or benign")
    return Utterance(**values)


def evaluate(utterances: Iterable[Utterance]) -> dict[str, Any]:
    """Rates of right answers by kind and language, the false-alarm rate, and every single mistake."""
    right: dict[tuple[str, str], list[bool]] = defaultdict(list)
    misses: list[dict[str, str]] = []
    false_alarms: list[dict[str, str]] = []
    benign = crisis = 0
    for said in utterances:
        alarm = safety.check(said.text).crisis
        meant = said.label == "crisis"
        right[said.kind, said.lang].append(alarm == meant)
        crisis, benign = crisis + meant, benign + (not meant)
        if alarm != meant:
            (misses if meant else false_alarms).append(asdict(said))
    by_kind: dict[str, dict[str, float]] = defaultdict(dict)
    for (kind, lang), answers in sorted(right.items()):
        by_kind[kind][lang] = round(sum(answers) / len(answers), 4)
    return {
        "total": crisis + benign,
        "by_kind": dict(by_kind),
        "recall": round(1 - len(misses) / crisis, 4) if crisis else None,
        "false_alarm_rate": round(len(false_alarms) / benign, 4) if benign else None,
        "misses": misses,
        "false_alarms": false_alarms,
    }
