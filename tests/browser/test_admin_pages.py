"""The administrator's pages, on an organisation of their own: what is done there is done on the server."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Browser, Locator, Page, expect
from sqlalchemy import text

from backend.tables import Invite, Organisation
from tests.browser.harness import AXE, DESK, ROOT, Api, Product
from tests.browser.hr_world import database
from tests.browser.person import ENTRY, Person
from tests.browser.test_access import NARROW, SMALL_TARGETS, TOO_WIDE, cut_at_double_text, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TEXTS = (ROOT / "mobile_client" / "src" / "admin" / "texts" / "admin-en.ts").read_text("utf-8")
WORDS = {found["key"]: json.loads(f'"{found["text"]}"') for found in ENTRY.finditer(TEXTS)}
HELPLINES = ROOT / "bot" / "dialogue" / "content" / "helplines.json"
PAGES = (
    "/admin",
    "/admin/cameras/{camera}/sign",
    "/admin/people",
    "/admin/people/departments",
    "/admin/people/members",
    "/admin/people/organisation",
    "/admin/rules",
    "/admin/rules/assessment",
    "/admin/rules/cases",
    "/admin/rules/retention",
    "/admin/operation",
    "/admin/operation/audit",
)
HEALTH = {
    "agent": "0.1.0",
    "sources": [{"name": "lobby", "state": "watching", "frames": 1200, "faces": 9, "frames_per_second": 2.0}],
    "readings": 7,
    "buffered": 3,
    "dropped": 0,
}
_numbers = count(1)


def a(key: str, **holes: str) -> str:
    said = WORDS[key]
    for name, value in holes.items():
        said = said.replace(f"{{{name}}}", value)
    return said


@dataclass
class Boss:
    """The administrator of a new organisation, at a desk and by the API."""

    page: Page
    api: Api
    product: Product

    async def open(self, path: str) -> None:
        await self.page.goto(path)
        await expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        await expect(self.page.locator(".loading")).to_have_count(0)

    async def press(self, name: str, inside: Page | Locator | None = None) -> None:
        await (inside or self.page).get_by_role("button", name=name, exact=True).click()

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def acts(self) -> list[str]:
        return [entry["action"] for entry in self.api.get("/admin/audit")["items"]]


async def new_organisation(product: Product, number: int) -> str:
    """The code by which its administrator registers."""
    async with database(product.home) as session:
        organisation = Organisation(name=f"Yard {number}", policy="consented", country="DE", timezone="UTC")
        session.add(organisation)
        await session.flush()
        code = f"YARD-{number:04}-CODE"
        session.add(Invite(code=code, organisation_id=organisation.id, role="admin", uses_left=1))
    return code


@pytest.fixture
async def boss(browser: Browser, product: Product) -> AsyncIterator[Boss]:
    number = next(_numbers)
    name = f"boss{number}"
    api = Api(product.url).register(name, await new_organisation(product, number))
    context = await browser.new_context(viewport=DESK, base_url=product.url, locale="en-GB")
    context.set_default_timeout(15_000)
    await context.grant_permissions(["clipboard-read", "clipboard-write"], origin=product.url)
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if "Content Security Policy" in line.text else None)
    person = Person(page, product, name)
    await person.open()
    await person.log_in(name)
    yield Boss(page, api, product)
    await context.close()
    assert not wrong


def knock(product: Product, key: str) -> int:
    """A camera's agent says how it is."""
    answer = Api(product.url).http.post("/cameras/heartbeat", json=HEALTH, headers={"X-API-Key": key})
    return answer.status_code


