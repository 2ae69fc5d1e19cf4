"""GET /hr/quality: how good the figures are that HR sees, and what they cannot say."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from backend.deps import Hr
from backend.quality.figures import quality_of
from backend.quality.schemas import Quality
from backend.quality.texts import LIMITS

router = APIRouter(tags=["hr"])


@router.get("/hr/quality")
async def read_quality(
    hr: Hr, locale: Annotated[str | None, Query(max_length=20, description="en, zh or ko; default: your own")] = None
) -> Quality:
    """The expression model's card, false alerts of the risk rules on a published simulation, the limits of both.
    It says nothing about anybody."""
    short = (locale or hr.locale)[:2].lower()
    return Quality.model_validate(quality_of(short if short in LIMITS else "en"))
