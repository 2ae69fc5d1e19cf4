"""What crosses the wire for administrators. No class here has a field for anything about how somebody feels."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, FiniteFloat

from backend.people.place import countries
from backend.people.schemas import Closed, Zone

Role = Literal["employee", "hr", "admin"]
Name = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f]+$")]


def _known_country(code: str) -> str:
    if code and code not in countries():
        raise ValueError("no such country; use its two letters in ISO 3166, such as GB for the United Kingdom")
    return code


Country = Annotated[str, Field(pattern=r"^([A-Z]{2})?$"), AfterValidator(_known_country)]
PolicyName = Literal["eu-workplace", "consented"]


class OrganisationOut(BaseModel):
    id: UUID
    name: str
    country: str
    timezone: str
    policy: PolicyName
    members: int
    created_at: datetime


class OrganisationIn(Closed):
    name: Name
    policy: PolicyName = "consented"
    country: Country = ""
    timezone: Zone = "UTC"


class OrganisationChange(Closed):
    name: Name | None = None
    country: Country | None = Field(default=None, description="ISO 3166-1 alpha-2, for helplines")
    timezone: Zone | None = None


class DepartmentIn(Closed):
    name: Name


class DepartmentOut(BaseModel):
    id: UUID
    name: str
    members: int


class InviteIn(Closed):
    role: Role = "employee"
    department_id: UUID | None = None
    uses: Annotated[int, Field(ge=1, le=100_000)] = 1
    days: Annotated[int, Field(ge=1, le=365)] = 14


class InviteOut(BaseModel):
    code: str
    role: Role
    department_id: UUID | None
    uses_left: int
    expires_at: datetime | None
    created_at: datetime


class MemberOut(BaseModel):
    id: UUID
    username: str
    display_name: str
    role: Role
    department_id: UUID | None
    created_at: datetime


class MemberPage(BaseModel):
    items: list[MemberOut]
    next_cursor: str | None


class MemberChange(Closed):
    role: Role | None = None
    department_id: UUID | None = None


class PolicyIn(Closed):
    policy: Literal["eu-workplace", "consented"]


class PolicyOut(BaseModel):
    policy: Literal["eu-workplace", "consented"]
    since: datetime
    closed_purposes: list[str] = Field(description="Purposes that nobody can agree to under this policy")
    cameras: bool
    assessments_open_cases: bool
    face_derived_for_hr: bool


class PolicyChanged(PolicyOut):
    people_asked_again: int
    erased: dict[str, int] = Field(description="Rows of purposes that the policy closed")


class Bounds(BaseModel):
    """Inclusive."""

    low: float
    high: float


class Retention(BaseModel):
    days: dict[str, int]
    bounds: dict[str, Bounds]


class RetentionIn(Closed):
    days: Annotated[dict[str, int], Field(max_length=20)]


class Thresholds(BaseModel):
    values: dict[str, float]
    bounds: dict[str, Bounds]


class ThresholdsIn(Closed):
    values: Annotated[dict[str, FiniteFloat], Field(max_length=40)]


class CameraIn(Closed):
    name: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]+$")]
    place: Annotated[str, Field(max_length=120, pattern=r"^[^\x00-\x1f]*$")] = ""
    frames_only: bool = Field(
        default=False, description="For a tablet or a thin device: its key sends frames and opens no face templates"
    )


class CameraOut(BaseModel):
    id: UUID
    name: str
    place: str
    frames_only: bool
    standing: Literal["never_seen", "online", "away", "revoked"]
    health: dict[str, Any] = Field(description="The agent's last word: counts of frames, readings, what waits")
    last_seen_at: datetime | None
    revoked_at: datetime | None
    created_at: datetime


class CameraWithKey(CameraOut):
    key: str = Field(description="Shown once; give it to the camera's agent")


class JobOut(BaseModel):
    id: int
    step: str
    attempts: int
    created_at: datetime
    failed_at: datetime
    error: str | None = Field(description="Kind of error; its message may hold personal data and is not shown")


class AuditOut(BaseModel):
    id: int
    actor: str | None = Field(description="User name; null where `by` is nobody who has one")
    by: Literal["person", "installation", "erased"] = Field(
        description="installation: by itself, or its command line; erased: an account that is gone"
    )
    action: str
    details: dict[str, Any]
    at: datetime
    digest: str


class AuditPage(BaseModel):
    items: list[AuditOut]
    next_cursor: str | None