async def test_a_camera_gets_a_key_once_is_seen_renewed_and_revoked(boss: Boss, product: Product) -> None:
    page = boss.page
    await page.get_by_role("link", name="Admin", exact=True).click()
    await expect(page.get_by_text(a("cameras.none"))).to_be_visible()
    await boss.press(a("cameras.add"))
    await expect(page.get_by_label(a("cameras.name"))).to_have_attribute("aria-invalid", "true")
    await page.get_by_label(a("cameras.name")).fill("Lobby")
    await page.get_by_label(a("cameras.place")).fill("Ground floor")
    await page.get_by_role("button", name=a("cameras.add"), exact=True).dblclick()  # one camera, whose key is seen

    first = await boss.dialog.get_by_label(a("key.label"), exact=True).input_value()
    assert first.startswith("evk_camera_")
    command = boss.dialog.get_by_label(a("key.command"), exact=True)
    await expect(command).to_have_value(f"evenkeel camera SOURCE --server {product.url} --key {first}")
    await boss.press(f"{a('copy')}: {a('key.label')}", boss.dialog)
    await expect(boss.dialog.get_by_text(a("copy.done"))).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == first
    await boss.press(a("key.kept"), boss.dialog)
    await expect(boss.dialog).to_have_count(0)
    await boss.open("/admin")
    assert first not in await page.content()  # once

    camera = page.locator("[data-camera=Lobby]")
    await expect(camera).to_have_attribute("data-standing", "never_seen")
    assert knock(product, first) < 300
    await boss.open("/admin")
    await expect(camera).to_have_attribute("data-standing", "online")
    await expect(camera.locator("dl")).to_contain_text(f"{a('health.waiting')}3")
    await expect(camera).to_contain_text(f"lobby: {a('source.watching')}")

    await boss.press(a("cameras.renew"), camera)
    await boss.press(a("cameras.renew"), boss.dialog)
    shown = boss.dialog.get_by_label(a("key.label"), exact=True)
    await expect(shown).not_to_have_value(first)
    second = await shown.input_value()
    assert knock(product, first) >= 400
    assert knock(product, second) < 300
    await boss.press(a("key.kept"), boss.dialog)

    await camera.get_by_role("link", name=a("cameras.sign"), exact=True).click()
    sign = page.locator(".sign")
    await expect(sign.locator("svg")).to_be_visible()
    await expect(sign).to_contain_text("Ground floor")
    await page.emulate_media(color_scheme="dark")
    await expect(sign).to_have_css("background-color", "rgb(255, 255, 255)")  # a phone reads its code in the dark too
    await expect(sign).to_have_css("color", "rgb(0, 0, 0)")
    await page.emulate_media(color_scheme="light")
    await page.get_by_text("한국어", exact=True).click()
    await expect(sign).to_have_attribute("lang", "ko")
    await expect(sign).to_contain_text(re.compile("[가-힣]{2}"))
    await boss.open("/admin")

    await boss.press(a("cameras.revoke"), camera)
    await boss.press("Cancel", boss.dialog)
    assert knock(product, second) < 300  # not before it is confirmed
    await boss.press(a("cameras.revoke"), camera)
    await boss.press(a("cameras.revoke"), boss.dialog)
    await expect(camera).to_have_attribute("data-standing", "revoked")
    assert knock(product, second) >= 400
    assert boss.acts()[:3] == ["camera.revoked", "camera.key_renewed", "camera.created"]


async def fail_a_job(product: Product, person: str) -> int:
    """A step that was held after failing, as the queue holds it."""
    async with database(product.home) as session:
        row = await session.exec(
            text(
                "insert into pgqueuer (priority, status, entrypoint, payload, created, updated, heartbeat, execute_after, attempts) "
                "values (0, 'failed', 'risk.assess_person', convert_to(:payload, 'UTF8'), now(), now(), now(), now(), 4) returning id"
            ),
            params={"payload": json.dumps({"person_id": person, "day": "2026-01-05"})},
        )  # type: ignore[call-overload]
        return int(row.scalar_one())


async def test_a_failed_job_is_tried_again_and_another_discarded(boss: Boss, product: Product) -> None:
    me = boss.api.get("/me")["id"]
    again, away = await fail_a_job(product, me), await fail_a_job(product, me)
    await boss.open("/admin/operation")
    name = a("step.risk.assess_person")
    first, second = (boss.page.locator(f"[data-job='{number}']") for number in (again, away))
    await expect(first).to_contain_text("after 4 tries")
    await boss.press(f"{a('jobs.retry')}: {name}", first)
    await expect(first).to_have_count(0)
    await boss.press(f"{a('jobs.discard')}: {name}", second)
    await boss.press(a("jobs.discard"), boss.dialog)
    await expect(second).to_have_count(0)
    await boss.page.get_by_role("link", name=a("audit.title"), exact=True).click()
    await expect(boss.page.locator("[data-action='job.retried']")).to_contain_text(a("act.job.retried"))
    assert boss.acts()[:2] == ["job.discarded", "job.retried"]


