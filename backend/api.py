"""Every route under /api/v1, feature by feature in the order of the road."""

from fastapi import APIRouter

from backend.chat.router import router as chat
from backend.intake.router import router as intake
from backend.notify.router import router as notify
from backend.people.router import router as people
from backend.reading.router import router as reading
from backend.risk.router import router as risk
from backend.rollup.router import router as rollup
from backend.selfreport.router import router as selfreport

router = APIRouter()
for feature in (people, intake, reading, selfreport, rollup, risk, chat, notify):
    router.include_router(feature)
