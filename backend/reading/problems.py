"""Why a photo could not be read, as an HTTP answer; the sentences belong to `ml.faces.photo`."""

from __future__ import annotations

from typing import Any

from backend.errors import Problem

SENTENCES = {
    "damaged": "The photo is damaged and could not be opened. Nothing was kept; please take another one.",
    "unreadable": "The photo could not be read. Nothing was kept; please take another one.",
}


def problem_sentence(code: str) -> str:
    return SENTENCES.get(code, SENTENCES["unreadable"])


class PhotoUnreadable(Problem):
    """One class for all photo errors: `ml` names the code and the status, the API passes them on."""

    title = "The photo could not be read"

    def __init__(self, code: str, detail: str, *, status: int = 422, **extra: Any) -> None:
        super().__init__(detail, **extra)
        self._code, self._status = code, status

    @property
    def code(self) -> str:  # type: ignore[override]
        return self._code

    @property
    def status(self) -> int:  # type: ignore[override]
        return self._status
