"""Writes the measured part of docs/bot-model-card.md; a test compares the two. `python benchmarks/bot_model_card.py`"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bot import evaluate  # noqa: E402
from bot.dialogue import understanding  # noqa: E402
from bot.dialogue.machine import respond  # noqa: E402
from bot.dialogue.turns import Context, DialogueState, Turn  # noqa: E402

CARD = ROOT / "docs" / "bot-model-card.md"
CORPUS = ROOT / "tests" / "bot" / "corpus"
LANGUAGES = ("en", "zh", "ko")
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
KINDS = ("direct", "oblique", "variant", "idiom", "quote", "negated", "grief", "other")


def crisis_table(report: dict[str, Any]) -> list[str]:
    rows = ["| kind | en | zh | ko |", "|---|---|---|---|"]
    for kind in KINDS:
        rates = report["by_kind"][kind]
        rows.append(f"| {kind} | " + " | ".join(f"{rates[language]:.3f}" for language in LANGUAGES) + " |")
    return rows


def mistakes(report: dict[str, Any], which: str) -> list[str]:
    return [f"- {m['lang']}, {m['kind']}: {m['text']}" for m in report[which]]


def intents() -> list[str]:
    right: dict[str, list[bool]] = defaultdict(list)
    asked: dict[str, list[bool]] = defaultdict(list)
    with (CORPUS / "intents.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            name, certainty = understanding.guess(row["text"])
            sure = certainty >= understanding.THRESHOLD.certainty
            right[row["lang"]].append(name == row["intent"])
            asked[row["lang"]].append(sure and name != row["intent"])
    rows = ["| language | utterances | right | wrong and said with confidence |", "|---|---|---|---|"]
    for language in LANGUAGES:
        n = len(right[language])
        rows.append(f"| {language} | {n} | {sum(right[language]) / n:.3f} | {sum(asked[language]) / n:.3f} |")
    return rows


def answers() -> list[str]:
    right: dict[tuple[str, str], list[bool]] = defaultdict(list)
    ended: dict[tuple[str, str], list[bool]] = defaultdict(list)
    with (CORPUS / "asked.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["place"] == "crisis":
                state = DialogueState(place="crisis", asked="in_danger", locale=row["lang"])
                after = respond(state, Turn(text=row["text"]), Context()).state.place
                ended[row["meant"], row["lang"]].append(after == "open")
            else:
                said = understanding.intent(row["text"], row["place"])
                right[row["place"], row["lang"]].append(said == row["meant"])
    places = {
        "checkin": "how are you?", "open": "told or asked unasked", "listen": "while the bot listens",
        "offer": "an idea was offered", "guided": "in a breathing exercise",
    }  # fmt: skip
    rows = ["| read rightly | en | zh | ko |", "|---|---|---|---|"]
    rows += [f"| {name} | {_shares(right, place)} |" for place, name in places.items()]
    rows += ["", "| asked whether in danger: the bot goes on as usual after | en | zh | ko |", "|---|---|---|---|"]
    meanings = {
        "denied": "a no",
        "safe": "a word of being safe",
        "affirmed": "a yes, even half",
        "other": "anything else",
    }
    return rows + [f"| {name} | {_shares(ended, meant)} |" for meant, name in meanings.items()]


def _shares(counted: dict[tuple[str, str], list[bool]], what: str) -> str:
    found = [counted[what, language] for language in LANGUAGES]
    return " | ".join(f"{sum(one)} of {len(one)}" for one in found)


def measured() -> str:
    utterances = [u for language in LANGUAGES for u in evaluate.read(CORPUS / f"{language}.csv")]
    report = evaluate.evaluate(utterances)
    lines = [
        "### Crisis, share of right answers", "", f"{report['total']} utterances, 335 a language. Recall over all "
        f"crisis kinds {report['recall']:.3f}, false alarms {report['false_alarm_rate']:.3f}.", "",
        *crisis_table(report), "", "Missed:", "", *mistakes(report, "misses"), "", "False alarms:", "",
        *mistakes(report, "false_alarms"), "", "### Intents, held-out utterances", "", *intents(), "",
        "### Answers to what the bot asked, held out", "", *answers(),
    ]  # fmt: skip
    return "\n".join(lines)


def card_with(text: str) -> str:
    card = CARD.read_text("utf-8")
    head, rest = card.split(BEGIN)
    return f"{head}{BEGIN}\n\n{text}\n\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    CARD.write_text(card_with(measured()), "utf-8")
    print(f"wrote {CARD.relative_to(ROOT)}")
