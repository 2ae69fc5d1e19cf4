"""Pure: what an organisation's deployment policy closes. The one place that knows; stores and routes ask here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class DeploymentPolicy:
    name: str
    # Purposes that nobody can agree to, whatever they ticked before.
    closed: frozenset[str]
    # May an assessment of somebody's expressions open a case, or only the person?
    assessments_open_cases: bool
    # May anything that was read from a face leave its owner, if the owner agreed?
    face_derived_for_hr: bool

    @property
    def cameras(self) -> bool:
        return "office_camera" not in self.closed

    def for_hr(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """What HR may see of a document about a person: the last gate before it is stored or sent."""
        if self.face_derived_for_hr:
            return dict(document)
        return {name: value for name, value in document.items() if name not in FACE_DERIVED}


# Names of fields that come from a face, directly or through roll-ups and assessments.
FACE_DERIVED: Final = frozenset(
    {
        "action_units", "age_band", "assessment", "because", "confidence", "day", "days", "emotion", "emotions",
        "evidence", "expression", "gender_group", "hours", "level", "mean", "mood", "numbers", "quality", "readings",
        "reasons", "risk", "second_opinion", "subdivision", "support", "top", "trend", "vector",
    }
)  # fmt: skip

# In the EU, inferring emotions of people at work is prohibited outside medical and safety reasons
# (Regulation 2024/1689, Article 5(1)(f)): what is read stays with its owner.
EU_WORKPLACE: Final = DeploymentPolicy(
    name="eu-workplace",
    closed=frozenset({"office_camera", "demographics"}),
    assessments_open_cases=False,
    face_derived_for_hr=False,
)
CONSENTED: Final = DeploymentPolicy(
    name="consented", closed=frozenset(), assessments_open_cases=True, face_derived_for_hr=True
)

POLICIES: Final = {policy.name: policy for policy in (EU_WORKPLACE, CONSENTED)}


def named(name: str) -> DeploymentPolicy:
    """An unknown name gets the strictest: a typing mistake must not open anything."""
    return POLICIES.get(name, EU_WORKPLACE)
