"""Sign-ins: theft of a refresh token, devices, passwords, and guessing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import select

from backend.app import create_app
from backend.db import transaction
from backend.limits import ADDRESSES
from backend.people.password import MOST_CODES
from backend.people.policy import THROTTLE
from backend.people.routes import sign_in
from backend.people.sessions import rotate
from backend.tables import Invite, Mail
from tests.backend.conftest import PASSWORD, Account
from tests.backend.test_people_rights import until_somebody_waits_for

REFRESH = "evenkeel_refresh"


async def refresh(account: Account, secret: str) -> httpx.Response:
    account.http.cookies.clear()
    return await account.http.post("/auth/refresh", headers={"cookie": f"{REFRESH}={secret}"})


async def age(sessions, seconds: int, person: str) -> None:
    async with transaction(sessions) as session:
        await session.exec(
            text("update refresh_token set used_at = used_at - make_interval(secs => :s) where person_id = :p"),
            params={"s": seconds, "p": person},
        )


async def test_a_replayed_refresh_token_ends_the_family_and_its_access_tokens(ana: Account, sessions):
    stolen = ana.http.cookies[REFRESH]
    fresh = (await refresh(ana, stolen)).cookies[REFRESH]
    await age(sessions, 11, ana.id)
    assert (await refresh(ana, stolen)).status_code == 401
    assert (await refresh(ana, fresh)).status_code == 401, "the owner's branch has ended too"
    assert (await ana.http.get("/me")).status_code == 401, "and the access tokens with it"


async def test_two_tabs_in_the_same_moment_get_the_same_successor(ana: Account):
    secret = ana.http.cookies[REFRESH]
    first, second = await refresh(ana, secret), await refresh(ana, secret)
    assert first.cookies[REFRESH] == second.cookies[REFRESH]


async def test_the_grace_gives_a_thief_no_branch_of_his_own(ana: Account):
    """Within ten seconds, but after the owner went on: that is a theft."""
    stolen = ana.http.cookies[REFRESH]
    second = (await refresh(ana, stolen)).cookies[REFRESH]
    third = (await refresh(ana, second)).cookies[REFRESH]
    assert (await refresh(ana, stolen)).status_code == 401
    assert (await refresh(ana, third)).status_code == 401


async def test_signing_out_everywhere_ends_every_device_at_once(ana: Account, app_client):
    async with app_client() as phone:
        token = await phone.post("/auth/token", data={"username": ana.username, "password": PASSWORD})
        phone.headers["authorization"] = f"Bearer {token.json()['access_token']}"
        sign_ins = (await ana.http.get("/me/sessions")).json()
        assert [one["current"] for one in sign_ins] == [False, True]
        assert (await ana.http.delete("/me/sessions")).status_code == 204
        assert (await phone.get("/me")).status_code == 401
        assert (await phone.post("/auth/refresh")).status_code == 401
    assert (await ana.http.get("/me")).status_code == 401


async def test_one_device_can_be_signed_out_from_another(ana: Account, app_client, sign_up):
    async with app_client() as phone:
        token = await phone.post("/auth/token", data={"username": ana.username, "password": PASSWORD})
        phone.headers["authorization"] = f"Bearer {token.json()['access_token']}"
        lost = next(one["id"] for one in (await ana.http.get("/me/sessions")).json() if not one["current"])
        eve = await sign_up()
        assert (await eve.http.delete(f"/me/sessions/{lost}")).status_code == 404
        assert (await ana.http.delete(f"/me/sessions/{lost}")).status_code == 204
        assert (await phone.get("/me")).status_code == 401
    assert (await ana.http.get("/me")).status_code == 200


async def test_a_changed_password_ends_all_sessions_but_goes_on_here(ana: Account, app_client):
    wrong = await ana.http.post("/me/password", json={"current_password": "no", "new_password": "another pass phrase"})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "password_wrong")
    before = ana.http.cookies[REFRESH]
    spaced = " another pass phrase "
    good = {"current_password": PASSWORD, "new_password": spaced}
    assert (await ana.http.post("/me/password", json=good)).status_code == 204
    assert (await ana.http.get("/me")).status_code == 401
    here = ana.http.cookies[REFRESH]
    assert (await refresh(ana, before)).status_code == 401
    assert (await refresh(ana, here)).status_code == 200
    typed = {"username": ana.username, "password": spaced}
    assert (await ana.http.post("/auth/token", data=typed)).status_code == 200, "as it was typed, spaces and all"
    old = await ana.http.post("/auth/token", data={"username": ana.username, "password": PASSWORD})
    assert old.status_code == 401


async def test_who_signs_in_with_the_old_password_while_it_is_changed_stays_out(ana: Account, app_client, monkeypatch):
    looked = sign_in.password_matches

    async def changed_after_the_look(stored: str | None, given: str) -> bool:
        matches = await looked(stored, given)
        monkeypatch.setattr(sign_in, "password_matches", looked)
        new = {"current_password": PASSWORD, "new_password": "another pass phrase"}
        assert (await ana.http.post("/me/password", json=new)).status_code == 204
        return matches

    monkeypatch.setattr(sign_in, "password_matches", changed_after_the_look)
    async with app_client() as thief:
        entered = await thief.post("/auth/token", data={"username": ana.username, "password": PASSWORD})
        assert (entered.status_code, entered.json()["code"]) == (401, "not_signed_in")
        assert (await thief.post("/auth/refresh")).status_code == 401


async def test_a_refresh_under_way_does_not_outlive_signing_out_everywhere(ana: Account, sessions, config, resources):
    async with transaction(sessions) as session:
        rotated = await rotate(session, config, resources.vault, ana.http.cookies[REFRESH], "")
        ending = asyncio.create_task(ana.http.delete("/me/sessions"))
        await until_somebody_waits_for(session, sessions)
    assert (await ending).status_code == 204
    assert (await refresh(ana, rotated[1])).status_code == 401
    token = await ana.http.post("/auth/token", data={"username": ana.username, "password": PASSWORD})
    ana.http.headers["authorization"] = f"Bearer {token.json()['access_token']}"
    assert len((await ana.http.get("/me/sessions")).json()) == 1, "it is no sign-in that still runs"


async def mailed_code(sessions, address: str) -> str:
    async with sessions() as session:
        mails = list(await session.exec(select(Mail).where(Mail.to == address)))
    assert len(mails) == 1
    return mails[0].text.split("#token=")[1].split()[0]


async def test_a_mailed_code_sets_a_new_password_once(sign_up, sessions):
    person = await sign_up(email="Reset.Me@example.org")
    assert (await person.http.post("/auth/password-reset", json={"login": person.username})).status_code == 202
    code = await mailed_code(sessions, "Reset.Me@example.org")
    new = {"token": code, "new_password": "a brand new phrase"}
    assert (await person.http.post("/auth/password-reset/confirm", json=new)).status_code == 204
    assert (await person.http.get("/me")).status_code == 401, "every sign-in has ended"
    again = await person.http.post("/auth/password-reset/confirm", json=new)
    assert (again.status_code, again.json()["code"]) == (410, "reset_code_invalid")
    good = await person.http.post("/auth/token", data={"username": person.username, "password": "a brand new phrase"})
    assert good.status_code == 200
    async with sessions() as session:
        stored = (await session.exec(text("select token_hash from password_reset"))).scalars().all()
    assert code not in stored


async def test_the_answer_does_not_tell_who_has_an_account(sign_up, app_client):
    person = await sign_up(email="known@example.org")
    async with app_client() as http:
        known = await http.post("/auth/password-reset", json={"login": person.username})
        unknown = await http.post("/auth/password-reset", json={"login": "nobody-at-all"})
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())


async def test_an_old_code_is_refused(sign_up, sessions):
    person = await sign_up(email="late@example.org")
    await person.http.post("/auth/password-reset", json={"login": "LATE@example.org"})
    code = await mailed_code(sessions, "late@example.org")
    async with transaction(sessions) as session:
        await session.exec(
            text("update password_reset set expires_at = now() - interval '1 second' where person_id = :p"),
            params={"p": UUID(person.id)},
        )
    answer = await person.http.post("/auth/password-reset/confirm", json={"token": code, "new_password": PASSWORD})
    assert answer.status_code == 410


async def test_a_code_ends_with_the_address_it_went_to(sign_up, sessions):
    person = await sign_up(email="before@example.org")
    await person.http.post("/auth/password-reset", json={"login": person.username})
    code = await mailed_code(sessions, "before@example.org")
    assert (await person.http.patch("/me", json={"email": "after@example.org"})).status_code == 200
    answer = await person.http.post("/auth/password-reset/confirm", json={"token": code, "new_password": PASSWORD})
    assert answer.status_code == 410
    assert not (await person.http.get("/me")).json()["email_confirmed"], "nobody has read a mail there"


async def test_nobodys_mailbox_is_filled_with_codes(sign_up, app_client, sessions):
    await sign_up(email="target@example.org")
    await sign_up(username="target@example.org", email="else@example.org")  # keeps nobody's mail from them
    async with app_client() as http:
        ask = [http.post("/auth/password-reset", json={"login": "target@example.org"}) for _ in range(8)]
        assert {answer.status_code for answer in await asyncio.gather(*ask)} == {202}
    async with sessions() as session:
        assert len(list(await session.exec(select(Mail).where(Mail.to == "target@example.org")))) == MOST_CODES


@pytest.fixture
async def guarded(config, dsn):
    """The application with its limits on; whoever comes says from which address."""
    app = create_app(config.model_copy(update={"rate_limits": True}), dsn)
    async with app.router.lifespan_context(app):

        def client(address: str) -> httpx.AsyncClient:
            transport = httpx.ASGITransport(app=app, client=(address, 1))
            return httpx.AsyncClient(transport=transport, base_url="http://evenkeel.test/api/v1")

        yield client


async def guess(http: httpx.AsyncClient, username: str, password: str = "wrong") -> httpx.Response:
    return await http.post("/auth/token", data={"username": username, "password": password})


async def test_guessing_gets_slow_and_nobody_else_is_shut_out(guarded, ana: Account):
    async with guarded("10.0.0.1") as owner:
        assert (await guess(owner, ana.username, PASSWORD)).status_code == 200, "this browser is known now"
    async with guarded("10.0.0.9") as thief:
        for _ in range(THROTTLE.free):
            assert (await guess(thief, ana.username)).status_code == 401
        slowed = await guess(thief, ana.username)
        assert slowed.status_code == 429
        assert int(slowed.headers["retry-after"]) >= 1
        assert (await guess(thief, ana.username, PASSWORD)).status_code == 429, "not even a lucky guess passes"
    async with guarded("10.0.0.2") as elsewhere:
        assert (await guess(elsewhere, ana.username, PASSWORD)).status_code == 200
    async with guarded("10.0.0.9") as neighbour:
        # The same office address as the thief, in the browser that the owner used before.
        for name, value in owner.cookies.items():
            neighbour.cookies.set(name, value)
        assert (await guess(neighbour, ana.username, PASSWORD)).status_code == 200


async def test_guesses_in_the_same_moment_are_not_tried_together(guarded, ana: Account, sessions):
    async with guarded("10.0.4.9") as thief:
        for _ in range(THROTTLE.free + 1):
            await guess(thief, ana.username)
        async with transaction(sessions) as session:
            await session.exec(text("update sign_in_failure set last_at = last_at - interval '2 seconds'"))
        answers = await asyncio.gather(*(guess(thief, ana.username) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [401] + [429] * 7


async def test_another_address_of_the_same_household_is_no_other_place(guarded, ana: Account, sessions):
    for number in range(THROTTLE.free):
        async with guarded(f"2001:db8:0:7::{number}") as thief:
            await guess(thief, ana.username)
        async with guarded("::ffff:10.0.5.1") as office:
            await guess(office, ana.username)
    async with transaction(sessions) as session:
        # What only one place can have counted; and on a slow machine the second that it waits is over at once.
        await session.exec(text("update sign_in_failure set failures = 12, last_at = now() where failures >= 5"))
    async with guarded("2001:db8:0:7::ffff") as thief:
        assert (await guess(thief, ana.username)).status_code == 429
    for elsewhere in ("2001:db8:0:8::1", "::ffff:10.0.5.2"):
        async with guarded(elsewhere) as neighbour:
            assert (await guess(neighbour, ana.username, PASSWORD)).status_code == 200


async def test_a_device_cookie_of_another_account_helps_no_thief(guarded, ana: Account, sign_up):
    eve = await sign_up()
    async with guarded("10.0.1.9") as thief:
        assert (await guess(thief, eve.username, PASSWORD)).status_code == 200
        for _ in range(THROTTLE.free):
            await guess(thief, ana.username)
        assert (await guess(thief, ana.username)).status_code == 429


def test_the_wait_doubles_and_ends():
    now = datetime(2026, 1, 1, tzinfo=UTC)
    waits = [THROTTLE.wait(n, now, now).total_seconds() for n in (0, 4, 5, 6, 7, 40)]
    assert waits == [0, 0, 1, 2, 4, 900]
    assert THROTTLE.wait(40, now - timedelta(days=2), now) == timedelta(0)
    assert THROTTLE.wait(6, now - timedelta(seconds=2), now) == timedelta(0)
    assert THROTTLE.wait(40, now + timedelta(days=30), now) == timedelta(0), "the clock was set back meanwhile"


async def test_limits_hold_across_processes(guarded, config, dsn, ana: Account):
    """Two applications over one database count together."""
    other = create_app(config.model_copy(update={"rate_limits": True}), dsn)
    answers = []
    async with other.router.lifespan_context(other):
        transport = httpx.ASGITransport(app=other, client=("10.0.2.1", 1))
        second = httpx.AsyncClient(transport=transport, base_url="http://evenkeel.test/api/v1")
        async with second, guarded("10.0.2.1") as first:
            for turn in range(140):  # more than two windows' worth, so a window's edge does not matter
                http = (first, second)[turn % 2]
                answers.append(
                    (
                        await http.post("/auth/password-reset/confirm", json={"token": "x", "new_password": PASSWORD})
                    ).status_code
                )
    assert answers.count(429) >= 20
    assert answers.count(410) >= 60


async def test_without_an_invite_nobody_learns_which_names_exist(ana: Account, app_client):
    body = {"username": ana.username, "password": PASSWORD, "phone": "+4930901820", "invite_code": "WRONG-CODE"}
    async with app_client() as http:
        taken = await http.post("/accounts", json=body)
        free = await http.post("/accounts", json={**body, "username": "nobody-at-all"})
    assert (taken.status_code, taken.json()) == (free.status_code, free.json())


async def test_a_taken_name_gives_the_use_of_the_invite_back(ana: Account, home, sessions):
    async with transaction(sessions) as session:
        session.add(Invite(code="ONLY-ONE-USE", organisation_id=home.organisation.id, uses_left=1))
    body = {"password": PASSWORD, "phone": "+4930901820", "invite_code": "ONLY-ONE-USE"}
    assert (await ana.http.post("/accounts", json={**body, "username": ana.username})).status_code == 409
    assert (await ana.http.post("/accounts", json={**body, "username": f"new-{ana.username}"})).status_code == 201


async def test_a_borrowed_phone_cannot_be_used_to_guess_the_password(guarded, ana: Account):
    guess = {"current_password": "wrong", "new_password": "another pass phrase"}
    async with guarded("10.0.3.1") as thief:
        thief.headers["authorization"] = ana.http.headers["authorization"]
        answers = [(await thief.post("/me/password", json=guess)).status_code for _ in range(THROTTLE.free + 1)]
    assert answers == [403] * THROTTLE.free + [429]


async def test_nobody_sends_letters_to_strangers_in_our_name(guarded, ana: Account):
    """Each new address and each agreement to mail sends one to whatever address was typed."""
    async with guarded("10.0.6.1") as http:
        http.headers["authorization"] = ana.http.headers["authorization"]
        answers = []
        for number in range(ADDRESSES.hits + 1):  # two acts each: more than two windows' worth
            address = {"email": f"{number}.{ana.username}@example.org"}
            answers.append((await http.patch("/me", json=address)).status_code)
            answers.append((await http.put("/me/consents/email", json={"granted": True})).status_code)
        assert set(answers) == {200, 429}
        assert (await http.put("/me/consents/email", json={"granted": False})).status_code == 200, "a no counts always"


async def test_nobody_tries_out_which_colleagues_have_an_account(guarded, ana: Account, sign_up):
    taken = {"email": f"{uuid4().hex}@example.org"}
    await sign_up(**taken)
    async with guarded("10.0.7.1") as http:
        http.headers["authorization"] = ana.http.headers["authorization"]
        tries = [(await http.patch("/me", json=taken)).status_code for _ in range(2 * ADDRESSES.hits + 1)]
    assert set(tries) == {409, 429}
