"""One run by several one-thread processes that average their weights every few steps (local SGD).

On cores that others use too, the threads of one process wait for each other at every layer. Processes that meet every
sixteen steps hardly wait: two gave 2.1 times the pictures of one two-thread process on two busy cores.
`evenkeel train --workers 2` uses it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn

from ml.expression.dataset import Faces
from ml.train.loop import Report, Run, Targets, Tick, history_line, targets, train_batch
from ml.train.recipe import Recipe

# Steps between two meetings: long enough that waiting does not count, short enough that the weights stay one model.
MEET_EVERY: Final = 16


@dataclass(frozen=True)
class Meeting:
    """What the processes share: a place for each one's weights, and the leader's progress."""

    weights: Tensor  # [workers, numbers]
    progress: Tensor  # [1]
    barrier: Barrier
    workers: int

    def average(self, rank: int, network: nn.Module) -> None:
        """Everyone leaves with the mean of all weights and batch statistics."""
        floats = [value for value in network.state_dict().values() if value.is_floating_point()]
        self.weights[rank] = torch.cat([value.flatten() for value in floats])
        self.barrier.wait()
        mean, at = self.weights.mean(dim=0), 0
        for value in floats:
            value.copy_(mean[at : at + value.numel()].view_as(value))
            at += value.numel()
        self.barrier.wait()


@torch.no_grad()
def _meet(run: Run, meeting: Meeting, rank: int, rows: int) -> None:
    if rank == 0:
        meeting.progress[0] = run.progress(rows)
    meeting.average(rank, run.network)


def _shares(rows: int, recipe: Recipe, meeting: Meeting, rank: int, epoch: int) -> list[Tensor]:
    """This process's batches of one pass; all draw the same order and take every n-th batch."""
    order = torch.randperm(rows, generator=torch.Generator().manual_seed(recipe.seed + epoch))
    batches = order.split(recipe.batch)
    usable = len(batches) - len(batches) % meeting.workers - meeting.workers
    return list(batches[rank : max(usable, meeting.workers) : meeting.workers])


def _pass(run: Run, data: Targets, meeting: Meeting, rank: int, tick: Tick) -> list[float]:
    """One pass over the data, in step with the others."""
    losses: list[float] = []
    rows = len(data.images)
    for i, batch in enumerate(_shares(rows, run.recipe, meeting, rank, len(run.history))):
        before = time.perf_counter()
        losses.append(train_batch(run, data, batch, min(float(meeting.progress[0]), 1.0)))
        run.images += len(batch) * (meeting.workers - 1)
        if (i + 1) % MEET_EVERY == 0:
            _meet(run, meeting, rank, rows)
        run.seconds += time.perf_counter() - before
        tick(float(meeting.progress[0]))
        if (i + 1) % MEET_EVERY == 0 and float(meeting.progress[0]) >= 1:
            break
    _meet(run, meeting, rank, rows)
    return losses


def _work(rank: int, recipe: Recipe, data: Targets, held_out: Faces, folder: Path, meeting: Meeting, told: Any) -> None:
    torch.set_num_threads(1)
    run = Run.start(recipe, folder)
    torch.manual_seed(recipe.seed + 1000 * rank + run.step)
    report, tick = told if rank == 0 else (lambda line: None, lambda progress: None)
    _meet(run, meeting, rank, len(data.images))
    while float(meeting.progress[0]) < 1:
        losses = _pass(run, data, meeting, rank, tick)
        if rank == 0:
            run.history.append(history_line(run, len(data.images), losses, held_out))
            run.save()
            report(run.history[-1])
        else:
            run.history.append({})
        _meet(run, meeting, rank, len(data.images))


def train_together(
    recipe: Recipe,
    faces: Faces,
    held_out: Faces,
    folder: Path,
    report: Report = lambda line: None,
    tick: Tick = lambda progress: None,
    *,
    workers: int = 2,
    teacher: nn.Module | None = None,
) -> Run:
    """Like `ml.train.loop.train`, with several processes; the calling process leads."""
    torch.set_num_threads(1)
    context = get_context("fork")
    numbers = sum(v.numel() for v in recipe.network().state_dict().values() if v.is_floating_point())
    meeting = Meeting(
        torch.zeros(workers, numbers).share_memory_(), torch.zeros(1).share_memory_(), context.Barrier(workers), workers
    )
    data = targets(faces, recipe, teacher)
    common = (recipe, data, held_out, folder, meeting, (report, tick))
    others = [context.Process(target=_work, args=(rank, *common), daemon=True) for rank in range(1, workers)]
    for process in others:
        process.start()
    _work(0, *common)
    for process in others:
        process.join()
    return Run.start(recipe, folder)
