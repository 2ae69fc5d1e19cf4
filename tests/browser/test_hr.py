"""A low week becomes a case only on the person's word, HR settles it, and the person follows; what HR's pages show."""

from __future__ import annotations

import asyncio
import csv
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.browser.harness import AXE, DESK, ROOT, Api, Product
from tests.browser.hr_world import a_case, live_as_an_organisation, steady_weeks, waiting_jobs
from tests.browser.person import ENTRY, Person
from tests.browser.test_access import NARROW, SMALL_TARGETS, TOO_WIDE, cut_at_double_text, violations
from tests.clock import now, today

pytestmark = [pytest.mark.browser, pytest.mark.shared, pytest.mark.slow]

TEXTS = (ROOT / "mobile_client" / "src" / "hr" / "texts" / "hr-en.ts").read_text("utf-8")
WORDS = {found["key"]: json.loads(f'"{found["text"]}"') for found in ENTRY.finditer(TEXTS)}


def h(key: str, **holes: str) -> str:
    text = WORDS[key]
    for name, value in holes.items():
        text = text.replace(f"{{{name}}}", value)
    return text


@pytest.fixture
async def desk(browser: Browser, product: Product) -> AsyncIterator[Page]:
    """HR at a desk, signed in; the page complains when a script fails."""
    context = await browser.new_context(viewport=DESK, base_url=product.url, locale="en-GB", accept_downloads=True)
    context.set_default_timeout(15_000)
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    login = product.demo["logins"]["hr"]
    hr = Person(page, product, login["username"])
    await hr.open()
    await hr.log_in(login["username"], login["password"])
    yield page
    await context.close()
    assert not wrong


def sad_photos(photos: Path) -> list[bytes]:
    with (photos / "manifest.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["file"].startswith("people/") and row["emotion"] == "sad"]
    return [(photos / row["file"]).read_bytes() for row in rows]


async def a_low_week(api: Api, product: Product, photos: Path, name: str, sharing: str) -> None:
    """Five ordinary weeks are there already; the low one is sent as the phone sends it, and the worker reads it."""
    api.http.patch("/me", json={"display_name": name}).raise_for_status()
    choice = {"granted": True, "sharing": sharing}
    api.http.put("/me/consents/share_escalations", json=choice).raise_for_status()
    await steady_weeks(product.home, api.get("/me")["username"], days=35, until=today() - timedelta(days=7))
    low = sad_photos(photos)
    for back in range(6, -1, -1):
        at = now() - timedelta(days=back, minutes=2)
        api.send(low[back % len(low)], at.isoformat(), wait=0)
    await until(lambda: any(one["kind"] == "lower_high" for one in api.get("/notices")["items"]))


async def until(there: Callable[[], bool | Awaitable[bool]], seconds: float = 60) -> None:
    """Not an assertion on time: only how long a busy machine may take before something is wrong."""
    async with asyncio.timeout(seconds):
        while True:
            found = there()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.3)


async def take_step(desk: Page, action: str, note: str = "") -> None:
    await desk.get_by_role("button", name=h(f"do.{action}"), exact=True).click()
    dialog = desk.get_by_role("dialog")
    if note:
        await dialog.get_by_label(h("do.note.label")).fill(note)
    await dialog.get_by_role("button", name=h(f"do.{action}"), exact=True).click()
    await expect(dialog).to_have_count(0)


