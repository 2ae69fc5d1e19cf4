"""THE MATRIX: every route, for everybody who might come along, with the status they must get.

To add a route: one line in ROUTES. The columns are

    anonymous · self · other employee · HR of the organisation · HR of another · administrator · camera key · expired token

`row(...)` takes them in this order; most routes are one of the named kinds. `{name}` in a path is filled by the maker
of that name in `MAKERS`, with an object that belongs to *self* (Ana), fresh for each request; without a maker, by a
random id. `body` is JSON, `files` and `data` are what httpx takes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

COLUMNS = ("anonymous", "self", "other", "hr", "hr_elsewhere", "admin", "camera", "expired")

Expected = tuple[int, ...]


@dataclass(frozen=True)
class Row:
    expected: Expected
    body: Any = None
    extra: dict[str, Any] = field(default_factory=dict)


def row(*expected: int, body: Any = None, **extra: Any) -> Row:
    assert len(expected) == len(COLUMNS)
    return Row(expected, body, extra)


def own(status: int = 200, body: Any = None, **extra: Any) -> Row:
    """About whoever asks: everybody who is signed in gets their own."""
    return row(401, status, status, status, status, status, 401, 401, body=body, **extra)


def mine(status: int = 200, body: Any = None, other: int = 404, **extra: Any) -> Row:
    """An object of Ana's: to everybody else it does not exist, HR and administrators included."""
    return row(401, status, other, other, other, other, 401, 401, body=body, **extra)


def public(status: int = 200, body: Any = None, **extra: Any) -> Row:
    return row(*[status] * 8, body=body, **extra)


def hr(status: int = 200, body: Any = None, elsewhere: int = 200, **extra: Any) -> Row:
    return row(401, 403, 403, status, elsewhere, 403, 401, 401, body=body, **extra)


def admin(status: int = 200, body: Any = None, **extra: Any) -> Row:
    return row(401, 403, 403, 403, 403, status, 401, 401, body=body, **extra)


def camera(status: int = 200, body: Any = None, **extra: Any) -> Row:
    """With a camera's key alone; no person's sign-in opens it."""
    return row(401, 401, 401, 401, 401, 401, status, 401, body=body, **extra)


PHRASE = "a long pass phrase"
PHOTO = {"files": {"file": ("photo.jpg", b"PHOTO")}}

