from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from backend.tables.columns import created, document, moment, owner, primary_id


class Person(SQLModel, table=True):
    __table_args__ = (
        Index("person_username", text("lower(username)"), unique=True),
        Index("person_email", text("lower(email)"), unique=True),
        CheckConstraint("role in ('employee','hr','admin')", name="person_role"),
    )

    id: UUID = primary_id()
    organisation_id: UUID = Field(foreign_key="organisation.id", ondelete="CASCADE", index=True)
    department_id: UUID | None = Field(default=None, foreign_key="department.id", ondelete="SET NULL", index=True)
    username: str = Field(max_length=40)
    password_hash: str = Field(max_length=200)
    phone: str = Field(max_length=20)
    email: str | None = Field(default=None, max_length=254)
    # The address whose owner followed the link; notes go to `email` only where the two are the same.
    confirmed_email: str | None = Field(default=None, max_length=254)
    display_name: str = Field(default="", max_length=80)
    role: str = Field(default="employee", max_length=10)
    locale: str = Field(default="en", max_length=5)
    timezone: str = Field(default="UTC", max_length=64)
    # Raised by a password change or "sign out everywhere": older access tokens stop working at once.
    session_epoch: int = Field(default=0)
    preferences: dict[str, Any] = document(default_factory=dict, nullable=False)
    # What the audit log calls the person: once the person is erased it leads nowhere.
    audit_id: UUID = Field(
        default_factory=uuid4, unique=True, sa_column_kwargs={"server_default": text("gen_random_uuid()")}
    )
    created_at: datetime = created()


class RefreshToken(SQLModel, table=True):
    """One rotation step of a sign-in; a family shares `family_id` and ends as a whole on reuse."""

    __tablename__ = "refresh_token"

    id: UUID = primary_id()
    family_id: UUID = Field(index=True)
    person_id: UUID = owner(index=True)
    token_hash: str = Field(max_length=64, unique=True)
    user_agent: str = Field(default="", max_length=200)
    created_at: datetime = created()
    expires_at: datetime = moment()
    used_at: datetime | None = moment(default=None, nullable=True)
    revoked_at: datetime | None = moment(default=None, nullable=True)


class Consent(SQLModel, table=True):
    """An append-only history; the newest row of a purpose is the one in force."""

    __table_args__ = (
        Index("consent_current", "person_id", "purpose", text("created_at desc")),
        CheckConstraint(
            "purpose in ('score_photos','office_camera','demographics','share_escalations','telegram','email')",
            name="consent_purpose",
        ),
        CheckConstraint("sharing is null or sharing in ('never','ask','automatic')", name="consent_sharing"),
    )

    id: UUID = primary_id()
    person_id: UUID = owner()
    purpose: str = Field(max_length=30)
    granted: bool
    sharing: str | None = Field(default=None, max_length=10)
    text_version: str = Field(max_length=20)
    created_at: datetime = created()
    expires_at: datetime | None = moment(default=None, nullable=True)
    # How many rows of each kind a withdrawal erased; its receipt says so.
    erased: dict[str, Any] | None = document(default=None, nullable=True)


class FaceTemplate(SQLModel, table=True):
    """A person's enrolled face, sealed with the vault's key; the database alone cannot read it."""

    __tablename__ = "face_template"

    person_id: UUID = owner(primary_key=True)
    sealed: bytes
    photos: int
    model_version: str = Field(max_length=40)
    created_at: datetime = created()


class RestingFace(SQLModel, table=True):
    """The action units of a person's own neutral face, sealed; goes with the template it was enrolled with."""

    __tablename__ = "resting_face"

    person_id: UUID = Field(foreign_key="face_template.person_id", ondelete="CASCADE", primary_key=True)
    sealed: bytes


class Enrolment(SQLModel, table=True):
    """Photos sent to enrol a face, until a worker has made a template of them or said what is wrong."""

    __table_args__ = (CheckConstraint("status in ('waiting','done','refused')", name="enrolment_status"),)

    id: UUID = primary_id()
    person_id: UUID = owner(index=True)
    status: str = Field(default="waiting", max_length=10)
    problems: list[dict[str, Any]] = document(default_factory=list, nullable=False)
    created_at: datetime = created()


class EnrolmentPhoto(SQLModel, table=True):
    """Sealed; gone in the transaction that makes the template."""

    __tablename__ = "enrolment_photo"

    enrolment_id: UUID = Field(foreign_key="enrolment.id", ondelete="CASCADE", primary_key=True)
    number: int = Field(primary_key=True)
    sealed: bytes


class PasswordReset(SQLModel, table=True):
    """A mailed code, by its hash: it sets a new password once."""

    __tablename__ = "password_reset"

    token_hash: str = Field(primary_key=True, max_length=64)
    person_id: UUID = owner(index=True)
    created_at: datetime = created()
    expires_at: datetime = moment()
