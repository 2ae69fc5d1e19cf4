"""Registering, signing in and consent, over HTTP."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.backend.conftest import PASSWORD, Account, Home


async def test_a_new_employee_registers_signs_in_and_sees_the_profile(ana: Account) -> None:
    profile = (await ana.http.get("/me")).json()
    assert profile["username"] == ana.username
    assert profile["phone"] == "+4930901820"
    assert profile["role"] == "employee"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"phone": "12"}, "phone"),
        ({"phone": "call me"}, "phone"),
        ({"password": "short"}, "password"),
        ({"password": "aaaaaaaaaaaa"}, "password"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"email": "not an address"}, "email"),
        ({"surprise": 1}, "surprise"),
        ({"username": "bo\u200d-b"}, "username"),
        ({"display_name": "Bo\r\nTo: you"}, "display_name"),
        ({"timezone": "localtime"}, "timezone"),
    ],
)
async def test_a_wrong_field_is_named_and_explained(
    app_client: Callable[[], httpx.AsyncClient], home: Home, change: dict[str, object], field: str
) -> None:
    body = {"username": "bo-b", "password": PASSWORD, "phone": "+4930901820", "invite_code": home.codes["employee"]}
    async with app_client() as http:
        answer = await http.post("/accounts", json={**body, **change})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "invalid_input"
    assert problem["errors"][0]["field"] == field
    assert PASSWORD not in answer.text


async def test_an_unknown_invite_makes_no_account(app_client: Callable[[], httpx.AsyncClient]) -> None:
    body = {"username": "nobody1", "password": PASSWORD, "phone": "+4930901820", "invite_code": "WRONG-CODE"}
    async with app_client() as http:
        answer = await http.post("/accounts", json=body)
        assert answer.json()["code"] == "invite_unknown"
        refused = await http.post("/auth/token", data={"username": "nobody1", "password": PASSWORD})
    assert refused.status_code == 401


async def test_a_user_name_is_taken_whatever_its_case(sign_up: Callable, home: Home, ana: Account) -> None:
    body = {
        "username": ana.username.upper(),
        "password": PASSWORD,
        "phone": "+4930901820",
        "invite_code": home.codes["employee"],
    }
    answer = await ana.http.post("/accounts", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_taken")


@pytest.mark.parametrize(
    ("chosen", "typed"),
    [
        ("İlker", "İlker"),
        ("ΣΤΑΜΑΤΗΣ", "ΣΤΑΜΑΤΗΣ"),
        ("rené", "Rene\u0301 "),
        ("ｍｉｎ", "min"),
    ],
    ids=["a dotted I", "a sigma at the end", "an accent of its own, a space after it", "wide letters"],
)
async def test_whoever_chose_a_name_comes_in_with_it(
    app_client: Callable[[], httpx.AsyncClient], home: Home, chosen: str, typed: str
) -> None:
    begin = home.organisation.id.hex[:6]
    body = {"username": begin + chosen, "password": PASSWORD, "phone": "+4930901820"}
    async with app_client() as http:
        made = await http.post("/accounts", json={**body, "invite_code": home.codes["employee"]})
        assert made.status_code == 201, made.text
        answer = await http.post("/auth/token", data={"username": begin + typed, "password": PASSWORD})
    assert answer.status_code == 200


async def test_an_invite_ends_with_its_uses(
    app_client: Callable[[], httpx.AsyncClient], home: Home, sessions: object
) -> None:
    from backend.db import transaction
    from backend.tables import Invite

    async with transaction(sessions) as session:  # type: ignore[arg-type]
        session.add(Invite(code="ONCE-ONLY", organisation_id=home.organisation.id, uses_left=1))
    body = {"password": PASSWORD, "phone": "+4930901820", "invite_code": "once-only"}
    async with app_client() as http:
        assert (await http.post("/accounts", json={**body, "username": "first-one"})).status_code == 201
        assert (await http.post("/accounts", json={**body, "username": "second-one"})).json()[
            "code"
        ] == "invite_unknown"


async def test_the_refresh_cookie_rotates_and_is_not_readable_by_scripts(ana: Account) -> None:
    token = await ana.http.post("/auth/token", data={"username": ana.username, "password": PASSWORD})
    cookie = token.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    before = ana.http.cookies.get("evenkeel_refresh")
    assert (await ana.http.post("/auth/refresh")).status_code == 200
    assert ana.http.cookies.get("evenkeel_refresh") != before


async def test_signing_out_ends_the_refresh_token(ana: Account) -> None:
    kept = ana.http.cookies.get("evenkeel_refresh")
    assert (await ana.http.post("/auth/logout")).status_code == 204
    replay = await ana.http.post("/auth/refresh", headers={"cookie": f"evenkeel_refresh={kept}"})
    assert replay.status_code == 401


async def test_signing_out_without_cookies_ends_the_access_token(ana: Account) -> None:
    ana.http.cookies.clear()
    assert (await ana.http.post("/auth/logout")).status_code == 204
    assert (await ana.http.get("/me")).status_code == 401
    assert (await ana.http.post("/auth/logout")).status_code == 204


async def test_without_a_token_nothing_is_shown(app_client: Callable[[], httpx.AsyncClient]) -> None:
    async with app_client() as http:
        answer = await http.get("/me")
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_signed_in"
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_consent_has_a_version_a_time_and_an_end(ana: Account) -> None:
    states = {state["purpose"]: state for state in (await ana.http.get("/me/consents")).json()}
    assert states["score_photos"]["granted"] is True
    assert states["score_photos"]["expires_at"] > states["score_photos"]["changed_at"]
    assert states["email"]["granted"] is False
    await ana.http.put("/me/consents/score_photos", json={"granted": False})
    states = {state["purpose"]: state for state in (await ana.http.get("/me/consents")).json()}
    assert states["score_photos"]["granted"] is False
