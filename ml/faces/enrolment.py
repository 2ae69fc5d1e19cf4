"""Why photos were not good enough to enrol with: said for every photo at once, so that one retry suffices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ml.faces.advice import ADVICE, Reason
from ml.faces.identity import MAX_PHOTOS, Descriptor, unit

PHOTO_COUNT: Final = "photo_count"
DIFFERENT_PEOPLE: Final = "different_people"

# Two photos of one person lie above this in 99.7 % of true pairs (docs/identity.md): a lower pair is two people.
SAME_PERSON: Final = 0.89

# A check-in with this problem may still be answered in words; here the face is what matters.
UNCLEAR: Final = (
    "Your face is not clear enough to recognise you by. Take a photo with all of it free and in even light."
)


@dataclass(frozen=True, slots=True)
class Problem:
    """`index` counts the photos from 0; None speaks of all of them."""

    index: int | None
    code: str
    sentence: str


class EnrolmentRefused(Exception):
    code = "photos_refused"
    status = 422

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(" ".join(p.sentence for p in problems))


def wrong_count() -> Problem:
    return Problem(None, PHOTO_COUNT, f"Please send 1 to {MAX_PHOTOS} photos of yourself.")


def unusable(index: int, reason: Reason) -> Problem:
    return Problem(index, reason, UNCLEAR if reason == "uncertain" else ADVICE[reason])


def unlike(descriptors: Sequence[Descriptor]) -> list[Problem]:
    """Complains about every photo outside the largest group of one person's; about all where two are as large.

    A group, because two photos of one person may be less alike than each is like a third one of them.
    """
    if len(descriptors) < 2:
        return []
    rows = unit(descriptors)
    alike = rows @ rows.T >= SAME_PERSON
    group = np.linalg.matrix_power(alike.astype(np.int64), len(rows)) > 0
    size = group.sum(axis=1)
    largest = size.max()
    tied = (size == largest).sum() > largest
    sentence = "This photo seems to show another person than the others. Please send photos of yourself only."
    return [Problem(i, DIFFERENT_PEOPLE, sentence) for i, of in enumerate(size) if tied or of < largest]
