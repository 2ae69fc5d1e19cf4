"""What crosses the wire about people."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import available_timezones

import phonenumbers
from pydantic import AfterValidator, BaseModel, ConfigDict, EmailStr, Field

Locale = Literal["en", "zh", "ko"]


def _international(phone: str) -> str:
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException as error:
        raise ValueError("write the phone number in international form, such as +49 30 901820") from error
    if not phonenumbers.is_possible_number(number):
        raise ValueError("this phone number has too few or too many digits")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _known_zone(zone: str) -> str:
    if zone not in available_timezones():
        raise ValueError("unknown time zone; use a name such as Europe/Berlin")
    return zone


def _strong(password: str) -> str:
    if len(set(password)) < 4:
        raise ValueError("this password is too easy to guess; use at least four different characters")
    return password


Phone = Annotated[str, Field(max_length=40), AfterValidator(_international)]
Zone = Annotated[str, Field(max_length=64), AfterValidator(_known_zone)]
Password = Annotated[str, Field(min_length=10, max_length=200), AfterValidator(_strong)]
Username = Annotated[str, Field(min_length=3, max_length=40, pattern=r"^[\w.@-]+$")]


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
    display_name: Annotated[str, Field(max_length=80)] = ""
    locale: Locale = "en"
    timezone: Zone = "UTC"


class Profile(BaseModel):
    id: UUID
    username: str
    display_name: str
    phone: str
    email: str | None
    role: Literal["employee", "hr", "admin"]
    locale: str
    timezone: str
    organisation: str
    department: str | None
    policy: Literal["eu-workplace", "consented"]
    created_at: datetime


class ProfileChange(Closed):
    display_name: Annotated[str, Field(max_length=80)] | None = None
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
    granted: bool
    sharing: Sharing | None = None
    text_version: str
    changed_at: datetime | None
    expires_at: datetime | None
