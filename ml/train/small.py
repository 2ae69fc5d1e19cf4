"""Small networks on vectors and small maps: the perceptron of the geometry seed, the light CNN of the action-unit seed.

`ml.studies` trains them, seeded and on one thread; `weights_of` hands a perceptron to numpy, which serves it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

Floats = NDArray[np.float64]
Numbers = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class SmallRecipe:
    epochs: int = 45
    batch: int = 32
    optimiser: str = "adam"
    learning_rate: float = 1e-3
    # End once the loss on rows put aside has not fallen for so many passes, and keep the best weights.
    patience: int | None = None
    sigmoid: bool = False  # seven yes-or-no questions, as in the geometry seed, instead of one choice
    seed: int = 1


def perceptron(sizes: Sequence[int], activation: Callable[[], nn.Module] = nn.ReLU, dropout: float = 0.0) -> nn.Module:
    """Fully connected, `sizes` from input to output; the output's own function belongs to the loss."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes[:-1]):
        layers += [nn.Linear(inputs, outputs), activation(), *([nn.Dropout(dropout)] if dropout else [])]
    return nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))


def fit(network: Callable[[], nn.Module], x: Numbers, target: Floats, recipe: SmallRecipe) -> nn.Module:
    """A trained network; `target` [N, 7] holds shares that add up to one (a single label: one of them is 1)."""
    torch.set_num_threads(1)
    torch.manual_seed(recipe.seed)
    model = network()
    rng = np.random.default_rng(recipe.seed)
    order = rng.permutation(len(x))
    aside = order[: len(x) // 10] if recipe.patience else order[:0]
    rows = order[len(aside) :]
    inputs, wanted = torch.tensor(x, dtype=torch.float32), torch.tensor(target, dtype=torch.float32)
    optimiser = _optimiser(model, recipe)
    best, best_loss, waited = deepcopy(model.state_dict()), np.inf, 0
    for _ in range(recipe.epochs):
        _pass(model, optimiser, inputs, wanted, rng.permutation(rows), recipe)
        if recipe.patience is None:
            continue
        loss = _loss_on(model, inputs, wanted, aside, recipe)
        waited = 0 if loss < best_loss else waited + 1
        if loss < best_loss:
            best, best_loss = deepcopy(model.state_dict()), loss
        if waited >= recipe.patience:
            break
    if recipe.patience is not None:
        model.load_state_dict(best)
    return model.eval()


def _optimiser(model: nn.Module, recipe: SmallRecipe) -> torch.optim.Optimizer:
    if recipe.optimiser == "adam":
        return torch.optim.Adam(model.parameters(), lr=recipe.learning_rate)
    # As the mobile seed runs it, and ten times Adam's step: without momentum it would hardly move in so few passes.
    return torch.optim.SGD(model.parameters(), lr=10 * recipe.learning_rate, momentum=0.9)


def _pass(
    model: nn.Module,
    optimiser: torch.optim.Optimizer,
    inputs: torch.Tensor,
    wanted: torch.Tensor,
    order: NDArray[np.int64],
    recipe: SmallRecipe,
) -> None:
    model.train()
    for start in range(0, len(order) - 1, recipe.batch):
        rows = torch.from_numpy(order[start : start + recipe.batch])
        if len(rows) < 2:  # batch normalisation has no variance of one row
            continue
        optimiser.zero_grad()
        _loss(model(inputs[rows]), wanted[rows], recipe).backward()
        optimiser.step()


def _loss(logits: torch.Tensor, wanted: torch.Tensor, recipe: SmallRecipe) -> torch.Tensor:
    if recipe.sigmoid:
        return functional.binary_cross_entropy_with_logits(logits, wanted)
    return functional.cross_entropy(logits, wanted)


@torch.no_grad()
def _loss_on(
    model: nn.Module, inputs: torch.Tensor, wanted: torch.Tensor, rows: NDArray[np.int64], recipe: SmallRecipe
) -> float:
    model.eval()
    chosen = torch.from_numpy(rows)
    return float(_loss(model(inputs[chosen]), wanted[chosen], recipe))


@torch.no_grad()
def predict(model: nn.Module, x: Numbers, *, sigmoid: bool = False) -> Floats:
    """Shares that add up to one; sigmoids are scaled to it."""
    outputs = [model(part) for part in torch.tensor(x, dtype=torch.float32).split(4096)]
    logits = torch.cat(outputs).double()
    shares = torch.sigmoid(logits) if sigmoid else torch.softmax(logits, dim=1)
    return np.asarray((shares / shares.sum(dim=1, keepdim=True)).numpy())


def weights_of(model: nn.Module) -> dict[str, NDArray[Any]]:
    """`w0`, `b0`, `w1`… of a perceptron, as `ml.geometry.opinion` multiplies them."""
    layers = [layer for layer in model.modules() if isinstance(layer, nn.Linear)]
    arrays: dict[str, NDArray[Any]] = {}
    for number, layer in enumerate(layers):
        arrays[f"w{number}"] = layer.weight.detach().numpy().T.astype(np.float32).copy()
        arrays[f"b{number}"] = layer.bias.detach().numpy().astype(np.float32).copy()
    return arrays
