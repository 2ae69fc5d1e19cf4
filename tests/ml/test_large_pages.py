"""Moving the networks to larger pages picks what is full, and changes nothing of what is there."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from ml.faces.large_pages import LARGE, regions, use_large_pages

SMAPS = """\
55d0c0000000-55d0c8100000 rw-p 00000000 00:00 0                          [heap]
Size:             132096 kB
KernelPageSize:        4 kB
Rss:              130000 kB
Pss:              130000 kB
7f0000100000-7f0000a00000 rw-p 00000000 00:00 0
Size:               9216 kB
Rss:                9216 kB
7f1000000000-7f1008000000 rw-p 00000000 00:00 0
Size:             131072 kB
Rss:                 132 kB
7f2000000000-7f2001000000 rw-p 00000000 fe:00 1234                       /usr/lib/libsomething.so
Size:              16384 kB
Rss:               16384 kB
7f3000000000-7f3001000000 r--p 00000000 00:00 0
Size:              16384 kB
Rss:               16384 kB
7f4000000000-7f4000010000 rw-p 00000000 00:00 0
Size:                 64 kB
Rss:                  64 kB
7ffe00000000-7ffe01000000 rw-p 00000000 00:00 0                          [stack]
Size:              16384 kB
Rss:               16384 kB
"""


def test_only_full_private_memory_and_whole_pages() -> None:
    assert list(regions(SMAPS)) == [
        (0x55D0C0000000, 0x55D0C8000000),
        (0x7F0000200000, 0x7F0000A00000),
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")
def test_what_was_there_is_still_there() -> None:
    numbers = np.random.default_rng(0).integers(0, 255, 8 * LARGE, dtype=np.uint8)
    before = numbers.copy()
    use_large_pages()
    use_large_pages()
    assert np.array_equal(numbers, before)