ROUTES: dict[str, Row] = {
    # people: the account
    "POST /accounts": public(
        422, {"username": "somebody", "password": PHRASE, "phone": "+4930901820", "invite_code": "none"}
    ),
    "POST /auth/token": public(401, data={"username": "nobody", "password": "wrong"}),
    "POST /auth/refresh": public(401),
    "POST /auth/logout": public(204),
    "POST /auth/password-reset": public(202, {"login": "nobody"}),
    "POST /auth/password-reset/confirm": public(410, {"token": "wrong", "new_password": PHRASE}),
    "GET /me": own(),
    "PATCH /me": own(body={"display_name": "A"}),
    "POST /me/email/confirmation": own(409),  # nobody here gave an address
    "GET /confirm-email/{token}": public(404),
    "POST /confirm-email/{token}": public(404),
    "DELETE /me": own(),
    "GET /me/sessions": own(),
    "DELETE /me/sessions": own(204),
    "DELETE /me/sessions/{family_id}": mine(204),
    "POST /me/password": own(403, {"current_password": "wrong", "new_password": PHRASE}),
    "GET /me/export": own(),
    "GET /me/access-log": own(),
    # people: consent
    "GET /consents/texts": public(),
    "GET /agreements": public(),
    "GET /receipts/keys": public(),
    "GET /me/consents": own(),
    "GET /me/consents/history": own(),
    "PUT /me/consents/{purpose}": own(body={"granted": True}),
    "GET /me/receipts/{consent_id}": mine(),
    # people: the enrolled face
    "GET /me/face-template": mine(),
    "POST /me/face-template": own(202, extra_headers={"prefer": "wait=0"}, files={"files": ("photo.jpg", b"PHOTO")}),
    "DELETE /me/face-template": own(204),
    "GET /me/face-template/enrolments/{enrolment_id}": mine(),
    # intake and readings
    "POST /snapshots": own(202, **PHOTO),
    "GET /snapshots/{snapshot_id}": mine(),
    "POST /clips": own(415, **PHOTO),  # a photo is no clip
    "GET /clips/{clip_id}": mine(),
    "GET /readings/{watched_id}/timeline": mine(),
    "GET /readings": own(),
    "GET /readings/{reading_id}": mine(),
    "DELETE /readings/{reading_id}": mine(204),
    "POST /readings/{reading_id}/feedback": mine(body={"agrees": True}),
    # office cameras
    "GET /cameras/templates": camera(),
    "POST /cameras/readings": camera(201, {"readings": []}),
    "POST /cameras/frames": camera(202, extra_headers={"prefer": "wait=0"}, **PHOTO),
    "POST /cameras/heartbeat": camera(204, {}),
    "GET /cameras/{camera_id}/policy": public(),
    # self-reports
    "GET /selfreports/instruments": own(),
    "POST /selfreports": own(201, {"instrument": "who5", "answers": [3, 3, 3, 3, 3]}),
    "GET /selfreports": own(),
    "DELETE /selfreports/{report_id}": mine(204),
    "GET /selfreports/agreement": own(),
    # mood and risk
    "GET /mood/hours": own(),
    "GET /mood/days": own(),
    "GET /mood/week": own(),
    "GET /mood/patterns": own(),
    "GET /risk/current": own(),
    "GET /risk/history": own(),
    # chat and notices
    "GET /chat/messages": own(),
    "POST /chat/messages": own(body={"text": "hello"}),
    "DELETE /chat/messages": own(204),
    "GET /chat/settings": own(),
    "PUT /chat/settings": own(body={"free_talk": False}),
    "GET /notices": own(),
    "POST /notices/{notice_id}/feedback": mine(body={"helpful": True}),
    "POST /notices/{prompt_id}/snooze": mine(body={"minutes": 30}),
    "GET /me/notifications": own(),
    "PUT /me/notifications": own(body={}),
    "PATCH /me/notifications": own(body={}),
    "GET /me/telegram": own(),
    "POST /me/telegram/code": own(403),  # nobody here consented to Telegram
    "DELETE /me/telegram": own(204),
    "GET /me/webpush/key": own(),
    "POST /me/webpush": own(422, {"endpoint": "https://evil.example/", "keys": {"p256dh": "x", "auth": "y"}}),
    "DELETE /me/webpush": own(204, {"endpoint": "https://push.example/x"}),
    "GET /unsubscribe/{token}": public(404),
    "POST /unsubscribe/{token}": public(404),
    # cases: the person's side, then HR's
    "GET /me/cases": own(),
    "POST /me/cases": own(201, {"note": "I would like to talk"}),
    "POST /me/cases/preview": own(body={"include_levels": True}),
    "GET /me/cases/{case_id}": mine(),
    "POST /me/cases/{asked_id}/{reply}": mine(),
    "GET /hr/escalations": hr(),
    "GET /hr/escalations.csv": hr(),
    "GET /hr/escalations/choices": hr(),
    "GET /hr/escalations/live": hr(extra_headers={"prefer": "wait=0"}),
    "GET /hr/escalations/{case_id}": hr(elsewhere=404),
    "GET /hr/escalations/{case_id}/report": hr(elsewhere=404),
    "GET /hr/escalations/{case_id}/report.pdf": hr(elsewhere=404),
    "POST /hr/escalations/{case_id}/assign": hr(elsewhere=404, body={"assignee_id": None}),
    "POST /hr/escalations/{case_id}/note": hr(elsewhere=404, body={"note": "seen"}),
    "POST /hr/escalations/{case_id}/{action}": hr(elsewhere=404, body={"note": "seen"}),
    # group figures
    "GET /hr/insights": hr(),
    "GET /hr/insights/{view}": hr(),
    "GET /hr/insights/{view}.csv": hr(),
    "GET /hr/insights/alerts": hr(),
    "POST /hr/insights/alerts": hr(201, {"measure": "who5", "weeks": 2, "change": 10}, 201),
    "DELETE /hr/insights/alerts/{alert_id}": hr(204, elsewhere=404),
    "GET /hr/insights/messages": hr(),
    "PUT /hr/insights/messages": hr(body={"summary": False, "alerts": True}),
    "GET /hr/insights/queries": hr(),
    "GET /me/insights": own(),
    "PUT /me/insights": own(body={"counted": False}),
    "GET /hr/quality": hr(),
    # administration
    "GET /admin/organisation": admin(),
    "PATCH /admin/organisation": admin(body={"name": "Another name"}),
    "GET /admin/departments": admin(),
    "POST /admin/departments": admin(201, {"name": "New"}),
    "DELETE /admin/departments/{department_id}": admin(204),
    "GET /admin/invites": admin(),
    "POST /admin/invites": admin(201, {}),
    "DELETE /admin/invites/{code}": admin(204),
    "GET /admin/members": admin(),
    "PATCH /admin/members/{person_id}": admin(body={"role": "hr"}),
    "DELETE /admin/members/{person_id}": admin(204),
    "GET /admin/policy": admin(),
    "PUT /admin/policy": admin(body={"policy": "eu-workplace"}),
    "GET /admin/retention": admin(),
    "PUT /admin/retention": admin(body={"days": {"chat": 90}}),
    "GET /admin/thresholds": admin(),
    "PUT /admin/thresholds": admin(body={"values": {}}),
    "GET /admin/escalation": admin(),
    "PUT /admin/escalation": admin(body={"values": {"moderate_days": 7}}),
    "GET /admin/cameras": admin(),
    "POST /admin/cameras": admin(201, {"name": "Door"}),
    "POST /admin/cameras/{camera_id}/key": admin(201),
    "DELETE /admin/cameras/{camera_id}": admin(204),
    "GET /admin/cameras/{camera_id}/sign": admin(),
    "GET /admin/jobs": admin(),
    "POST /admin/jobs/{job_id}/retry": admin(202),
    "DELETE /admin/jobs/{job_id}": admin(204),
    "GET /admin/audit": admin(),
}

# A maker gets the world (tests/backend/test_matrix.py) and gives the value for the path.
Maker = Callable[[Any], Any]