async def test_a_department_an_invite_and_a_member(boss: Boss, product: Product) -> None:
    page = boss.page
    await boss.open("/admin/people/departments")
    for _ in range(2):  # the second time it is there already
        await page.get_by_label(a("departments.name")).fill("Workshop")
        await boss.press(a("departments.add"))
        await expect(page.locator("[data-department=Workshop]")).to_have_count(1)
    await expect(page.get_by_text(a("error.department_taken"))).to_be_visible()

    await page.get_by_role("link", name=a("invites.title"), exact=True).click()
    await page.get_by_label(a("department"), exact=True).select_option(label="Workshop")
    await page.get_by_label(a("invites.uses")).fill("0")
    await boss.press(a("invites.add"))
    await expect(page.get_by_text(a("bounds.outside", low="1", high="100,000"))).to_be_visible()
    await page.get_by_label(a("invites.uses")).fill("2")
    await boss.press(a("invites.add"))
    code = await page.get_by_label(a("invites.code"), exact=True).input_value()
    name = f"yardhand{next(_numbers)}"
    Api(product.url).register(name, code)
    await boss.press(f"{a('invites.delete')}: {code}")
    await boss.press(a("invites.delete"), boss.dialog)
    await expect(page.locator(f"[data-invite='{code}']")).to_have_count(0)
    await expect(page.get_by_label(a("invites.code"), exact=True)).to_have_count(0)

    await page.get_by_role("link", name=a("members.title"), exact=True).click()
    member = page.locator(f"[data-member={name}]")
    await expect(member).to_contain_text("Workshop")
    await boss.press(f"{a('members.change')}: {name}", member)
    await boss.dialog.get_by_label(a("role"), exact=True).select_option("hr")
    await boss.press("Save", boss.dialog)
    await expect(boss.dialog).to_have_count(0)
    await expect(member).to_contain_text(f"{name} · {a('role.hr')}")
    roles = {one["username"]: one["role"] for one in boss.api.get("/admin/members")["items"]}
    assert roles[name] == "hr"


async def test_the_country_that_the_bot_names_helplines_of(boss: Boss) -> None:
    page = boss.page
    await boss.open("/admin/people/organisation")
    await expect(page.get_by_text(a("organisation.country.none"))).to_have_count(0)
    await page.get_by_label("Country", exact=True).select_option("")
    await expect(page.get_by_text(a("organisation.country.none"))).to_be_visible()
    await page.get_by_label("Country", exact=True).select_option(label="Japan")
    await page.get_by_label(a("organisation.name"), exact=True).fill(" ")
    await boss.press("Save")
    assert boss.api.get("/admin/organisation")["country"] == "DE"  # nothing is saved without a name
    await page.get_by_label(a("organisation.name"), exact=True).fill("Yard by the sea")
    await page.get_by_label("Time zone", exact=True).select_option("Asia/Tokyo")
    await boss.press("Save")
    await expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    kept = boss.api.get("/admin/organisation")
    assert (kept["name"], kept["country"], kept["timezone"]) == ("Yard by the sea", "JP", "Asia/Tokyo")
    boss.api.http.patch("/me", json={"timezone": "UTC"}).raise_for_status()  # a zone that names no country
    answer = boss.api.http.post("/chat/messages", json={"text": "I want to die"})
    lines = json.loads(HELPLINES.read_text("utf-8"))["countries"]["JP"]["lines"]
    assert lines[0]["number"] in answer.text


async def test_the_policy_is_changed_only_when_confirmed_and_closes_cameras(boss: Boss) -> None:
    page = boss.page
    await boss.open("/admin/rules")
    to = a("policy.change.to", name=a("policy.eu-workplace"))
    await boss.press(to)
    await expect(boss.dialog).to_contain_text(a("policy.ask.eu-workplace"))
    await boss.press("Cancel", boss.dialog)
    assert boss.api.get("/admin/policy")["policy"] == "consented"
    await boss.press(to)
    await boss.press(a("policy.change.verb"), boss.dialog)
    await expect(page.locator("[data-policy=eu-workplace] [data-open=false]")).to_have_count(3)
    await expect(page.get_by_role("status").filter(has_text="1 person is asked again")).to_be_visible()
    assert boss.api.get("/admin/policy")["policy"] == "eu-workplace"
    await boss.open("/admin")
    await expect(page.get_by_text(a("cameras.closed"))).to_be_visible()
    await expect(page.get_by_role("button", name=a("cameras.add"))).to_have_count(0)


