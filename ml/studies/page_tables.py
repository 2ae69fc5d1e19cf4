"""The tables of docs/seeds.md that are longer than a line of the template: published beside ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from ml.emotions import EXPRESSIONS
from ml.subdivisions.assign import NAMES

Results = Callable[[str], Any]

# Recognition rates of the geometry seed's Table 4, in percent.
GEOMETRY: Final[Mapping[str, int]] = {
    "happy": 96,
    "sad": 97,
    "angry": 95,
    "disgust": 97,
    "fear": 96,
    "surprise": 95,
    "neutral": 93,
}
# The action-unit seed's Tables 5 to 8, accuracies on CASME II.
DEPTH: Final = {
    (1, "sgd"): 0.7056,
    (1, "adam"): 0.7104,
    (3, "sgd"): 0.7230,
    (3, "adam"): 0.8268,
    (5, "sgd"): 0.8815,
    (5, "adam"): 0.9562,
}
LENGTH: Final = {(32, 16): 0.7230, (32, 32): 0.8041, (45, 16): 0.8376, (45, 32): 0.9562}
NORMALISATION: Final = {False: 0.738, True: 0.956}
ACTIVATION: Final = {"ReLU": 0.956, "sigmoid": 0.912, "tanh": 0.947, "elu": 0.913}
# Its Table 10; the sub-divisions of contempt, which is none of the seven, are left out.
SUBDIVISIONS: Final[Mapping[str, str]] = {
    "happy": "7+12, 12, 12A, 6+12+15, 6+12, 12A+24, 12B, L12A+25",
    "surprise": "5A, 5B+24, 25+26, 1+2, 5, 1A+2B+14C",
    "angry": "4, 4+7, 4+7+43, 7B+43E, 4+6+7+43, 7B, 7C, 7, 7A",
    "sad": "15+17, 1, 17, 12+15",
    "disgust": "10, 4+9, 9, 9+12, 9+10, 10+25+26",
    "fear": "20, 7+20+26, L20+21, 20C+25+26",
}


def table(head: Sequence[str], lines: Sequence[Sequence[object]]) -> str:
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows)


def geometry_classes(results: Results) -> str:
    counts = np.array(results("geometry")["public"]["confusion"])
    rates = 100 * np.diag(counts) / np.maximum(counts.sum(axis=1), 1)
    lines = [(name, f"{GEOMETRY[name]} %", f"{rate:.0f} %") for name, rate in zip(EXPRESSIONS, rates, strict=True)]
    return table(("expression", "published", "ours"), lines)


def ablations(results: Results) -> str:
    ablation = results("units")["ablation"]
    blocks: tuple[tuple[str, str, Callable[[Any], Any], Mapping[Any, float], str], ...] = (
        ("depth × optimiser", "depth", lambda r: (r["layers"], r["optimiser"]), DEPTH, "{0} convolutions, {1}"),
        ("passes × batch", "length", lambda r: (r["epochs"], r["batch"]), LENGTH, "{0} passes, batches of {1}"),
        ("normalisation", "normalisation", lambda r: r["normalised"], NORMALISATION, "{0}"),
        ("activation", "activation", lambda r: r["activation"], ACTIVATION, "{0}"),
    )
    lines = []
    for title, name, key, published, words in blocks:
        for row in ablation[name]:
            chosen = key(row)
            parts = chosen if isinstance(chosen, tuple) else ({True: "with", False: "without"}.get(chosen, chosen),)
            lines.append((title, words.format(*parts), published[chosen], f"{row['accuracy']:.3f}"))
    return table(("ablation", "setting", "published", "ours"), lines)


def subdivisions(results: Results) -> str:
    lines = []
    for emotion in results("subdivisions")["emotions"]:
        name = emotion["emotion"]
        published = SUBDIVISIONS.get(name, "–")
        about = f"{emotion['faces']:,} faces, k = {emotion['k']}, silhouette {emotion['silhouette']:.2f}"
        for row in emotion["subdivisions"]:
            units = " + ".join(row["units"]) or "none that most share"
            lines.append((NAMES[name], published, row["name"], units, f"{100 * row['share']:.0f} %", about))
            published = about = ""
    return table(("expression", "published combinations (AU)", "ours", "units", "share", "chosen"), lines)


def ensemble(results: Results) -> str:
    found = results("ensemble")["table"]
    by_truth = {truth: {r["members"]: r for r in found if r["truth"] == truth} for truth in ("label", "ferplus")}
    lines = []
    for members, label in by_truth["label"].items():
        voted = by_truth["ferplus"][members]
        lines.append((members, *_scored(label), *_scored(voted)))
    head = ("asked", "label", "gain (95 %)", "macro F1", "FER+", "gain (95 %)", "macro F1")
    return table(head, lines)


def _scored(row: Mapping[str, Any]) -> tuple[str, str, str]:
    gain = f"{100 * row['low']:+.1f} to {100 * row['high']:+.1f}" if row.get("low") or row.get("high") else "–"
    return f"{row['accuracy']:.3f}", gain, f"{row['macro_f1']:.3f}"


def ensemble_verdict(results: Results) -> str:
    """What follows from the table, by the figures in it: rare expressions count as much as common ones."""
    found = results("ensemble")
    rows = {(r["truth"], r["members"]): r for r in found["table"]}
    alone, all_three = (rows["ferplus", members] for members in ("network", "network + action units + geometry"))
    words = ["Gains are in points of accuracy, with the interval that chance leaves."]
    if not found["better"]:
        words.append("The three together are not better than the network alone on both truths.")
    else:
        words.append("The three together are more accurate than the network alone on both truths, beyond chance.")
    if all_three["macro_f1"] < alone["macro_f1"]:
        words.append(
            f"Macro F1 on FER+ falls from {alone['macro_f1']:.3f} to {all_three['macro_f1']:.3f}: the rare "
            "expressions lose, which the other two hardly know."
        )
    if not found["better"] or all_three["macro_f1"] < alone["macro_f1"]:
        words.append(
            "So the network is served alone, as it is where the extra is missing; action units and geometry stand "
            "beside it and decide nothing."
        )
    return " ".join(words)


TABLES: Final[Mapping[str, Callable[[Results], str]]] = {
    "geometry_classes": geometry_classes,
    "ablations": ablations,
    "subdivisions": subdivisions,
    "ensemble": ensemble,
    "ensemble_verdict": ensemble_verdict,
}
