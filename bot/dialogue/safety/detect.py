"""Crisis or not, and how plainly said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Alarm:
    crisis: bool
    oblique: bool = False  # meant but not said in so many words: the answer asks plainly
    reason: str = ""


_PLAIN: Final = re.compile(r"kill myself|suicid|end my life|want to die|自杀|不想活|想死|자살|죽고 ?싶")


def check(text: str) -> Alarm:
    found = _PLAIN.search(text.casefold())
    return Alarm(found is not None, reason=found.group() if found else "")