async def test_a_low_week_leads_to_a_message_a_question_and_a_case_that_hr_settles(
    api: Api, product: Product, photos: Path, person: Person, page: Page, desk: Page, tmp_path: Path
) -> None:
    await desk.get_by_role("navigation").get_by_role("link", name="HR", exact=True).click()
    await expect(desk.locator("[data-line=on]")).to_be_visible()
    row = desk.locator("tr[data-case]", has_text="Noor Haddad")

    await a_low_week(api, product, photos, "Noor Haddad", "ask")
    await until(lambda: [one["status"] for one in api.get("/me/cases")] == ["asked"])
    await person.open()
    await person.log_in(api.get("/me")["username"])
    await expect(page.locator(".note-item h3").first).to_be_visible()
    await person.press("today.share.look")
    preview = page.get_by_role("dialog")
    await expect(preview).to_contain_text("Noor Haddad")
    await expect(preview).to_contain_text("Check-ins were much lower than usual")
    await expect(row).to_have_count(0)
    await preview.get_by_role("button", name=person.say("today.share.yes"), exact=True).click()

    await expect(row).to_be_visible()  # by itself: nobody reloaded
    await expect(row).to_contain_text(h("level.high"))
    await row.get_by_role("link").click()
    await expect(desk.locator(".case-report svg.chart .column").first).to_be_visible()
    await expect(desk.get_by_role("heading", name=h("case.guidance"))).to_be_visible()
    async with desk.expect_download() as download:
        await desk.get_by_role("button", name=h("case.pdf"), exact=True).click()
    await (await download.value).save_as(tmp_path / "case.pdf")
    assert (tmp_path / "case.pdf").read_bytes().startswith(b"%PDF")

    seen = []
    for action, status in (("acknowledge", "acknowledged"), ("contact", "contacted"), ("resolve", "resolved")):
        await take_step(desk, action, f"about {action}")
        await expect(desk.locator(f".case-head [data-status={status}]")).to_be_visible()
        await expect(desk.locator(".history")).to_contain_text(f"about {action}")
        await person.open("/me/cases")
        await expect(page.locator(".card h2").first).to_have_text(person.say(f"me.case.{status}"))
        seen.append(await page.locator("ol[data-states] li").count())
    assert seen == sorted(set(seen)), "each state is added to those before"

    await person.open("/me/access")
    await expect(page.locator(".list")).to_contain_text(re.compile(r"report of case \d+ as a file"))
    assert any(one["kind"] == "case_status" for one in api.get("/notices")["items"])


async def test_with_sharing_never_there_is_no_case(
    api: Api, product: Product, photos: Path, person: Person, page: Page, desk: Page
) -> None:
    await a_low_week(api, product, photos, "Ilse Brandt", "never")
    await until(lambda: nothing_left(product))
    assert api.get("/me/cases") == []
    await person.open()
    await person.log_in(api.get("/me")["username"])
    await expect(page.locator(".note-item h3").first).to_be_visible()
    await expect(page.get_by_text(person.say("today.share"), exact=True)).to_have_count(0)
    await desk.goto("/hr?state=all")
    await expect(desk.locator("[data-line=on]")).to_be_visible()
    await expect(desk.locator("tbody tr, .card.empty").first).to_be_visible()
    await expect(desk.locator("[data-case]", has_text="Ilse Brandt")).to_have_count(0)


async def nothing_left(product: Product) -> bool:
    return await waiting_jobs(product.home, "escalation.consider_case") == 0


async def test_of_two_colleagues_the_second_is_told_and_keeps_the_words(api: Api, product: Product, desk: Page) -> None:
    """The live line is cut, so that only the server can know."""
    api.http.patch("/me", json={"display_name": "Piet de Wit"}).raise_for_status()
    case = api.http.post("/me/cases", json={"note": "My shifts, please."}).json()

    async def cut(route: Route) -> None:
        await route.abort()

    await desk.route(re.compile("/escalations/live$"), cut)
    await desk.goto(f"/hr/cases/{case['id']}")
    await expect(desk.get_by_text("My shifts, please.")).to_be_visible()
    await desk.get_by_role("button", name=h("do.acknowledge"), exact=True).click()
    dialog = desk.get_by_role("dialog")
    await dialog.get_by_label(h("do.note.label")).fill("I call today.")
    faster = Api(product.url).sign_in(**product.demo["logins"]["hr"])
    faster.http.post(f"/hr/escalations/{case['id']}/acknowledge", json={"note": "me first"}).raise_for_status()

    await dialog.get_by_role("button", name=h("do.acknowledge"), exact=True).click()
    await expect(dialog.get_by_role("alert")).to_contain_text(h("do.conflict", status=h("status.acknowledged")))
    await expect(dialog.get_by_label(h("do.note.label"))).to_have_value("I call today.")
    await dialog.get_by_role("button", name=h("do.save"), exact=True).click()
    await expect(dialog).to_have_count(0)
    history = faster.get(f"/hr/escalations/{case['id']}")["history"]
    assert [(event["action"], event["note"]) for event in history[1:]] == [
        ("acknowledge", "me first"),
        ("note", "I call today."),
    ]


