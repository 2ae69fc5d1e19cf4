"""The training loop: one recipe a run, resumable, driven by progress in [0, 1] (epochs or minutes, as the recipe says).

`evenkeel train` calls `train`; a checkpoint carries everything that continues the run, and the averaged weights.
"""

from __future__ import annotations

import copy
import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ml.emotions import EXPRESSIONS
from ml.expression.dataset import Faces, vote_targets
from ml.train.augment import augment, mixup
from ml.train.blocks import resize
from ml.train.recipe import Augmentation, Recipe
from ml.train.teacher import answers, with_answers

Report = Callable[[dict[str, float]], None]
Tick = Callable[[float], None]


@dataclass(frozen=True)
class Targets:
    """Tensors that a batch is cut from: pictures, vote targets and label targets, each target times its weight."""

    images: Tensor
    votes: Tensor
    label: Tensor


def targets(faces: Faces, recipe: Recipe, teacher: nn.Module | None = None) -> Targets:
    """Both heads' soft targets; the weights are folded in, so the loss is one sum of products."""
    soft, share = vote_targets(faces)
    classes = len(EXPRESSIONS)
    hard = np.eye(classes)[faces.label]
    mixed = (1 - recipe.label_from_votes) * hard + recipe.label_from_votes * soft
    balance = np.maximum(np.bincount(faces.label, minlength=classes), 1) ** -recipe.balance
    weight = balance[faces.label] / balance[faces.label].mean()
    images = torch.from_numpy(faces.images)
    votes = torch.from_numpy(soft * (share * weight)[:, None]).float()
    label = torch.from_numpy(recipe.label_weight * mixed * weight[:, None]).float()
    if teacher is None:
        return Targets(images, votes, label)
    heads = zip((votes, label), answers(teacher, images), recipe.taught, strict=True)
    return Targets(images, *(with_answers(*head) for head in heads))


def learning_rate(progress: float, recipe: Recipe) -> float:
    """One cycle: a cosine up for `warm_up`, then a cosine down to nothing."""
    if progress < recipe.warm_up:
        rising = 0.5 - 0.5 * math.cos(math.pi * progress / recipe.warm_up)
        return recipe.learning_rate * (0.05 + 0.95 * rising)
    falling = (progress - recipe.warm_up) / (1 - recipe.warm_up)
    return recipe.learning_rate * (0.5 + 0.5 * math.cos(math.pi * min(falling, 1.0)))


def side_at(progress: float, recipe: Recipe) -> int:
    return [side for start, side in recipe.sizes if progress >= start][-1]


def loss_of(logits: tuple[Tensor, Tensor], wanted: tuple[Tensor, Tensor]) -> Tensor:
    """Soft cross-entropy of both heads; a row's weight is the mass of its target."""
    votes, label = (
        -(want * torch.log_softmax(out.float(), dim=1)).sum(1).mean() for out, want in zip(logits, wanted, strict=True)
    )
    return votes + label


@torch.no_grad()
def accuracies(network: nn.Module, faces: Faces, side: int = 48, batch: int = 256) -> dict[str, float]:
    """Accuracy of both heads on plain pictures (label; strict FER+ majority), without mirror.

    `side` is the side that the network was trained at: another one costs many points.
    """
    network.eval()
    votes, label = [], []
    for rows in torch.from_numpy(faces.images).split(batch):
        x = resize(rows.float().unsqueeze(1), side)
        a, b = network(x.to(memory_format=torch.channels_last))
        votes.append(a.argmax(1))
        label.append(b.argmax(1))
    network.train()
    majority = faces.majority()
    named = majority >= 0
    return {
        "label": float((torch.cat(label).numpy() == faces.label).mean()),
        "ferplus": float((torch.cat(votes).numpy() == majority)[named].mean()),
    }


