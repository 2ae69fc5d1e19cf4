"""Readings wait on disk until the server has them: sealed under the camera's key, bounded, oldest dropped first."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path

from ml.camera.policy import BUFFER, BufferPolicy
from ml.camera.sealing import BUFFER as PURPOSE
from ml.camera.sealing import Unsealable, fingerprint, seal, unseal
from ml.camera.server import Reading


class Buffer:
    """One file a glance or two; safe to use from several threads."""

    def __init__(self, folder: Path, key: str, policy: BufferPolicy = BUFFER) -> None:
        self._folder = folder / fingerprint(key)
        self._key = key
        self._policy = policy
        self._lock = threading.Lock()
        self._numbers = count()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._drop_old(folder)
        self._files = {
            path: len(found) for path in sorted(self._folder.glob("*.sealed")) if (found := self._open(path))
        }
        self.dropped = 0

    def __len__(self) -> int:
        with self._lock:
            return sum(self._files.values())

    def add(self, readings: Sequence[Reading]) -> None:
        """On disk when this returns."""
        if not readings:
            return
        with self._lock:
            path = self._folder / f"{time.time_ns():020d}-{next(self._numbers):04d}.sealed"
            if self._write(path, readings):
                self._files[path] = len(readings)
            else:
                self.dropped += len(readings)
            while len(self._files) > self._policy.most_files:
                oldest = min(self._files)
                self.dropped += self._files[oldest]
                self._remove(oldest)

    def take_dropped(self) -> int:
        """How many were lost here since this was last asked."""
        with self._lock:
            dropped, self.dropped = self.dropped, 0
        return dropped

    def batch(self, most: int) -> dict[Path, list[Reading]]:
        """The oldest, up to so many readings and at least one file."""
        found: dict[Path, list[Reading]] = {}
        with self._lock:
            size, oldest = 0, time.time() - self._policy.most_days * 86_400
            for path in sorted(self._files):
                if int(path.name[:20]) / 1e9 < oldest:
                    self.dropped += self._files[path]
                    self._remove(path)
                    continue
                size += self._files[path]
                if found and size > most:
                    break
                found[path] = self._open(path)
        return found

    def remove(self, paths: Collection[Path]) -> None:
        """The server has them."""
        with self._lock:
            for path in paths:
                self._remove(path)

    def keep_only(self, people: Collection[str]) -> None:
        """What waits of somebody who withdrew goes before it is sent."""
        with self._lock:
            for path in list(self._files):
                readings = self._open(path)
                kept = [one for one in readings if one["person_id"] in people]
                if not kept:
                    self._remove(path)
                elif len(kept) < len(readings):
                    if self._write(path, kept):
                        self._files[path] = len(kept)
                    else:
                        self._remove(path)

    def _write(self, path: Path, readings: Sequence[Reading]) -> bool:
        """False when the disk would not take it, as when it is full."""
        sealed = seal(self._key, PURPOSE, json.dumps(list(readings)).encode(), path.name)
        part = path.with_suffix(".part")
        try:
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)
            return False
        return True

    def _open(self, path: Path) -> list[Reading]:
        """Empty, and gone, where it was torn or sealed with another key."""
        try:
            readings: list[Reading] = json.loads(unseal(self._key, PURPOSE, path.read_bytes(), path.name))
        except (Unsealable, FileNotFoundError, ValueError):
            path.unlink(missing_ok=True)
            return []
        return readings

    def _remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._files.pop(path, None)

    def _drop_old(self, folder: Path) -> None:
        """Those of keys that were renewed too: nobody can open them any more."""
        oldest = time.time() - self._policy.most_days * 86_400
        for path in [*folder.glob("*/*.sealed"), *folder.glob("*/*.part")]:
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < oldest or path.suffix == ".part":
                    path.unlink()
