"""Two threads that talk to the server: one keeps the templates fresh, one brings the readings. Both outlive outages."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from ml.camera.buffer import Buffer
from ml.camera.people import People
from ml.camera.policy import LINK, LinkPolicy
from ml.camera.server import Away, Invalid, Reading, Refused, Server
from ml.camera.statistics import Statistics


@dataclass
class Link:
    server: Server
    people: People
    buffer: Buffer
    statistics: Statistics
    policy: LinkPolicy = LINK
    stop: threading.Event = field(default_factory=threading.Event)
    _draining: threading.Lock = field(default_factory=threading.Lock)
    # Why the server will have nothing to do with this camera any more.
    refused: str | None = None
    broken: bool = False
    # What the last attempt to hear from it met.
    trouble: str = "no answer"

    def keep_fresh(self) -> None:
        """Until `stop`: the next word about whom this camera may know, as soon as the server has one."""
        pause = self.policy.first_pause
        while not self.stop.is_set():
            try:
                self._hear()
                pause = self.policy.first_pause
            except Away as error:
                self.trouble = str(error)
                self.stop.wait(pause)
                pause = min(2 * pause, self.policy.longest_pause)
            except (Refused, Invalid) as error:
                self._end(error)

    def _hear(self) -> None:
        known = self.people.version
        news = self.server.templates(known, self.policy.wait if known else 0)
        if news is None:
            self.people.confirm()
            return
        self.people.learn(news)
        people = {one.person_id for one in news.people}
        self.statistics.people = len(people)
        self.buffer.keep_only(people)

    def bring(self) -> None:
        """Until `stop`: what waits in the buffer, and now and then a word about how the agent is doing."""
        pause, beat = self.policy.first_pause, 0.0
        while not self.stop.is_set():
            try:
                self.drain()
                if time.monotonic() - beat > self.policy.heartbeat:
                    with suppress(Invalid):  # a server of another version may know other counts
                        self.server.heartbeat(self.statistics.health())
                    beat = time.monotonic()
                pause = self.policy.first_pause
                self.stop.wait(0.2)
            except Away:
                self.stop.wait(pause)
                pause = min(2 * pause, self.policy.longest_pause)
            except (Refused, Invalid) as error:
                self._end(error)

    def drain(self) -> None:
        """Everything that waits, oldest first. A batch that got lost on the way back is sent again and kept once."""
        with self._draining:
            while batch := self.buffer.batch(self.policy.batch):
                readings = [one for some in batch.values() for one in some]
                try:
                    refused = self.server.send(readings)
                except Invalid:
                    refused = self._one_by_one(readings)
                self.buffer.remove(batch.keys())
                self.statistics.refused += refused
                self.statistics.sent += len(readings) - refused
            self.statistics.buffered = len(self.buffer)
            self.statistics.dropped += self.buffer.take_dropped()
            self.statistics.publish()

    def _one_by_one(self, readings: list[Reading]) -> int:
        """One that the server cannot take must not hold up or take down the others."""
        refused = 0
        for reading in readings:
            try:
                refused += self.server.send([reading])
            except Invalid:
                refused += 1
        return refused

    def _end(self, error: Exception) -> None:
        """Revoked: whoever was known is forgotten at once."""
        self.refused = str(error)
        self.people.forget()
        self.stop.set()

    def thread(self, work: Callable[..., None], name: str, *given: object) -> threading.Thread:
        """One whose unforeseen end ends the agent: whoever started it starts it again, and nothing is half alive."""

        def guarded() -> None:
            try:
                work(*given)
            except BaseException:
                self.broken = True
                self.stop.set()
                raise

        return threading.Thread(target=guarded, name=name, daemon=True)

    def start(self, *, templates: bool = True) -> list[threading.Thread]:
        """A device that sends frames needs nobody's template."""
        work: list[Callable[[], None]] = [self.keep_fresh, self.bring] if templates else [self.bring]
        threads = [self.thread(one, one.__name__) for one in work]
        for thread in threads:
            thread.start()
        return threads