@dataclass
class Run:
    """All state of a run; what `save` writes, `load` brings back."""

    recipe: Recipe
    folder: Path
    network: nn.Module
    average: nn.Module
    optimiser: torch.optim.Optimizer
    step: int = 0
    images: int = 0
    seconds: float = 0.0
    history: list[dict[str, float]] = field(default_factory=list)

    @classmethod
    def start(cls, recipe: Recipe, folder: Path) -> Run:
        torch.manual_seed(recipe.seed)
        network = recipe.network().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        decay = [p for p in network.parameters() if p.ndim > 1]
        plain = [p for p in network.parameters() if p.ndim <= 1]
        groups = [{"params": decay, "weight_decay": recipe.weight_decay}, {"params": plain, "weight_decay": 0.0}]
        optimiser = torch.optim.SGD(groups, lr=0.1, momentum=recipe.momentum, nesterov=recipe.nesterov)
        folder.mkdir(parents=True, exist_ok=True)
        run = cls(recipe, folder, network, copy.deepcopy(network).requires_grad_(False), optimiser)
        if run.checkpoint.exists():
            run.load()
        return run

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    def save(self) -> None:
        """Write beside, then rename: a kill at any moment leaves a whole checkpoint."""
        state = {
            "recipe": self.recipe.name,
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "numbers": [self.step, self.images, self.seconds],
            "history": self.history,
            "random": torch.get_rng_state(),
        }
        beside = self.checkpoint.with_suffix(".new")
        torch.save(state, beside)
        beside.replace(self.checkpoint)
        (self.folder / "history.json").write_text(json.dumps(self.history, indent=1))

    def load(self) -> None:
        state: dict[str, Any] = torch.load(self.checkpoint, weights_only=True)
        if state["recipe"] != self.recipe.name:
            raise ValueError(f"{self.checkpoint} belongs to the recipe {state['recipe']}, not {self.recipe.name}")
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.images, self.seconds = state["numbers"]
        self.history = state["history"]
        torch.set_rng_state(state["random"])

    def progress(self, rows: int) -> float:
        if self.recipe.minutes is not None:
            return self.seconds / (60 * self.recipe.minutes)
        assert self.recipe.epochs is not None, "a recipe ends by epochs or by minutes"
        return self.images / (self.recipe.epochs * rows)

    @torch.no_grad()
    def follow(self) -> None:
        """Move the average towards the network; early on it follows fast."""
        keep = min(self.recipe.ema, (1 + self.step) / (10 + self.step))
        for mean, now in zip(self.average.state_dict().values(), self.network.state_dict().values(), strict=True):
            if mean.is_floating_point():
                mean.lerp_(now, 1 - keep)
            else:
                mean.copy_(now)


def train_batch(run: Run, data: Targets, rows: Tensor, progress: float) -> float:
    recipe = run.recipe
    how, tail = recipe.augmentation, progress > 1 - recipe.clean_tail
    x = augment(data.images[rows], how if not tail else _without_covering(how), side_at(progress, recipe))
    wanted: tuple[Tensor, ...] = (data.votes[rows], data.label[rows])
    if how.mixup and not tail and float(torch.rand(())) < how.mixup_share:
        x, wanted = mixup(x, wanted, how.mixup)
    for group in run.optimiser.param_groups:
        group["lr"] = learning_rate(progress, recipe)
    with torch.autocast("cpu", torch.bfloat16, enabled=recipe.bfloat16):
        logits = run.network(x.to(memory_format=torch.channels_last))
    loss = loss_of(logits, (wanted[0], wanted[1]))
    run.optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(run.network.parameters(), recipe.clip)
    run.optimiser.step()
    run.step, run.images = run.step + 1, run.images + len(rows)
    run.follow()
    return loss.item()


def _without_covering(how: Augmentation) -> Augmentation:
    """The end of a run sees faces closer to those that serving sees."""
    return replace(how, erase=0.0, noise=how.noise / 2, rotate=how.rotate * 0.6)


def _batches(rows: int, batch: int) -> Iterator[Tensor]:
    order = torch.randperm(rows)
    yield from order[: rows - rows % batch].split(batch)


def history_line(run: Run, rows: int, losses: list[float], held_out: Faces) -> dict[str, float]:
    progress = run.progress(rows)
    side = side_at(min(progress, 1.0), run.recipe)
    return {
        "progress": round(progress, 4),
        "epoch": round(run.images / rows, 2),
        "minutes": round(run.seconds / 60, 2),
        "loss": float(np.mean(losses)),
        "side": float(side),
        **accuracies(run.average, held_out, side),
    }


def train(
    recipe: Recipe,
    faces: Faces,
    held_out: Faces,
    folder: Path,
    report: Report = lambda line: None,
    tick: Tick = lambda progress: None,
    *,
    teacher: nn.Module | None = None,
) -> Run:
    """Train until the recipe's end, continuing a run that was stopped; returns the finished run.

    Minutes are counted in steps, so a pause between two starts costs nothing. `report` is told every pass,
    `tick` every step.
    """
    data, run = targets(faces, recipe, teacher), Run.start(recipe, folder)
    while run.progress(len(faces)) < 1:
        losses: list[float] = []
        for rows in _batches(len(faces), recipe.batch):
            before = time.perf_counter()
            losses.append(train_batch(run, data, rows, min(run.progress(len(faces)), 1.0)))
            run.seconds += time.perf_counter() - before
            tick(run.progress(len(faces)))
            if run.progress(len(faces)) >= 1:
                break
        run.history.append(history_line(run, len(faces), losses, held_out))
        report(run.history[-1])
        run.save()
    return run
