"""What the networks have loaded, moved to pages of 2 MB: 130 MB of weights are read here and there for every photo, and
with pages of 4 KB much of that time goes into looking up where they lie (benchmarks/photo.md). Linux from 6.1 on.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

LARGE: Final = 2 * 1024 * 1024
# What is largely in use anyway: a page of 2 MB for a few bytes would only cost memory.
_IN_USE: Final = 0.9
_COLLAPSE: Final = 25  # MADV_COLLAPSE
_REGIONS: Final = Path("/proc/self/smaps")
_REGION: Final = re.compile(
    r"^([0-9a-f]+)-([0-9a-f]+) rw-p \S+ 00:00 0 *(?:\[heap\])?\n(?:\w+: .*\n)*?Rss: +(\d+) kB", re.MULTILINE
)


def use_large_pages() -> None:
    """Once after loading; what the kernel cannot or may not move stays where it is. `FacePipeline.warm` calls it."""
    if not _REGIONS.exists():
        return
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for start, end in regions(_REGIONS.read_text()):
        madvise(start, end - start, _COLLAPSE)


def regions(smaps: str) -> Iterator[tuple[int, int]]:
    """Where private memory fills whole large pages: from and to, in addresses."""
    for first, last, kilobytes in _REGION.findall(smaps):
        start, end = int(first, 16), int(last, 16)
        whole = -(-start // LARGE) * LARGE, end // LARGE * LARGE
        if whole[1] > whole[0] and int(kilobytes) * 1024 >= _IN_USE * (end - start):
            yield whole
