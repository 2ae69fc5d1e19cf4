"""Training: one recipe a file. The only place that imports torch."""

import ctypes
import sys


def keep_freed_memory() -> None:
    """Keep freed tensors' memory in the process instead of giving it back to the kernel after every operation.

    On virtual machines page faults are dear: a step of a small VGG took 2.4 s without this and 0.5 s with it.
    """
    if sys.platform == "linux":
        mallopt = ctypes.CDLL(None).mallopt
        for parameter, value in ((-4, 0), (-1, 2**31 - 1), (-2, 2**28)):  # M_MMAP_MAX, M_TRIM_THRESHOLD, M_TOP_PAD
            mallopt(parameter, value)


keep_freed_memory()
