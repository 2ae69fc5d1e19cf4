"""Bad weather: no network, a server that goes away, slow lines, ended sessions, a camera that is not allowed."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, async_playwright, expect

from tests.browser.harness import DIST, PASSWORD, PHONE, Api, Product, launch
from tests.browser.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.shared, pytest.mark.slow]


async def readings_of(page: Page, person: Person) -> int:
    await person.open("/history?view=readings")
    await expect(page.locator(".reading-row, .empty").first).to_be_visible()
    return await page.locator(".reading-row").count()


async def worker_is_ready(page: Page) -> None:
    await page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")


async def check_in_without_network(person: Person, page: Page, context: BrowserContext) -> None:
    """From Today; the network is gone when the shutter is pressed, and the photo is kept."""
    await person.follow("today.checkin")
    shutter = page.get_by_role("button", name=person.say("capture.shutter"))
    await expect(shutter).to_be_enabled(timeout=20_000)
    await context.set_offline(True)
    await shutter.click()
    await expect(page.locator("[data-state=kept]")).to_be_visible()


async def test_an_offline_check_in_arrives_once_after_the_server_has_been_restarted(
    person: Person, page: Page, context: BrowserContext, product: Product
) -> None:
    await person.arrive()
    await worker_is_ready(page)
    await check_in_without_network(person, page, context)

    await page.reload()  # the phone was put away; the app opens without a network
    await person.open("/today")
    await expect(page.locator("[data-waiting='1']")).to_be_visible()

    product.stop()
    product.start()
    await context.set_offline(False)
    await expect(page.locator("[data-waiting]")).to_have_count(0, timeout=30_000)
    assert await readings_of(page, person) == 1


async def test_when_the_answer_gets_lost_the_photo_still_counts_once(person: Person, page: Page) -> None:
    await person.arrive()
    lost = []

    async def lose_the_first_answer(route: Route) -> None:
        answer = await route.fetch()
        if lost:
            await route.fulfill(response=answer)
        else:
            lost.append(answer.status)
            await route.abort("connectionreset")

    await page.route(re.compile(r"/api/v1/snapshots$"), lose_the_first_answer)
    await person.check_in()
    await person.has_result()
    assert lost == [201]
    assert await readings_of(page, person) == 1


async def test_when_the_answer_to_registering_gets_lost_the_second_try_comes_in(
    person: Person, page: Page, product: Product
) -> None:
    admin = Api(product.url).sign_in(**product.demo["logins"]["admin"])
    once = admin.http.post("/admin/invites", json={}).json()["code"]

    async def lose_the_answer(route: Route) -> None:
        await route.fetch()
        await route.abort("connectionreset")

    await page.route(re.compile("/accounts$"), lose_the_answer, times=1)
    await person.open()
    await person.press("welcome.register")
    given = {"invite_code": once, "username": person.username, "password": PASSWORD, "phone": "+44 7911 123456"}
    for name, text in given.items():
        await person.fill(name, text)
    await person.press("welcome.register")
    await expect(page.get_by_text(person.say("error.offline"))).to_be_visible()
    await person.press("welcome.register")
    await person.title("consent.title")


async def test_a_slow_line_shows_that_something_happens(person: Person, page: Page) -> None:
    await person.arrive()

    async def slowly(route: Route) -> None:
        await asyncio.sleep(2)
        await route.continue_()

    await page.route(re.compile(r"/api/v1/snapshots$"), slowly)
    await person.check_in()
    await expect(page.get_by_text(person.say("outbox.reading"), exact=True)).to_be_visible()
    await person.has_result()


async def test_a_session_that_ends_in_the_middle_returns_to_the_same_place(
    person: Person, page: Page, context: BrowserContext
) -> None:
    await person.arrive()
    await context.clear_cookies()

    async def with_a_broken_token(route: Route) -> None:
        await route.continue_(headers={**route.request.headers, "authorization": "Bearer broken"})

    await page.route(re.compile(r"/api/v1/(me|readings)"), with_a_broken_token)
    await person.follow("nav.history")
    await page.get_by_role("link", name=person.say("history.readings"), exact=True).click()
    await expect(page.get_by_text(person.say("welcome.expired"))).to_be_visible()
    await page.unroute_all()
    await person.fill("password", "a calm harbour at dawn")
    await person.press("welcome.login")
    await person.title("history.title")


async def test_a_second_person_on_the_same_phone_gets_nothing_of_the_first(
    person: Person, page: Page, context: BrowserContext
) -> None:
    await person.arrive()
    await person.open("/help")
    await page.get_by_label(person.say("help.plan.call")).fill("My sister")
    await page.wait_for_timeout(500)  # saved a moment after the last key
    await page.get_by_label(person.say("help.country")).select_option("KR")
    await page.evaluate("localStorage.setItem('evenkeel.zone-kept', 'Europe/London Asia/Seoul')")
    await person.open("/today")
    await check_in_without_network(person, page, context)
    await person.follow("app.home")
    await person.follow("nav.me")
    await person.press("me.logout")
    await expect(page.get_by_role("dialog")).to_contain_text(person.say("me.logout.plan"))
    await page.get_by_role("dialog").get_by_role("button", name=person.say("me.logout")).click()
    await context.set_offline(False)
    await expect(page.locator("input[name=username]")).to_have_value("")
    left = await page.evaluate(
        """new Promise((resolve) => {
             const opened = indexedDB.open('evenkeel');
             opened.onsuccess = () => {
               const kept = opened.result.transaction(['outbox', 'local']);
               const photos = kept.objectStore('outbox').getAllKeys();
               const local = kept.objectStore('local').getAllKeys();
               kept.oncomplete = () => resolve([photos.result, local.result, Object.keys(localStorage)]);
             };
           })"""
    )
    assert left[:2] == [[], ["language"]]
    assert set(left[2]) <= {"evenkeel.language", "evenkeel.theme", "evenkeel.leaving"}
    await person.open("/help")
    await expect(page.get_by_label(person.say("help.plan.call"))).to_have_value("")


async def test_a_camera_that_is_not_allowed_leaves_the_album(
    product: Product, camera: Path, photos: Path, page: Page, person: Person
) -> None:
    await person.arrive()
    async with async_playwright() as playwright:
        shy = await launch(playwright, camera, allow=False)
        context = await shy.new_context(viewport=PHONE, base_url=product.url, locale="en-GB")
        other = Person(await context.new_page(), product, person.username)
        await other.open()
        await other.log_in(person.username)
        await other.follow("today.checkin")
        await expect(other.page.get_by_role("alert")).to_contain_text(person.say("capture.denied"))
        await other.page.get_by_label(person.say("capture.album")).set_input_files(photos / "odd" / "quality_good.jpg")
        await other.has_result()
        await shy.close()


async def test_a_new_version_asks_before_it_takes_over(person: Person, page: Page) -> None:
    await person.open()
    await page.evaluate(
        "navigator.serviceWorker.controller ? undefined : new Promise((taken) => "
        "navigator.serviceWorker.addEventListener('controllerchange', () => taken()))"
    )
    worker = DIST.parent / "sw.js"
    before = worker.read_bytes()
    try:
        worker.write_bytes(before + b"\n// a newer version\n")
        await page.evaluate(
            "navigator.serviceWorker.getRegistration().then((one) => one.update()).then(() => undefined)"
        )
        await expect(page.get_by_text(person.say("app.update"))).to_be_visible()
        async with page.expect_navigation():
            await person.press("app.update.now")
        await expect(page.get_by_text(person.say("app.update"))).to_have_count(0)
    finally:
        worker.write_bytes(before)


@pytest.mark.parametrize("status", [429, 500])
async def test_a_server_in_trouble_signs_nobody_out(person: Person, page: Page, status: int) -> None:
    await person.arrive()

    async def trouble(route: Route) -> None:
        await route.fulfill(status=status, json={"code": "trouble"})

    await page.route(re.compile("/auth/refresh$"), trouble, times=1)
    await person.open("/today")
    await expect(page.get_by_role("link", name=person.say("today.checkin"))).to_be_visible()
    await expect(page.locator("input[name=username]")).to_have_count(0)
    assert await readings_of(page, person) == 0


async def test_a_phone_on_another_clock_shows_the_persons_days_and_asks_once(
    person: Person, browser: Browser, product: Product, api: Api
) -> None:
    await person.arrive()
    account = api.sign_in(person.username, PASSWORD)
    # Wherever in the day London is: a place where it is another day.
    zone = "Pacific/Kiritimati" if datetime.now(UTC).hour >= 10 else "Pacific/Pago_Pago"
    away = await browser.new_context(
        viewport=PHONE, base_url=product.url, locale="ko-KR", timezone_id=zone, has_touch=True
    )
    await away.grant_permissions(["camera"], origin=product.url)
    page = await away.new_page()
    traveller = Person(page, product, person.username, "ko")
    question, date = page.locator("[data-zone]"), page.locator("main > .stack > p.muted")
    await traveller.open()
    await traveller.fill("username", person.username)
    await traveller.fill("password", PASSWORD)
    await traveller.press("welcome.login")
    traveller.language = "en"  # the account's, not the phone's
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(date).to_contain_text(f" {datetime.now(ZoneInfo('Europe/London')).day} ")

    await traveller.check_in()
    await traveller.has_result()
    counted = page.get_by_role("link", name=traveller.say("today.open"))
    for _ in range(20):  # the day's mean is a job of its own
        await traveller.open("/today")
        await expect(date).to_be_visible()
        if await counted.count():
            break
        await page.wait_for_timeout(500)
    await expect(counted).to_be_visible()

    await question.get_by_role("button", name=traveller.say("today.zone.keep")).click()
    await expect(question).to_have_count(0)
    await page.reload()
    await expect(date).to_be_visible()
    await expect(question).to_have_count(0)
    assert account.get("/me")["timezone"] == "Europe/London"

    await page.evaluate("localStorage.removeItem('evenkeel.zone-kept')")
    await page.reload()
    await question.get_by_role("button").first.click()
    await expect(question).to_have_count(0)
    await expect(date).to_contain_text(f" {datetime.now(ZoneInfo(zone)).day} ")
    me = account.get("/me")
    assert (me["timezone"], me["locale"]) == (zone, "en")
    await away.close()


async def test_a_log_out_without_a_network_holds_when_it_is_back(
    person: Person, page: Page, context: BrowserContext
) -> None:
    """No script can remove the cookie of the sign-in, so the next page could have been the last person's."""
    await person.arrive()
    await person.open("/me")
    await worker_is_ready(page)
    other = await context.new_page()
    await other.goto("/me")
    await expect(other.get_by_role("heading", level=1)).to_have_text(person.say("me.title"))
    await context.set_offline(True)
    await person.press("me.logout")
    for tab in (page, other):
        await expect(tab.get_by_role("button", name=person.say("welcome.login"), exact=True)).to_be_visible()
    await other.close()
    await page.reload()
    await expect(page.locator("input[name=username]")).to_have_value("")
    await context.set_offline(False)
    async with page.expect_response(re.compile("/auth/logout$")) as told:
        await person.open("/today")
    assert (await told.value).status == 204
    await page.wait_for_load_state("networkidle")
    await expect(page.locator("input[name=username]")).to_have_value("")
    assert "evenkeel_refresh" not in {cookie["name"] for cookie in await context.cookies()}
    await person.log_in(person.username)


