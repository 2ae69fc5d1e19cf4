"""Photos and folders through the pipeline; what `evenkeel score` prints and draws."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ml.faces.photo import LIMITS, PhotoError, sniff
from ml.faces.reading import FaceReading
from ml.pipeline import FacePipeline

# In a folder, files that call themselves pictures are reported when they are not; notes and lists are passed over.
_PICTURE_NAMES: Final = frozenset((".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".gif", ".bmp", ".tif", ".tiff"))


@dataclass(frozen=True, slots=True)
class Scored:
    """One file: its faces, largest first, or why it cannot be read."""

    path: Path
    readings: list[FaceReading] = field(default_factory=list)
    error: tuple[str, str] | None = None

    def as_dict(self) -> dict[str, Any]:
        if self.error:
            code, message = self.error
            return {"file": str(self.path), "readings": [], "error": {"code": code, "message": message}}
        return {"file": str(self.path), "readings": [_with_box(r) for r in self.readings]}


def _with_box(reading: FaceReading) -> dict[str, Any]:
    box = [round(v, 1) for v in reading.box] if reading.box else None
    return {**reading.as_dict(), "box": box}


def find_photos(paths: Iterable[Path]) -> Iterator[Path]:
    """Files as given, folders searched to their depth in order of name, with those that cannot be looked into."""
    for path in paths:
        if _is_folder(path):
            yield from sorted(_in_folder(path))
        else:
            yield path


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # inside a folder that is closed to us, or no possible name: said when it is opened
        return False


def _in_folder(folder: Path) -> Iterator[Path]:
    closed: list[OSError] = []
    for place, _, names in os.walk(folder, onerror=closed.append):
        yield from (path for name in names if _looks_like_a_photo(path := Path(place, name)))
    yield from (Path(error.filename) for error in closed)


def _looks_like_a_photo(path: Path) -> bool:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return False
        if path.suffix.lower() in _PICTURE_NAMES:
            return True
        with path.open("rb") as file:
            return sniff(file.read(16)) is not None
    except FileNotFoundError:  # a link to nothing
        return False
    except OSError:  # reported as unreadable rather than passed over
        return True


def score(pipeline: FacePipeline, path: Path, max_faces: int = 20, units: bool = False) -> Scored:
    try:
        with path.open("rb") as file:
            photo = file.read(LIMITS.max_bytes + 1)  # refused as too large then; also what has no end
        return Scored(path, pipeline.read(photo, max_faces=max_faces, units=units))
    except PhotoError as error:
        return Scored(path, error=(error.code, str(error)))
    except FileNotFoundError:
        return Scored(path, error=("not_found", "There is no such file."))
    except OSError as error:
        return Scored(path, error=("unreadable_file", f"The file cannot be opened: {error.strerror}."))


def score_all(
    pipeline: FacePipeline, paths: Iterable[Path], max_faces: int = 20, units: bool = False
) -> Iterator[Scored]:
    """In the order given, a photo a core at a time."""
    pipeline.warm()
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        yield from pool.map(lambda path: score(pipeline, path, max_faces, units), paths)


def summary(results: Iterable[Scored]) -> str:
    """One line: photos, faces, what was not scored and why."""
    results = list(results)
    readings = [r for result in results for r in result.readings]
    parts = [f"{len(results)} photos", f"{len(readings)} faces"]
    reasons = Counter(r.abstained for r in readings if r.abstained)
    reasons["no_face"] = sum(1 for r in results if not r.readings and not r.error)
    parts += [f"not scored, {reason}: {count}" for reason, count in reasons.most_common() if count]
    parts += [f"refused, {code}: {n}" for code, n in Counter(r.error[0] for r in results if r.error).most_common()]
    return " · ".join(parts)
