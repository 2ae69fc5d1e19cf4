from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from backend.tables.columns import created, moment


class KeyCheck(SQLModel, table=True):
    """Fingerprints of the vault keys in use, so that a process with another key says so at start."""

    __tablename__ = "key_check"

    fingerprint: str = Field(primary_key=True, max_length=64)
    created_at: datetime = created()


class RateWindow(SQLModel, table=True):
    """Counters of the rate limits: in the database, so that they hold across API processes."""

    __tablename__ = "rate_window"

    key: str = Field(primary_key=True, max_length=120)
    window_start: datetime = moment(primary_key=True)
    hits: int


class SignInFailure(SQLModel, table=True):
    """Wrong passwords in a row for one account from one place; `key` is a keyed digest of both."""

    __tablename__ = "sign_in_failure"

    key: str = Field(primary_key=True, max_length=64)
    failures: int
    last_at: datetime = moment()
