"""`evenkeel doctor` says what is unsafe."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from backend.config import Settings
from backend.doctor import examine


@pytest.mark.parametrize(
    ("change", "grade", "words"),
    [
        ({"cors_origins": "*"}, "fail", "every website"),
        ({"trusted_proxies": "*"}, "fail", "any sender"),
        (
            {"public_url": "https://evenkeel.example", "vapid_subject": "mailto:it@evenkeel.example"},
            "warn",
            "SECURE_COOKIES",
        ),
        ({"public_url": "http://evenkeel.example"}, "warn", "VAPID_SUBJECT"),
        ({"rate_limits": False}, "warn", "RATE_LIMITS"),
        ({"host": "0.0.0.0"}, "warn", "SECURE_COOKIES"),
        ({"secret_key": SecretStr("a,b")}, "warn", "--finish"),
    ],
)
async def test_an_unsafe_setting_is_named(config: Settings, monkeypatch, change, grade, words):
    for slow in ("_database", "_models"):
        monkeypatch.setattr(f"backend.doctor.{slow}", _nothing)
    safe = config.model_copy(update={"rate_limits": True})
    assert [one.grade for one in await examine(safe) if one.what == "settings"] == ["ok"]
    found = [one for one in await examine(safe.model_copy(update=change)) if one.what == "settings"]
    assert [(one.grade, words in one.detail) for one in found] == [(grade, True)]


async def test_a_home_that_everybody_can_write_is_named(config: Settings, monkeypatch, tmp_path):
    for slow in ("_database", "_models"):
        monkeypatch.setattr(f"backend.doctor.{slow}", _nothing)
    tmp_path.chmod(0o777)
    found = await examine(config.model_copy(update={"home": tmp_path}))
    assert any(one.grade == "fail" and "chmod o-w" in one.detail for one in found)


async def test_processes_with_all_rights_are_named(config: Settings, dsn: str):
    from backend.doctor import _database

    found = await _database(config.model_copy(update={"database_url": dsn}))
    assert [one.grade for one in found if "rights" in one.detail] == [], "the role is there"


async def _nothing(_: Settings) -> list[object]:
    return []
