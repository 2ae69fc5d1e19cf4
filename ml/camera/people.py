"""Whom this agent may know: in memory only, as fresh as the server's last word, gone when that is too long ago."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from ml.camera.policy import LINK, LinkPolicy
from ml.camera.server import News
from ml.faces.identity import FaceTemplate, Gallery


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    version: str
    people: tuple[str, ...]
    gallery: Gallery


class People:
    def __init__(self, policy: LinkPolicy = LINK, clock: Callable[[], float] = time.monotonic) -> None:
        self._policy = policy
        self._clock = clock
        self._known: Known | None = None
        self._confirmed = float("-inf")
        self.heard = threading.Event()

    def now(self) -> Known | None:
        """None before the first word of the server, and when its last one is stale: then nobody is looked at."""
        if self._clock() - self._confirmed > self._policy.stale_after:
            self._known = None
        return self._known

    @property
    def version(self) -> str | None:
        known = self.now()
        return known.version if known else None

    def learn(self, news: News) -> Known:
        templates = [FaceTemplate.from_bytes(one.template) for one in news.people]
        self._known = Known(news.version, tuple(one.person_id for one in news.people), Gallery(templates))
        self.confirm()
        return self._known

    def confirm(self) -> None:
        """The server said that nothing changed."""
        self._confirmed = self._clock()
        self.heard.set()

    def forget(self) -> None:
        self._known, self._confirmed = None, float("-inf")
