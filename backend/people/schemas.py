"""What crosses the wire about people."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import available_timezones

import phonenumbers
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, EmailStr, Field, StringConstraints

from backend.people.policy import Standing, invisible, one_spelling

Locale = Literal["en", "zh", "ko"]


def _international(phone: str) -> str:
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException as error:
        raise ValueError("write the phone number in international form, such as +49 30 901820") from error
    if not phonenumbers.is_possible_number(number):
        raise ValueError("this phone number has too few or too many digits")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


# In the list of names, but no place: what one machine calls its own would be another hour on the next.
NO_ZONES = frozenset({"Factory", "localtime"})


def _known_zone(zone: str) -> str:
    if zone not in available_timezones() - NO_ZONES:
        raise ValueError("unknown time zone; use a name such as Europe/Berlin")
    return zone


def _visible(name: str) -> str:
    if invisible(name):
        raise ValueError("there is an invisible character in this name; type it anew")
    return name


def _strong(password: str) -> str:
    if len(set(password)) < 4:
        raise ValueError("this password is too easy to guess; use at least four different characters")
    return password


Phone = Annotated[str, Field(max_length=40), AfterValidator(_international)]
Zone = Annotated[str, Field(max_length=64), AfterValidator(_known_zone)]
# Every character counts, spaces at its ends too: a sign-in form sends what was typed.
CurrentPassword = Annotated[str, StringConstraints(strip_whitespace=False, max_length=200)]
Password = Annotated[
    str, StringConstraints(strip_whitespace=False, min_length=10, max_length=200), AfterValidator(_strong)
]
Username = Annotated[
    str,
    Field(min_length=3, max_length=40, pattern=r"^[\w.@-]+$"),
    BeforeValidator(lambda name: one_spelling(name) if isinstance(name, str) else name),
    AfterValidator(_visible),
]


# Line breaks and other control characters would end in letters and reports.
DisplayName = Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Closed(BaseModel):
    """Unknown fields are errors: a misspelt one must not be silently ignored."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Registration(Closed):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "username": "ana",
                "password": "a long pass phrase",
                "phone": "+49 30 901820",
                "invite_code": "HARBOUR-7Q2M",
                "display_name": "Ana",
                "locale": "en",
                "timezone": "Europe/Berlin",
            }
        }
    )

    username: Username
    password: Password
    phone: Phone
    invite_code: Annotated[str, Field(min_length=4, max_length=40)]
    email: EmailStr | None = None
    display_name: DisplayName = ""
    locale: Locale = "en"
    timezone: Zone = "UTC"


class Profile(BaseModel):
    id: UUID
    username: str
    display_name: str
    phone: str
    email: str | None
    email_confirmed: bool = Field(description="Notes go there only once its link was followed")
    role: Literal["employee", "hr", "admin"]
    locale: str
    timezone: str
    organisation: str
    department: str | None
    policy: Literal["eu-workplace", "consented"]
    created_at: datetime


class ProfileChange(Closed):
    display_name: DisplayName | None = None
    phone: Phone | None = None
    email: EmailStr | None = None
    locale: Locale | None = None
    timezone: Zone | None = None


class Token(BaseModel):
    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105
    expires_in: int = Field(description="Seconds until the access token ends")


Purpose = Literal["score_photos", "office_camera", "demographics", "share_escalations", "telegram", "email"]
Sharing = Literal["never", "ask", "automatic"]


class ConsentChange(Closed):
    granted: bool
    sharing: Sharing | None = Field(
        default=None, description="Only for share_escalations: never, ask me each time, automatically"
    )


class ConsentState(BaseModel):
    purpose: Purpose
    granted: bool = Field(description="In force now: agreed, not run out, to these words and under this policy")
    standing: Standing = Field(
        description="expired, policy_changed and text_changed ask for a new answer; closed: the policy allows nobody"
    )
    sharing: Sharing | None = None
    text_version: str
    changed_at: datetime | None
    expires_at: datetime | None
    receipt_id: UUID | None = Field(default=None, description="Of GET /me/receipts/{id}")
    erased: dict[str, int] | None = Field(default=None, description="Rows that a withdrawal erased, by kind")


class PastConsent(BaseModel):
    """One thing that was said, as it was said."""

    id: UUID
    purpose: Purpose
    granted: bool
    sharing: Sharing | None
    text_version: str
    created_at: datetime
    expires_at: datetime | None
    erased: dict[str, int] | None
    receipt: bool = True


class ConsentHistory(BaseModel):
    items: list[PastConsent]
    next_cursor: str | None = None


class PurposeText(BaseModel):
    purpose: Purpose
    title: str
    short: str
    text: str


class Agreement(BaseModel):
    kind: Literal["privacy", "terms"]
    title: str
    version: str
    text: str = Field(description="Paragraphs divided by an empty line; `## ` begins a heading, `- ` a point")


class ConsentTexts(BaseModel):
    version: str
    locale: Locale
    purposes: list[PurposeText]
    agreements: list[Agreement]


class Receipt(BaseModel):
    """Signed with Ed25519 over the other fields as canonical JSON; `evenkeel receipt verify FILE` checks it."""

    kind: Literal["evenkeel-receipt-1"]
    id: str
    act: str
    # Text, not a time: every byte is signed, so nothing on the way may write it differently.
    issued_at: str
    facts: dict[str, Any]
    public_key: str
    signature: str


class ReceiptKeys(BaseModel):
    algorithm: Literal["Ed25519"] = "Ed25519"
    keys: list[str] = Field(description="Base64, the one in use first")


class Look(BaseModel):
    id: UUID
    at: datetime
    actor: str
    actor_role: str
    what: str
    why: str


class AccessPage(BaseModel):
    items: list[Look]
    next_cursor: str | None


class SignIn(BaseModel):
    id: UUID
    user_agent: str
    last_used_at: datetime
    current: bool


class PasswordChange(Closed):
    current_password: CurrentPassword
    new_password: Password


class ResetRequest(Closed):
    login: Annotated[str, Field(min_length=1, max_length=254, description="User name or e-mail address")]


class ResetConfirmation(Closed):
    token: Annotated[str, Field(min_length=1, max_length=100)]
    new_password: Password


class FaceTemplateOut(BaseModel):
    created_at: datetime
    photos: int
    model_version: str


class EnrolmentProblem(BaseModel):
    photo: int | None = Field(description="Which photo, counted from 0; null: all of them together")
    code: str
    message: str


class EnrolmentOut(BaseModel):
    id: UUID
    status: Literal["waiting", "done", "refused"]
    template: FaceTemplateOut | None = None
    problems: list[EnrolmentProblem] = []
