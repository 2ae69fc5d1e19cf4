"""From a finished run to the weights that are served: choose mirror, precision, temperatures and threshold.

`python -m ml.train.ship RUN... --data FILE.npz --version 1.0.0`; several runs are served as one ensemble. Everything is
chosen on the validation part of Training.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from torch import nn

from ml.expression import classifier as serving
from ml.expression.abstention import DEFAULT
from ml.expression.classifier import ExpressionClassifier, softmax
from ml.expression.dataset import Faces, load, training_parts
from ml.train.ensemble import averaged_network, ensemble_of, last_line
from ml.train.export import Record, quantise, write_onnx, write_record
from ml.train.loop import accuracies

# int8 is served where it is faster and loses at most this much accuracy on either head (issue: 0.3 points).
INT8_LOSS: Final = 0.003
# The mirror doubles the cost of a face: it must pay at least this much on the head that people get to see.
MIRROR_GAIN: Final = 0.002
# Sides that serving may shrink a crop to, inside the graph.
SIDES: Final = (32, 36, 40, 44, 48)


@dataclass(frozen=True)
class Trial:
    """One way to serve the network, measured on validation."""

    weights: Path
    mirror: bool
    label: float
    ferplus: float
    milliseconds: float


def best_side(network: nn.Module, held_out: Faces) -> int:
    """The input side at which both heads together do best: near the one that the run ended with."""
    found = {side: accuracies(network, held_out, side) for side in SIDES}
    network.eval()
    print(found)
    return max(SIDES, key=lambda side: found[side]["label"] + found[side]["ferplus"])


def temperature(logits: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """The one number that makes the probabilities most likely on these rows."""
    rows = np.arange(len(truth))

    def loss(log_t: float) -> float:
        return -float(np.log(softmax(logits, float(np.exp(log_t)))[rows, truth] + 1e-12).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-1.5, 1.5), method="bounded").x))


def _draft(weights: Path, version: str, name: str, mirror: bool) -> ExpressionClassifier:
    write_record(weights, Record(name, version, mirror, 1.0, 1.0, DEFAULT.min_confidence))
    return ExpressionClassifier(weights)


def _try(weights: Path, version: str, name: str, mirror: bool, held_out: Faces) -> Trial:
    model = _draft(weights, version, name, mirror)
    votes, label = model.logits(held_out.images)
    majority = held_out.majority()
    named = majority >= 0
    return Trial(
        weights,
        mirror,
        float((label.argmax(1) == held_out.label).mean()),
        float((votes.argmax(1) == majority)[named].mean()),
        _milliseconds(model, held_out),
    )


def _milliseconds(model: ExpressionClassifier, held_out: Faces, repeats: int = 60) -> float:
    """Median time of one face, warm."""
    times = []
    for i in range(repeats):
        before = time.perf_counter()
        model.logits(held_out.images[i : i + 1])
        times.append(time.perf_counter() - before)
    return 1e3 * float(np.median(times))


def choose(trials: list[Trial]) -> Trial:
    """int8 where it meets its condition, each crop read once; then the mirror, if it pays at that precision.

    A mirror that pays only in full precision would cost twice: its own time, and that of the slower network.
    """
    exact = trials[0]
    small = next(t for t in trials if t.weights != exact.weights and not t.mirror)
    loss = max(exact.label - small.label, exact.ferplus - small.ferplus)
    plain = small if loss <= INT8_LOSS and small.milliseconds < exact.milliseconds else exact
    mirrored = next(t for t in trials if t.weights == plain.weights and t.mirror)
    return mirrored if mirrored.ferplus - plain.ferplus >= MIRROR_GAIN else plain


def network_of(runs: list[Path], held_out: Faces) -> tuple[nn.Module, int]:
    """What is served, and the side of its input; the members of an ensemble resize for themselves."""
    if len(runs) == 1:
        network = averaged_network(runs[0])
        return network, best_side(network, held_out)
    return ensemble_of(runs), serving.SIDE


def facts(runs: list[Path], notes: list[str]) -> dict[str, object]:
    """What the model card says about the runs."""
    lines = [last_line(run) for run in runs]
    return {
        "passes over the data": round(sum(line["epoch"] for line in lines), 2),
        "minutes in training steps": round(sum(line["minutes"] for line in lines), 2),
        "last input side": " and ".join(f"{line['side']:g}" for line in lines),
        **{f"note {i}": note for i, note in enumerate(notes, start=1)},
    }


def ship(runs: list[Path], data: Faces, target: Path, *, name: str, version: str, training: dict[str, object]) -> Trial:
    """Write weights and record to `target`; returns what was chosen."""
    train, held_out = training_parts(data)
    network, side = network_of(runs, held_out)
    with tempfile.TemporaryDirectory() as folder:
        exact, small = Path(folder) / "exact.onnx", Path(folder) / "int8.onnx"
        write_onnx(network, exact, name=name, version=version, side=side)
        calibration = np.random.default_rng(0).choice(len(train), min(512, len(train)), replace=False)
        quantise(exact, small, train.images[calibration])
        trials = [_try(w, version, name, mirror, held_out) for w in (exact, small) for mirror in (False, True)]
        for trial in trials:
            print(replace(trial, weights=Path(trial.weights.name)))
        best = choose(trials)
        model = _draft(best.weights, version, name, best.mirror)
        votes, label = model.logits(held_out.images)
        shutil.copyfile(best.weights, target)
    named = held_out.majority() >= 0
    record = Record(
        name,
        version,
        best.mirror,
        temperature(votes[named], held_out.majority()[named]),
        temperature(label, held_out.label),
        DEFAULT.min_confidence,
        training,
    )
    write_record(target, record)
    print(record)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, nargs="+")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--note", action="append", default=[], help="a fact for the model card")
    parser.add_argument("--to", type=Path, default=serving.WEIGHTS)
    given = parser.parse_args()
    torch.set_num_threads(1)
    ship(
        given.run,
        load(given.data),
        given.to,
        name="keel",
        version=given.version,
        training=facts(given.run, given.note),
    )


if __name__ == "__main__":
    main()
