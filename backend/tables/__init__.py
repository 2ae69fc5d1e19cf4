"""Every table, by family. SQLModel `table=True` classes skip validation: untrusted data enters only
through a feature's `schemas.py`, and the CHECKs here repeat its limits."""

from sqlmodel import SQLModel

from backend.tables.access import AccessLog, AuditEntry
from backend.tables.camera import Camera, CameraBurst, CameraFrame
from backend.tables.chat import ChatMessage, ChatState, ExerciseResult
from backend.tables.escalation import Case, CaseEvent
from backend.tables.insight import Circle, CircleMember, InsightAlert, InsightQuery, InsightWeek
from backend.tables.notice import Delivery, Mail, Notice, PushSubscription, TelegramCode, TelegramLink
from backend.tables.organisation import Department, Invite, Organisation
from backend.tables.person import (
    Consent,
    Enrolment,
    EnrolmentPhoto,
    FaceTemplate,
    PasswordReset,
    Person,
    RefreshToken,
    RestingFace,
)
from backend.tables.platform import KeyCheck, RateWindow, SignInFailure
from backend.tables.reading import Blob, Clip, Reading, Snapshot
from backend.tables.risk import Assessment
from backend.tables.rollup import DayRollup, HourRollup
from backend.tables.selfreport import SelfReport

metadata = SQLModel.metadata

__all__ = [
    "AccessLog",
    "Assessment",
    "AuditEntry",
    "Blob",
    "Camera",
    "CameraBurst",
    "CameraFrame",
    "Case",
    "CaseEvent",
    "ChatMessage",
    "ChatState",
    "Circle",
    "CircleMember",
    "Clip",
    "Consent",
    "DayRollup",
    "Delivery",
    "Department",
    "Enrolment",
    "EnrolmentPhoto",
    "ExerciseResult",
    "FaceTemplate",
    "HourRollup",
    "InsightAlert",
    "InsightQuery",
    "InsightWeek",
    "Invite",
    "KeyCheck",
    "Mail",
    "Notice",
    "Organisation",
    "PasswordReset",
    "Person",
    "PushSubscription",
    "RateWindow",
    "Reading",
    "RefreshToken",
    "RestingFace",
    "SelfReport",
    "SignInFailure",
    "Snapshot",
    "TelegramCode",
    "TelegramLink",
    "metadata",
]