async def a_note_begun(desk: Page, api: Api, name: str, words: str) -> Any:
    """A case is open at the desk and somebody is writing about it."""
    api.http.patch("/me", json={"display_name": name}).raise_for_status()
    case = api.http.post("/me/cases", json={"note": f"{name} would like to talk."}).json()
    await desk.goto(f"/hr/cases/{case['id']}")
    await desk.get_by_role("button", name=h("do.note"), exact=True).click()
    await desk.get_by_role("dialog").get_by_label(h("do.note.label")).fill(words)
    return case


async def test_words_outlive_a_closed_dialog_a_lost_network_and_a_sign_in_that_ended(
    api: Api, product: Product, desk: Page
) -> None:
    words = "First line.\nSecond line."
    case = await a_note_begun(desk, api, "מיכל Cohen", words)
    dialog, note = desk.get_by_role("dialog"), desk.get_by_label(h("do.note.label"), exact=True)
    await desk.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await desk.get_by_role("button", name=h("do.note"), exact=True).click()
    await expect(note).to_have_value(words)

    await desk.context.set_offline(True)
    await dialog.get_by_role("button", name=h("do.save"), exact=True).click()
    await expect(dialog.get_by_role("alert")).to_be_visible()
    await desk.context.set_offline(False)

    login = product.demo["logins"]["hr"]
    Api(product.url).sign_in(**login).http.delete("/me/sessions").raise_for_status()
    await dialog.get_by_role("button", name=h("do.save"), exact=True).click()
    again = Person(desk, product, login["username"])
    await again.fill("password", login["password"])
    await again.press("welcome.login")
    await expect(note).to_have_value(words)
    await dialog.get_by_role("button", name=h("do.save"), exact=True).click()
    await expect(dialog).to_have_count(0)
    await expect(desk.locator(".history .written")).to_have_text(words)
    assert await desk.locator(".history .written").evaluate("one => getComputedStyle(one).whiteSpace") == "pre-line"
    history = Api(product.url).sign_in(**login).get(f"/hr/escalations/{case['id']}")["history"]
    assert [one["note"] for one in history] == ["", words]


async def test_a_note_that_is_too_long_says_so_and_stays(api: Api, desk: Page) -> None:
    await a_note_begun(desk, api, "Long Writer", "字" * 2500)
    dialog = desk.get_by_role("dialog")
    await dialog.get_by_role("button", name=h("do.save"), exact=True).click()
    await expect(dialog.get_by_role("alert")).to_have_text(h("do.long", most="2,000", n="2,500"))
    await expect(dialog.get_by_label(h("do.note.label"))).to_have_value("字" * 2500)


async def test_a_case_that_is_taken_back_leaves_the_screen_of_whoever_has_it_open(api: Api, desk: Page) -> None:
    await a_note_begun(desk, api, "Ida Lund", "I wanted to write")
    await expect(desk.get_by_text("Ida Lund would like to talk.")).to_be_visible()
    api.http.put("/me/consents/share_escalations", json={"granted": False}).raise_for_status()
    await expect(desk.get_by_role("alert")).to_contain_text(h("case.gone"))  # by itself: nobody reloaded
    await expect(desk.get_by_text("Ida Lund")).to_have_count(0)
    await desk.get_by_role("main").get_by_role("link", name=h("cases.title"), exact=True).click()
    await expect(desk.get_by_role("heading", name=h("cases.title"))).to_be_visible()


async def test_a_case_that_was_taken_back_leaves_the_screen_though_the_first_look_failed(
    api: Api, product: Product, desk: Page
) -> None:
    await a_note_begun(desk, api, "Tea Horvat", "I wanted to write")

    async def cut(route: Route) -> None:
        await route.abort()

    again = re.compile("/report\\?")
    await desk.route(again, cut)
    async with desk.expect_event("requestfailed", lambda request: bool(again.search(request.url))):
        api.http.put("/me/consents/share_escalations", json={"granted": False}).raise_for_status()
    await desk.unroute(again)
    Api(product.url).register("elsewhere", product.demo["invite_code"]).http.post("/me/cases", json={"note": "Hello."})
    await expect(desk.get_by_role("alert")).to_contain_text(h("case.gone"))


