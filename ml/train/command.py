"""What `evenkeel train RECIPE` does: data, progress bar, log, curves. `ml/expression/cli.py` calls `run`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from torch import nn

from ml.expression.dataset import Faces, load, training_parts
from ml.train.curves import draw_curves
from ml.train.ensemble import averaged_network, ensemble_of
from ml.train.loop import Run, train
from ml.train.recipe import Recipe
from ml.train.recipes import RECIPES
from ml.train.together import train_together


def _list() -> None:
    for name, recipe in RECIPES.items():
        end = f"{recipe.epochs:g} epochs" if recipe.epochs is not None else f"{recipe.minutes:g} minutes"
        parameters = sum(p.numel() for p in recipe.network().parameters()) / 1e6
        print(
            f"{name:14s} {parameters:5.1f} M parameters, {end}, batch {recipe.batch}, "
            f"peak rate {recipe.learning_rate:g}"
        )


def _chosen(name: str, minutes: float | None, epochs: float | None) -> Recipe:
    if name not in RECIPES:
        raise ValueError(f"no recipe is called {name!r}; there are: {', '.join(RECIPES)}")
    if minutes is not None and epochs is not None:
        raise ValueError("a run ends by --minutes or by --epochs, not by both")
    recipe = RECIPES[name]
    if minutes is not None:
        return replace(recipe, minutes=minutes, epochs=None)
    return recipe if epochs is None else replace(recipe, epochs=epochs, minutes=None)


def _check_teachers(recipe: Recipe, teachers: Sequence[Path]) -> None:
    if any(recipe.taught) and not teachers:
        raise ValueError(f"{recipe.name} learns from trained networks: name their runs with --taught-by RUN")
    if teachers and not any(recipe.taught):
        raise ValueError(f"{recipe.name} has no use for teachers: leave --taught-by out")


def _check_finished(runs: Sequence[Path]) -> None:
    if missing := [str(run) for run in runs if not (run / "checkpoint.pt").exists()]:
        raise ValueError(f"no finished run in {', '.join(missing)}: a folder with a checkpoint.pt is wanted")


def begin_with(finished: Path, recipe: Recipe, folder: Path) -> None:
    """A new run that starts from a finished one's averaged weights; a run that is there already is continued."""
    run = Run.start(recipe, folder)
    if run.step == 0:
        weights = averaged_network(finished).state_dict()
        try:
            run.network.load_state_dict(weights)
            run.average.load_state_dict(weights)
        except RuntimeError as error:
            raise ValueError(f"{finished} holds another network than {recipe.name} trains") from error
        run.save()


def run(
    name: str,
    data: Path | None,
    out: Path,
    *,
    minutes: float | None = None,
    epochs: float | None = None,
    threads: int = 2,
    workers: int = 1,
    begin: Path | None = None,
    teachers: Sequence[Path] = (),
) -> None:
    """Train or continue `name` under `out`/`name`; a new run may begin with the weights of a finished one."""
    if name == "list":
        return _list()
    recipe = _chosen(name, minutes, epochs)
    _check_teachers(recipe, teachers)
    _check_finished([*teachers, *([begin] if begin else [])])
    if data is None:
        raise ValueError("--data FILE.npz says what to train on")
    torch.set_num_threads(threads if workers == 1 else 1)  # processes that fork must not have threads yet
    faces, held_out = training_parts(load(data))
    if len(faces) < recipe.batch:
        raise ValueError(f"{data.name} has {len(faces)} usable Training rows; one batch needs {recipe.batch}")
    if begin is not None:
        begin_with(begin, recipe, out / name)
    teacher = ensemble_of(teachers) if teachers else None
    _train(recipe, faces, held_out, out / name, workers, teacher)


def _train(
    recipe: Recipe, faces: Faces, held_out: Faces, folder: Path, workers: int, teacher: nn.Module | None
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    columns = (
        TextColumn(recipe.name),
        BarColumn(),
        TextColumn("{task.percentage:.0f} %  {task.fields[note]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar, (folder / "log.jsonl").open("a") as log:
        task = bar.add_task(recipe.name, total=1.0, note="")

        def report(line: dict[str, float]) -> None:
            log.write(json.dumps(line) + "\n")
            log.flush()
            note = "epoch {epoch:.1f}  loss {loss:.3f}  label {label:.3f}  FER+ {ferplus:.3f}".format_map(line)
            bar.update(task, completed=min(line["progress"], 1.0), note=note)

        def tick(progress: float) -> None:
            bar.update(task, completed=min(progress, 1.0))

        if workers > 1:
            finished = train_together(recipe, faces, held_out, folder, report, tick, workers=workers, teacher=teacher)
        else:
            finished = train(recipe, faces, held_out, folder, report, tick, teacher=teacher)
    draw_curves(finished.history, folder / "curves.png", title=recipe.name)
    print(f"{folder}: checkpoint.pt, log.jsonl, curves.png")
