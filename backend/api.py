"""Every route under /api/v1, feature by feature in the order of the road."""

from fastapi import APIRouter

from backend.admin.router import router as admin
from backend.camera.router import router as camera
from backend.chat.router import router as chat
from backend.clips.router import router as clips
from backend.escalation.router import router as escalation
from backend.insights.router import router as insights
from backend.intake.router import router as intake
from backend.notify.router import router as notify
from backend.people.router import router as people
from backend.quality.router import router as quality
from backend.reading.router import router as reading
from backend.risk.router import router as risk
from backend.rollup.router import router as rollup
from backend.selfreport.router import router as selfreport

router = APIRouter()
for feature in (
    people,
    intake,
    reading,
    clips,
    camera,
    selfreport,
    rollup,
    risk,
    chat,
    notify,
    escalation,
    insights,
    quality,
    admin,
):
    router.include_router(feature)