async def test_looking_at_one_case_is_no_look_at_the_others(api: Api, product: Product, desk: Page) -> None:
    other = Api(product.url).register("bystander", product.demo["invite_code"])
    other.http.post("/me/cases", json={"note": "Not for today."}).raise_for_status()
    await a_note_begun(desk, api, "Uma Rao", "x")
    await expect(desk.get_by_role("dialog")).to_be_visible()
    assert [one["what"] for one in other.get("/me/access-log")["items"]] == []


async def test_a_case_that_could_not_be_given_away_is_not_shown_as_given(api: Api, desk: Page) -> None:
    await a_note_begun(desk, api, "Bo Ek", "")
    await desk.keyboard.press("Escape")
    hands = desk.get_by_label(h("do.assign"), exact=True)
    await desk.context.set_offline(True)
    await hands.select_option(index=1)
    await expect(desk.locator(".toast")).to_be_visible()
    await expect(hands).to_have_value("")
    await desk.context.set_offline(False)


async def test_a_case_is_given_back_and_taken_and_filters_find_it(api: Api, product: Product, desk: Page) -> None:
    api.http.patch("/me", json={"display_name": "Rosa Blum"}).raise_for_status()
    case = api.http.post("/me/cases", json={"note": "A word, please."}).json()
    await desk.goto(f"/hr/cases/{case['id']}")
    await desk.get_by_role("button", name=h("do.take"), exact=True).click()
    await expect(desk.locator(".history")).to_contain_text("Hye-jin")
    await desk.goto("/hr?assigned=me")
    row = desk.locator("tr[data-case]", has_text="Rosa Blum")
    await expect(row).to_be_visible()
    await desk.get_by_label(h("filter.assigned"), exact=True).select_option("nobody")
    await expect(row).to_have_count(0)
    await desk.goto(f"/hr/cases/{case['id']}")
    await desk.get_by_label(h("do.assign"), exact=True).select_option("")
    await expect(desk.get_by_role("button", name=h("do.take"), exact=True)).to_be_visible()
    await desk.goto("/hr?assigned=nobody")
    await expect(row).to_be_visible()


async def test_somebody_who_is_not_in_hr_sees_no_console(person: Person, page: Page) -> None:
    await person.arrive()
    await expect(page.get_by_role("link", name=person.say("nav.hr.title"))).to_have_count(0)
    await person.open("/hr")
    await expect(page.get_by_text(h("console.refused"))).to_be_visible()


PAGES = (
    "/hr",
    "/hr/cases/{case}",
    "/hr/insights",
    "/hr/insights?view=trend",
    "/hr/insights?view=stress",
    "/hr/insights?view=hours",
    "/hr/insights?view=groups",
    "/hr/insights?view=participation",
    "/hr/insights?view=wellbeing",
    "/hr/insights?view=groups&department=Workshop",
    "/hr/alerts",
    "/hr/quality",
)


async def look(page: Page, path: str) -> None:
    await page.goto(path)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.locator(".loading")).to_have_count(0)


@pytest.fixture
async def world(product: Product) -> str:
    """Six weeks of an organisation; the id of a case."""
    await live_as_an_organisation(product.home, product.demo["logins"]["hr"]["username"], weeks=6)
    return await a_case(product.home)


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (NARROW, "dark")], ids=["desk", "narrow"])
async def test_axe_finds_nothing_and_nothing_is_cut(
    desk: Page, product: Product, world: str, size: Any, theme: Any
) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci in mobile_client")
    await desk.set_viewport_size(size)
    await desk.emulate_media(color_scheme=theme)
    wrong, wide, small = {}, {}, {}
    for path in PAGES:
        await look(desk, path.format(case=world))
        wrong[path] = await violations(desk)
        wide[path] = await desk.evaluate(TOO_WIDE)
        small[path] = await desk.evaluate(SMALL_TARGETS)
        wide[f"{path} at 200 %"] = await cut_at_double_text(desk)
    assert {path: found for path, found in wrong.items() if found} == {}
    assert {path: found for path, found in wide.items() if found} == {}
    assert {path: found for path, found in small.items() if found} == {}


