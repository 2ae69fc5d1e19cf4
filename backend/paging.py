"""Cursor pagination: opaque to clients, stable while rows are added."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.errors import Problem


class CursorInvalid(Problem):
    status, code, title = 422, "cursor_invalid", "This cursor is not one of ours"


@dataclass(frozen=True, slots=True)
class Cursor:
    moment: datetime
    id: UUID

    def encode(self) -> str:
        return base64.urlsafe_b64encode(f"{self.moment.isoformat()}|{self.id}".encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str | None) -> Cursor | None:
        if not text:
            return None
        try:
            moment, _, identity = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition("|")
            cursor = cls(datetime.fromisoformat(moment), UUID(identity))
        except (ValueError, binascii.Error) as error:
            raise CursorInvalid("Take `next_cursor` from the page before, or leave the cursor out.") from error
        if cursor.moment.tzinfo is None:
            raise CursorInvalid("Take `next_cursor` from the page before, or leave the cursor out.")
        return cursor
