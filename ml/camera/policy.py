"""Every number of the office camera with its reason. Pure; the agent and the server's frame step read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class BurstPolicy:
    """When somebody counts as recognised, and how many frames make one reading."""

    # Two seconds at 2 frames a second. One frame alone takes 0.09 % of strangers for somebody, and the frames of a
    # moment are alike: of thirteen people in two minutes one was like another (cosine 0.944) for three frames in a row.
    agreeing: int = 4
    # Of the last six frames: a blink or a turned head is forgiven, a likeness that flickers is not.
    within: int = 6
    # A live burst ends here: 4.5 s at 2 frames a second, long enough that no single grimace is the median.
    most: int = 9
    # Not seen for so long (s), the person has left and the burst ends.
    gone_after: float = 3.0
    # Two people at one place within so short a time (s): one of the two recognitions is wrong, so neither counts.
    contradiction: float = 1.2


@dataclass(frozen=True, slots=True)
class PacePolicy:
    # The source paper: 24 frames a second, every 12th used.
    every: int = 12
    # One reading per person and so many minutes: an hour's mean then rests on at most six of them.
    minutes: float = 10.0
    # Thin devices send so many frames at once: a decision needs several.
    thin_burst: int = 5
    # Directories of images: as far apart (s) as the frames that are used of a camera.
    image_seconds: float = 0.5


@dataclass(frozen=True, slots=True)
class LinkPolicy:
    # The long poll for templates: the server answers earlier when anything changes.
    wait: float = 20.0
    # Without news from the server for so long (s), a withdrawal may have been missed: recognise nobody.
    stale_after: float = 120.0
    # Pauses after a failure (s), doubling between these two.
    first_pause: float = 0.5
    longest_pause: float = 15.0
    heartbeat: float = 15.0
    timeout: float = 15.0
    # A clock that is wrong by less (s) changes no hour, and the network alone takes some seconds.
    clock: float = 30.0
    # Readings in one request.
    batch: int = 500
    # A recording waits so long (s) for the first templates, and at its end for the server to take what waits.
    patience: float = 60.0


@dataclass(frozen=True, slots=True)
class BufferPolicy:
    # A camera adds at most some thousands of readings a day of 600 bytes: weeks without a server.
    most_files: int = 20_000
    # Half of what the server still takes (60 days): a device that was forgotten holds nobody's readings for long.
    most_days: float = 30.0


BURST: Final = BurstPolicy()
# A recording is played for its timeline: each agreeing glance is a reading.
RECORDED: Final = BurstPolicy(most=BURST.agreeing)
PACE: Final = PacePolicy()
LINK: Final = LinkPolicy()
BUFFER: Final = BufferPolicy()
