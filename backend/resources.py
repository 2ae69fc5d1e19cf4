"""What a worker holds for its steps: made once a process, handed to each step."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from backend.config import Settings
from backend.vault import Vault

if TYPE_CHECKING:
    from ml.pipeline import FacePipeline


@dataclass
class Resources:
    config: Settings
    vault: Vault
    threads: ThreadPoolExecutor = field(init=False)
    # One clip at a time, beside the photos and never before them; its frames spread over as many threads as photos do.
    clips: ThreadPoolExecutor = field(init=False)
    # Likewise frames of thin cameras, which come all day long.
    frames: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        self.threads = ThreadPoolExecutor(self.config.reading_threads, thread_name_prefix="read")
        self.clips = ThreadPoolExecutor(1, thread_name_prefix="clip")
        self.frames = ThreadPoolExecutor(1, thread_name_prefix="frames")

    def close(self) -> None:
        for pool in (self.threads, self.clips, self.frames):
            pool.shutdown(wait=True)

    @cached_property
    def faces(self) -> FacePipeline:
        """Imported on first use: only the processes that read photos pay for the models."""
        from ml.pipeline import FacePipeline

        return FacePipeline(self.config.data_dir)
