"""Cases: the person decides what is shared and sees each state; HR acts on what was shared."""

from fastapi import APIRouter

from backend.escalation.routes.case import router as case
from backend.escalation.routes.live import router as live
from backend.escalation.routes.mine import router as mine
from backend.escalation.routes.report import router as report
from backend.escalation.routes.table import router as table

router = APIRouter()
# The table's fixed addresses come before those that take a case's id.
for part in (mine, table, live, report, case):
    router.include_router(part)
