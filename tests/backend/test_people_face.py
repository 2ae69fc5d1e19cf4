"""Enrolling a face: photos in, a sealed template out, nothing else left; a dump of the database shows no face."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text

from backend.errors import SetupError
from backend.tables import FaceTemplate
from backend.vault import Vault
from tests.backend.conftest import Account


@pytest.fixture
def group(photos) -> bytes:
    """A photo with more than one face."""
    import csv

    with (photos / "manifest.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["file"].startswith("groups/")]
    if not rows:
        pytest.skip("no group photo in the photo folder")
    return (photos / rows[0]["file"]).read_bytes()


async def enrol(person: Account, *photos: bytes, prefer: str = "wait=0"):
    files = [("files", (f"{number}.jpg", photo)) for number, photo in enumerate(photos)]
    return await person.http.post("/me/face-template", files=files, headers={"prefer": prefer})


async def outcome(person: Account, answer, work) -> dict:
    assert answer.status_code == 202, answer.text
    await work()
    return (await person.http.get(answer.headers["location"].removeprefix("/api/v1"))).json()


async def test_enrolment_leaves_a_sealed_template_and_no_photo(ana: Account, face, work, sessions, resources):
    result = await outcome(ana, await enrol(ana, face, face), work)
    assert (result["status"], result["template"]["photos"]) == ("done", 2)
    assert (await ana.http.get("/me/face-template")).json()["photos"] == 2
    async with sessions() as session:
        assert (await session.exec(text("select count(*) from enrolment_photo"))).scalar_one() == 0
        template = await session.get(FaceTemplate, UUID(ana.id))
    plain = resources.vault.open(template.sealed, f"template:{ana.id}")
    assert plain.startswith(b"dlib-resnet-v1\0")
    # With the whole database in hand, but without the key, or with another person's row, it does not open.
    with pytest.raises(SetupError):
        Vault((b"0" * 32,)).open(template.sealed, f"template:{ana.id}")
    with pytest.raises(SetupError):
        resources.vault.open(template.sealed, f"template:{UUID(int=1)}")
    assert b"dlib" not in template.sealed


async def test_an_enrolled_person_is_known_and_somebody_else_is_not(ana: Account, people, face, work):
    await outcome(ana, await enrol(ana, face), work)
    other = next(path for path in people if not path.name.startswith("press_person"))
    for photo, expected in ((face, None), (other.read_bytes(), "not_you")):
        sent = await ana.photo(photo)
        await work()
        reading = (await ana.http.get(sent.headers["location"].removeprefix("/api/v1"))).json()["reading"]
        assert reading["abstained"] == expected


async def test_photos_that_cannot_be_enrolled_are_named_one_by_one(ana: Account, face, group, work):
    result = await outcome(ana, await enrol(ana, face, group), work)
    assert result["status"] == "refused"
    assert [(one["photo"], one["code"]) for one in result["problems"]] == [(1, "several_faces")]
    assert (await ana.http.get("/me/face-template")).status_code == 404


async def test_who_waits_gets_the_result_in_the_answer(ana: Account, face, group, work):
    async def soon():
        await asyncio.sleep(0.3)
        await work()

    answer, _ = await asyncio.gather(enrol(ana, face, prefer="wait=20"), soon())
    assert (answer.status_code, answer.json()["photos"]) == (201, 1)
    answer, _ = await asyncio.gather(enrol(ana, group, prefer="wait=20"), soon())
    assert (answer.status_code, answer.json()["code"]) == (422, "several_faces")
    assert (await ana.http.get("/me/face-template")).json()["photos"] == 1, "the one from before stays"


@pytest.mark.parametrize("number", [0, 6])
async def test_one_to_five_photos(ana: Account, face, number):
    answer = await enrol(ana, *[face] * number)
    assert (answer.status_code, answer.json()["code"]) == (422, "photo_count")


async def test_without_consent_no_photo_is_kept(sign_up, face, sessions):
    person = await sign_up()
    answer = await enrol(person, face)
    assert (answer.status_code, answer.json()["code"]) == (403, "consent_missing")
    async with sessions() as session:
        found = await session.exec(text("select count(*) from enrolment where person_id = :p"), params={"p": person.id})
        assert found.scalar_one() == 0


async def test_a_consent_withdrawn_meanwhile_stops_the_enrolment(ana: Account, face, work, sessions):
    answer = await enrol(ana, face)
    await ana.http.put("/me/consents/score_photos", json={"granted": False})
    await work()
    assert (await ana.http.get("/me/face-template")).status_code == 404
    assert (await ana.http.get(answer.headers["location"].removeprefix("/api/v1"))).status_code == 404


async def test_deleting_the_template_works_at_once(ana: Account, face, work):
    await outcome(ana, await enrol(ana, face), work)
    assert (await ana.http.delete("/me/face-template")).status_code == 204
    assert (await ana.http.get("/me/face-template")).status_code == 404