async def test_photos_wait_for_their_owner_whatever_is_typed_at_the_door(
    person: Person, page: Page, context: BrowserContext
) -> None:
    """After the sign-in has ended: a slip of the finger, the wrong password, other letters, and then the right ones."""
    await person.arrive()
    await check_in_without_network(person, page, context)
    await context.clear_cookies()
    await context.set_offline(False)
    await person.open()
    await page.fill("input[name=username]", f"{person.username}x")
    await page.fill("input[name=password]", PASSWORD)
    await person.press("welcome.login")
    await expect(page.get_by_text(person.say("error.credentials"))).to_be_visible()
    await person.open()
    await expect(page.locator("input[name=username]")).to_have_value(person.username)
    wide = chr(ord(person.username[0]) + 0xFEE0)  # as an East Asian keyboard may type it
    await person.log_in(wide + person.username[1:].upper())
    async with asyncio.timeout(30):
        while await readings_of(page, person) == 0:
            await page.wait_for_timeout(500)


async def test_help_and_safety_plan_work_without_a_network(person: Person, page: Page, context: BrowserContext) -> None:
    await person.open()
    await worker_is_ready(page)
    await person.open("/help")
    call, country = page.get_by_label(person.say("help.plan.call")), page.get_by_label(person.say("help.country"))
    await call.fill("My sister")
    await page.wait_for_timeout(500)  # saved a moment after the last key
    await country.select_option("")
    await context.set_offline(True)
    await page.reload()
    await expect(call).to_have_value("My sister")
    await expect(country).to_have_value("")  # none of them, as was chosen
    await expect(page.locator("a[href^='tel:']").first).to_be_visible()
    await call.fill("My brother")
    await person.press("help.plan.clear")  # before the last key is saved
    await page.wait_for_timeout(500)
    await page.reload()
    await expect(call).to_have_value("")
