"""The corporate seed's comparison (VGG16, MobileNet, ResNet50; with and without augmentation) under one equal budget.

    python benchmarks/seeds_comparison/compare.py --data FILE.npz --images 6400

Every run sees the same number of pictures in the same order, with the same optimiser, batch and input side, and is
measured on the same validation part of Training with its last weights. Writes results.json and README.md beside itself;
a run that is already in results.json under the same budget is kept, so the comparison can be continued.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch

from ml.expression.dataset import Faces, load, training_parts
from ml.train.loop import accuracies, train
from ml.train.recipe import MOBILE_SEED, NO_AUGMENTATION, Recipe
from ml.train.recipes import RECIPES

HERE = Path(__file__).parent
FILE = HERE / "results.json"
NETWORKS = ("vgg16", "mobilenet", "resnet50")
PUBLISHED = {"vgg16": (0.7023, 0.7876), "mobilenet": (0.5645, None), "resnet50": (0.6267, None)}


@dataclass(frozen=True)
class Budget:
    images: int
    batch: int
    side: int
    learning_rate: float
    seed: int


def recipe(network: str, augmented: bool, budget: Budget, rows: int) -> Recipe:
    """The seed's network with the common settings; a constant share of the run warms up."""
    return replace(
        RECIPES[network],
        epochs=budget.images / rows,
        minutes=None,
        batch=budget.batch,
        learning_rate=budget.learning_rate,
        sizes=((0.0, budget.side),),
        bfloat16=False,
        seed=budget.seed,
        augmentation=MOBILE_SEED if augmented else NO_AUGMENTATION,
    )


def one(network: str, augmented: bool, budget: Budget, faces: Faces, held_out: Faces) -> dict[str, Any]:
    how = recipe(network, augmented, budget, len(faces))
    with tempfile.TemporaryDirectory() as folder:
        run = train(how, faces, held_out, Path(folder))
    # So short a run ends before an average means anything: the last weights count.
    figures = accuracies(run.network, held_out, budget.side)
    line = {"network": network, "augmented": augmented, **figures, "loss": run.history[-1]["loss"]}
    return {**line, "minutes": run.history[-1]["minutes"], "budget": asdict(budget)}


def known(budget: Budget) -> list[dict[str, Any]]:
    """Finished runs under this budget; read anew each time, so that two processes can share the networks."""
    results = json.loads(FILE.read_text()) if FILE.exists() else []
    return [r for r in results if r["budget"] == asdict(budget)]


def keep(results: list[dict[str, Any]]) -> None:
    FILE.write_text(json.dumps(sorted(results, key=lambda r: (r["network"], r["augmented"])), indent=1) + "\n")


def notes() -> str:
    """What a person concluded; written by hand, kept beside the table."""
    file = HERE / "notes.txt"
    return "\n" + file.read_text() if file.exists() else ""


def table(results: list[dict[str, Any]], budget: Budget, rows: int, held_out: int) -> str:
    lines = [
        "# The seeds' networks under one equal budget",
        "",
        f"Each run: {budget.images:,} pictures seen ({budget.images / rows:.2f} passes over {rows:,} faces), batch "
        f"{budget.batch}, {budget.side}×{budget.side} pixels, SGD, one cycle up to {budget.learning_rate:g}, "
        f"seed {budget.seed}, CPU. Measured on {held_out:,} validation faces, last weights, "
        "no mirror. Made by `compare.py`.",
        "",
        "| network | augmentation | original label | FER+ majority | training loss | minutes | published (no / with) |",
        "|---|---|---|---|---|---|---|",
    ]
    for r in results:
        plain, augmented = PUBLISHED[r["network"]]
        published = f"{plain} / {augmented or '–'}"
        lines.append(
            f"| {r['network']} | {'the mobile seed’s list' if r['augmented'] else 'none'} | {r['label']:.3f} | "
            f"{r['ferplus']:.3f} | {r['loss']:.3f} | {r['minutes']:.1f} | {published} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--images", type=int, default=6400)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--side", type=int, default=48)
    parser.add_argument("--learning-rate", type=float, default=0.02)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--networks", default=",".join(NETWORKS), help="which of them, comma between")
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    budget = Budget(given.images, given.batch, given.side, given.learning_rate, given.seed)
    faces, held_out = training_parts(load(given.data))
    for network in given.networks.split(","):
        for augmented in (False, True):
            if not any((r["network"], r["augmented"]) == (network, augmented) for r in known(budget)):
                line = one(network, augmented, budget, faces, held_out)
                print(json.dumps(line), flush=True)
                keep([*known(budget), line])
    (HERE / "README.md").write_text(table(known(budget), budget, len(faces), len(held_out)) + notes())


if __name__ == "__main__":
    main()
