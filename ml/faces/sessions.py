"""One way to open a network: few threads each, so that N workers on N cores do not fight over them."""

from __future__ import annotations

from pathlib import Path

import cv2
import onnxruntime

cv2.setNumThreads(1)


def open_session(model: bytes | Path, threads: int = 1) -> onnxruntime.InferenceSession:
    """A CPU session; multi-threaded ones collapse under contention (11.7 to 274 ms), so one thread is the default."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    source = str(model) if isinstance(model, Path) else model
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def returning_memory() -> onnxruntime.RunOptions:
    """For rare large inputs: the session gives back afterwards what it allocated for them."""
    options = onnxruntime.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options