async def test_figures_have_a_table_a_file_and_a_reason_where_they_are_hidden(
    desk: Page, world: str, tmp_path: Path
) -> None:
    await look(desk, "/hr/insights")
    night = desk.locator("tr", has_text="Night shift")
    await expect(night).to_contain_text(h("insights.hidden"))
    await desk.get_by_text(h("insights.hidden.title"), exact=True).click()
    await expect(desk.get_by_text("at least five people").first).to_be_visible()

    await look(desk, "/hr/insights?view=stress")
    await expect(desk.locator("svg.chart g.series")).to_have_count(3)
    await desk.get_by_text("Show as a table", exact=True).click()
    await expect(desk.locator("tbody tr")).to_have_count(6)
    async with desk.expect_download() as download:
        await desk.get_by_role("button", name=h("insights.file"), exact=True).click()
    await (await download.value).save_as(tmp_path / "stress.csv")
    with (tmp_path / "stress.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["key"] for row in rows} == {"normal", "mild", "high"}


async def test_all_questions_that_were_asked_can_be_read_not_only_the_newest(desk: Page, product: Product) -> None:
    asks = Api(product.url).sign_in(**product.demo["logins"]["hr"])
    for _ in range(25):
        asks.get("/hr/insights/trend")
    await look(desk, "/hr/insights")
    log = desk.locator("details", has_text=h("insights.queries"))
    await log.locator("summary").click()
    await expect(log.locator("li")).to_have_count(20)
    await log.get_by_role("button", name="Show more", exact=True).click()
    await expect(log.locator("li").nth(24)).to_be_visible()


async def test_a_link_to_a_department_that_is_gone_shows_everybody(desk: Page, world: str) -> None:
    await look(desk, "/hr/insights?view=stress&department=Merged%20away")
    await expect(desk.get_by_label(h("insights.department"), exact=True)).to_have_value("")
    await expect(desk.locator("svg.chart g.series")).to_have_count(3)


async def test_an_alert_is_made_and_removed(desk: Page, world: str) -> None:
    await look(desk, "/hr/alerts")
    made = desk.locator("[data-alert=high]")
    await desk.get_by_label(h("alerts.measure"), exact=True).select_option("high")
    amount = desk.get_by_label(re.compile(h("alerts.change")))
    await amount.fill("90")
    await desk.get_by_role("button", name=h("alerts.add"), exact=True).click()
    await expect(desk.get_by_role("alert")).to_be_visible()  # beyond what can be meant
    await amount.fill("10")
    await desk.get_by_role("button", name=h("alerts.add"), exact=True).click()
    await expect(made).to_have_count(1)
    await made.get_by_role("button").click()
    await desk.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    await expect(made).to_have_count(0)


async def test_many_windows_of_the_console_do_not_use_up_the_browsers_connections(desk: Page, api: Api) -> None:
    """A browser opens six connections to a host over HTTP/1.1: a line in each window would leave none to ask by."""
    await desk.goto("/hr")
    await seen(desk, "hidden")
    for _ in range(7):
        window = await desk.context.new_page()
        await window.goto("/hr")
        await expect(window.locator("[data-line=on]")).to_be_visible()
        await seen(window, "hidden")
    api.http.patch("/me", json={"display_name": "Late Comer"}).raise_for_status()
    api.http.post("/me/cases", json={"note": "While nobody looked."}).raise_for_status()
    await seen(desk, "visible")
    await expect(desk.locator("tr[data-case]", has_text="Late Comer")).to_be_visible()


async def seen(page: Page, state: str) -> None:
    """As when another window is put in front of this one, which a browser without a screen does not do."""
    await page.evaluate(
        "state => (Object.defineProperty(document, 'visibilityState', { value: state, configurable: true }),"
        " document.dispatchEvent(new Event('visibilitychange')))",
        state,
    )