async def test_a_rule_is_kept_within_its_bounds_and_the_others_stay(boss: Boss) -> None:
    boss.api.http.put("/admin/escalation", json={"values": {"reminders": 3}}).raise_for_status()
    await boss.open("/admin/rules/cases")
    days = boss.page.locator("input[name=moderate_days]")
    await days.fill("99")
    await boss.press("Save")
    await expect(boss.page.get_by_role("alert")).to_be_visible()
    await days.fill("6")
    await boss.press("Save")
    await expect(boss.page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    values = boss.api.get("/admin/escalation")["values"]
    assert (values["moderate_days"], values["reminders"]) == (6, 3)


async def test_numbers_that_contradict_each_other_are_marked(boss: Boss) -> None:
    await boss.open("/admin/rules/assessment")
    await boss.page.locator("input[name=low_at]").fill("2.5")  # above moderate, though within its bounds
    await boss.press("Save")
    await expect(boss.page.get_by_role("alert")).to_be_visible()
    marked = boss.page.locator("input[aria-invalid=true]")
    assert [await one.get_attribute("name") for one in await marked.all()] == ["moderate_at", "high_at", "low_at"]
    await expect(boss.page.get_by_text(a("bounds.refused"))).to_have_count(3)
    assert boss.api.get("/admin/thresholds")["values"]["low_at"] != 2.5


@pytest.mark.parametrize(("path", "then"), [("/admin", a("cameras.title")), ("/hr", "HR console")])
async def test_a_desk_that_cannot_ask_who_is_there_says_so(boss: Boss, path: str, then: str) -> None:
    """It was loading for ever, without a way on."""
    page = boss.page
    me = re.compile("/api/v1/me$")
    await page.route(me, lambda route: route.abort())
    await page.goto(path)
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.unroute(me)
    await boss.press("Try again")
    await expect(page.get_by_role("heading", level=1)).to_have_text(then)


async def test_whoever_is_no_administrator_finds_neither_the_pages_nor_the_tablet(person: Person, page: Page) -> None:
    await person.arrive()
    await expect(page.get_by_role("link", name=person.say("nav.admin"))).to_have_count(0)
    await person.open("/me")
    await expect(page.get_by_role("link", name=person.say("me.profile"))).to_be_visible()
    await expect(page.get_by_role("link", name=re.compile(person.say("me.kiosk")))).to_have_count(0)
    await person.open("/admin/operation")
    await expect(page.get_by_text(a("refused"))).to_be_visible()


@pytest.fixture
async def lived_in(boss: Boss, product: Product) -> dict[str, Any]:
    """Something on every page."""
    keys = [boss.api.http.post("/admin/cameras", json={"name": name}).json() for name in ("Lobby", "Canteen")]
    knock(product, keys[0]["key"])
    boss.api.http.post("/admin/departments", json={"name": "Workshop"}).raise_for_status()
    boss.api.http.post("/admin/invites", json={}).raise_for_status()
    await fail_a_job(product, boss.api.get("/me")["id"])
    return {"camera": UUID(keys[0]["id"])}


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (NARROW, "dark")], ids=["desk", "narrow"])
async def test_axe_finds_nothing_and_nothing_is_cut(
    boss: Boss, lived_in: dict[str, Any], size: Any, theme: Any
) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci in mobile_client")
    await boss.page.set_viewport_size(size)
    await boss.page.emulate_media(color_scheme=theme)
    wrong, wide, small = {}, {}, {}
    for path in PAGES:
        await boss.open(path.format(**lived_in))
        wrong[path] = await violations(boss.page)
        wide[path] = await boss.page.evaluate(TOO_WIDE)
        small[path] = await boss.page.evaluate(SMALL_TARGETS)
        wide[f"{path} at 200 %"] = await cut_at_double_text(boss.page)
    await boss.open("/admin")
    await boss.page.locator("[data-camera=Lobby]").get_by_role("button", name=a("cameras.renew")).click()
    await boss.press(a("cameras.renew"), boss.dialog)
    await expect(boss.dialog.get_by_label(a("key.label"), exact=True)).to_be_visible()
    wrong["key"], wide["key"] = await violations(boss.page), await boss.page.evaluate(TOO_WIDE)
    assert {path: found for path, found in wrong.items() if found} == {}
    assert {path: found for path, found in wide.items() if found} == {}
    assert {path: found for path, found in small.items() if found} == {}
