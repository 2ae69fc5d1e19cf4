"""How fast a clip is read: seconds of clip a second, with and without action units, by threads.

    python -m benchmarks.clip [--clip FILE] [--rate 15]

Real time is 1. Processor seconds are given too: another busy process lengthens them far less than the clock. Without
`--clip`, the clip of ../shared/data/photos is used.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from ml.clips.frames import FramePolicy, frames_of
from ml.clips.watch import watch
from ml.pipeline import FacePipeline

CLIP = Path(__file__).resolve().parents[2] / "shared" / "data" / "photos" / "clip" / "neutral_happy_sad.mp4"


class WithoutUnits(FacePipeline):
    """As on a server without the extra `clips`."""

    @property
    def _landmarker(self) -> None:
        return None


def measure(pipeline: FacePipeline, clip: Path, rate: float, threads: int, runs: int) -> tuple[float, float, int]:
    """Medians: seconds of clip a second of the clock, milliseconds of processor a frame; frames."""
    speed, cpu, frames = [], [], 0
    for _ in range(runs):
        clock, processor = time.perf_counter(), time.process_time()
        seen = watch(pipeline, frames_of(str(clip), FramePolicy(rate=rate)), threads=threads)
        frames = len(seen.frames)
        speed.append(seen.seconds / (time.perf_counter() - clock))
        cpu.append((time.process_time() - processor) * 1000 / frames)
    return statistics.median(speed), statistics.median(cpu), frames


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clip", type=Path, default=CLIP)
    parser.add_argument("--rate", type=float, nargs="+", default=[15.0, 30.0])
    parser.add_argument("--runs", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kinds = {"with action units": FacePipeline(Path(folder)), "without": WithoutUnits(Path(folder))}
        for name, pipeline in kinds.items():
            pipeline.warm()
            if name == "with action units" and not pipeline.sees_units:
                print("The extra `clips` is not installed: measured without action units only.")
                continue
            for rate in chosen.rate:
                for threads in (1, 2):
                    speed, cpu, frames = measure(pipeline, chosen.clip, rate, threads, chosen.runs)
                    print(
                        f"{name:<18} {rate:>3g} pictures a second, {threads} threads: {speed:.2f} times real time, ",
                        end="",
                    )
                    print(f"{cpu:.0f} ms of processor a picture ({frames} pictures)", flush=True)


if __name__ == "__main__":
    main()
