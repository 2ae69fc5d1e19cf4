"""The office tablet: an enrolled employee steps in front and taps; whoever withdrew is nobody there."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.harness import Api, Product
from tests.browser.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.shared, pytest.mark.slow]


@pytest.fixture
def boss(product: Product) -> Api:
    login = product.demo["logins"]["admin"]
    return Api(product.url).sign_in(login["username"], login["password"])


@pytest.fixture
def enrolled(product: Product, api: Api, people: list[Path]) -> Api:
    """Who is before the tablet's camera, with consent and a template."""
    api.consent("office_camera")
    own = [path for path in people if path.name.startswith("Venus")][:3]
    files = [("files", (path.name, path.read_bytes())) for path in own]
    api.http.post("/me/face-template", files=files, headers={"Prefer": "wait=20"}, timeout=60).raise_for_status()
    return api


async def tap(page: Page, person: Person, outcome: str) -> None:
    button = page.get_by_role("button", name=person.say("kiosk.tap"), exact=True)
    await expect(button).to_be_enabled(timeout=30_000)
    await button.click()
    await expect(page.locator(f"[data-kiosk={outcome}]")).to_have_text(person.say(f"kiosk.{outcome}"), timeout=40_000)


async def test_step_in_front_tap_done(enrolled: Api, boss: Api, person: Person, page: Page) -> None:
    camera = boss.http.post("/admin/cameras", json={"name": "Tablet", "frames_only": True}).raise_for_status().json()
    await person.open("/kiosk")
    await page.get_by_label(person.say("kiosk.key")).fill(camera["key"])
    await person.press("kiosk.begin")
    await tap(page, person, "done")
    await expect(page.locator("[data-kiosk=ready]")).to_be_visible(timeout=15_000)  # by itself, for the next person
    readings = enrolled.get("/readings")["items"]
    assert [one["source"] for one in readings] == ["kiosk"]

    enrolled.http.put("/me/consents/office_camera", json={"granted": False}).raise_for_status()
    await tap(page, person, "unknown")
    assert enrolled.get("/readings")["items"] == []

    await expect(page.locator("[data-kiosk=ready]")).to_be_visible(timeout=15_000)
    unplugged = "document.querySelector('video').srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))"
    await page.evaluate(unplugged)  # its last picture is nobody who stands there now
    await expect(page.get_by_role("alert")).to_have_text(person.say("capture.busy"))
    await expect(page.get_by_role("button", name=person.say("kiosk.tap"), exact=True)).to_be_disabled()

    boss.http.delete(f"/admin/cameras/{camera['id']}").raise_for_status()
    await tap(page, person, "refused")  # by itself the tablet has looked for its camera again
    assert camera["key"] not in await page.evaluate("JSON.stringify(localStorage)")


async def test_no_account_of_whoever_set_it_up_is_behind_the_tablet(
    boss: Api, product: Product, person: Person, page: Page
) -> None:
    camera = boss.http.post("/admin/cameras", json={"name": "Lobby tablet"}).raise_for_status().json()
    login = product.demo["logins"]["admin"]
    await person.open()
    await person.log_in(login["username"], login["password"])
    await person.open("/help")
    await expect(page.get_by_role("heading", name=person.say("help.plan"))).to_be_visible()
    await person.open("/kiosk")
    await page.get_by_label(person.say("kiosk.key")).fill(camera["key"])
    await person.press("kiosk.begin")
    await expect(page.get_by_role("button", name=person.say("kiosk.tap"), exact=True)).to_be_visible()
    await person.open("/help")  # a screen for everybody: nothing personal is typed there
    await expect(page.get_by_text(person.say("help.notemergency"))).to_be_visible()
    await expect(page.get_by_role("heading", name=person.say("help.plan"))).to_have_count(0)
    await person.open("/kiosk")
    await person.press("kiosk.leave")
    await expect(page.locator("input[name=username]")).to_have_value("")
    await person.open("/admin")
    await expect(page.locator("input[name=username]")).to_be_visible()
