"""Running an organisation. Nothing under here can show anybody's readings, moods, chats or questionnaires."""

from fastapi import APIRouter

from backend.admin.routes.cameras import router as cameras
from backend.admin.routes.operation import router as operation
from backend.admin.routes.organisation import router as organisation
from backend.admin.routes.people import router as people
from backend.admin.routes.rules import router as rules

router = APIRouter(prefix="/admin", tags=["admin"])
for part in (organisation, people, rules, cameras, operation):
    router.include_router(part)
