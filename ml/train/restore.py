"""The served weights back into runs, so that training goes on from a clone: checkpoints are too large to be committed.

`python -m ml.train.restore --data FILE.npz --to FOLDER` writes one run for each network of the ensemble; `--from` and
`--taught-by` of `evenkeel train` take them. What int8 rounded off is lost; the first passes bring it back.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn

from ml.expression import classifier as serving
from ml.expression.dataset import load, training_parts
from ml.train import keel
from ml.train.blocks import resize
from ml.train.loop import Run
from ml.train.recipe import Recipe

# Pictures that the statistics of batch normalisation are measured on: a percent of a standard deviation.
MEASURED_ON: Final = 2048

Arrays = dict[str, NDArray[np.float32]]


def served_arrays(weights: Path) -> Arrays:
    """`members.K.….weight` and `.bias` of every layer, batch normalisation folded in as serving has it."""
    graph = onnx.load(weights).graph
    known = {entry.name: numpy_helper.to_array(entry) for entry in graph.initializer}
    for node in graph.node:
        if node.op_type == "DequantizeLinear" and node.input[0] in known:
            whole, scale, zero = (known[name].astype(np.float64) for name in node.input)
            column = (-1,) + (1,) * (whole.ndim - 1) if scale.ndim else ()
            exact = (whole - zero.reshape(column)) * scale.reshape(column)
            known[node.output[0]] = exact.astype(np.float32)
    arrays: Arrays = {}
    for node in graph.node:
        if node.op_type in ("Conv", "Gemm"):
            layer = node.input[1].removeprefix("network.").split(".weight")[0]
            arrays[f"{layer}.weight"], arrays[f"{layer}.bias"] = known[node.input[1]], known[node.input[2]]
    return arrays


def _normalised(network: nn.Module) -> Iterator[tuple[str, nn.Conv2d, nn.BatchNorm2d]]:
    """Each convolution with the batch normalisation behind it."""
    for name, block in network.named_modules():
        if isinstance(block, nn.Sequential) and len(block) > 1 and isinstance(block[1], nn.BatchNorm2d):
            assert isinstance(block[0], nn.Conv2d)
            yield f"{name}.0", block[0], block[1]


@torch.no_grad()
def unfold(network: nn.Module, arrays: Arrays, pictures: NDArray[np.uint8], side: int) -> nn.Module:
    """The same answers with batch normalisation between the layers again, its statistics measured on `pictures`."""
    for head in ("votes", "label"):
        for what in ("weight", "bias"):
            network.get_submodule(head).get_parameter(what).copy_(torch.tensor(arrays[f"{head}.{what}"]))
    sums: dict[str, list[Tensor]] = {}
    hooks = []
    for name, layer, norm in _normalised(network):
        layer.weight.copy_(torch.tensor(arrays[f"{name}.weight"]))
        norm.bias.copy_(torch.tensor(arrays[f"{name}.bias"]))
        norm.running_var.fill_(1 - norm.eps)  # type: ignore[union-attr]

        def note(_: nn.Module, __: object, out: Tensor, seen: list[Tensor] = sums.setdefault(name, [])) -> None:
            seen.append(torch.stack([out.mean((0, 2, 3)), out.square().mean((0, 2, 3))]))

        hooks.append(layer.register_forward_hook(note))
    network.eval()
    for part in torch.from_numpy(pictures).split(256):
        network(resize(part.float().unsqueeze(1), side))
    for hook in hooks:
        hook.remove()
    for name, _, norm in _normalised(network):
        mean, square = torch.stack(sums[name]).mean(0)
        spread = (square - mean.square()).clamp_min(1e-6)
        norm.running_mean.copy_(mean)  # type: ignore[union-attr]
        norm.running_var.copy_(spread)  # type: ignore[union-attr]
        norm.weight.copy_((spread + norm.eps).sqrt())
        norm.bias.add_(mean)
    return network


def served_sides(weights: Path) -> list[int]:
    """The side at which each network of the ensemble reads, as the record beside the weights says."""
    record = json.loads(weights.with_suffix(".json").read_text(encoding="utf-8"))
    return [int(side) for side in str(record["training"]["last input side"]).split(" and ")]


def write_run(network: nn.Module, recipe: Recipe, folder: Path, side: int) -> None:
    """A run that looks finished: what `ml.train.ensemble` and `--from` read of one."""
    run = Run.start(recipe, folder)
    run.network.load_state_dict(network.state_dict())
    run.average.load_state_dict(network.state_dict())
    run.history = [{"epoch": 0.0, "minutes": 0.0, "side": float(side)}]
    run.save()


def restore(weights: Path, pictures: NDArray[np.uint8], folder: Path) -> list[Path]:
    """One run folder for each served network."""
    arrays, runs = served_arrays(weights), []
    for number, side in enumerate(served_sides(weights)):
        prefix = f"members.{number}." if f"members.{number}.votes.weight" in arrays else ""
        own = {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
        network = unfold(keel.network(), own, pictures, side)
        runs.append(folder / f"network-{number + 1}")
        write_run(network, keel.FURTHER, runs[-1], side)
    return runs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--to", type=Path, required=True)
    given = parser.parse_args()
    pictures = training_parts(load(given.data))[0].images
    chosen = np.random.default_rng(0).choice(len(pictures), min(MEASURED_ON, len(pictures)), replace=False)
    for run in restore(serving.WEIGHTS, pictures[chosen], given.to):
        print(run)


if __name__ == "__main__":
    main()
