"""Every route under /api/v1, feature by feature in the order of the road."""

from fastapi import APIRouter

from backend.intake.router import router as intake
from backend.notify.router import router as notify
from backend.people.router import router as people
from backend.reading.router import router as reading
from backend.risk.router import router as risk
from backend.rollup.router import router as rollup

router = APIRouter()
for feature in (people, intake, reading, rollup, risk, notify):
    router.include_router(feature)
