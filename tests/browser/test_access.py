"""Everybody can use it: axe on every screen, large targets, narrow screens, large text, the keyboard alone."""

from __future__ import annotations

from typing import Any, Final

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.browser.harness import AXE, PASSWORD, PHONE, Api, Product
from tests.browser.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.shared, pytest.mark.slow]

OPEN = ("/", "/reset", "/help", "/chat/breathe", "/chat/ground", "/kiosk")
SIGNED_IN = (
    "/today",
    "/welcome/consent",
    "/checkin",
    "/checkin/discarded",
    "/outbox",
    "/history",
    "/history?view=trend",
    "/history?view=readings",
    "/reading/{reading}",
    "/history/day/{day}",
    "/history/day/2026-02-30",
    "/chat",
    "/questionnaires",
    "/questionnaire/who5",
    "/me",
    "/me/profile",
    "/me/consents",
    "/me/agreements",
    "/me/channels",
    "/me/access",
    "/me/cases",
    "/me/face",
    "/me/sessions",
    "/me/export",
    "/me/erase",
    "/nowhere",
)

SMALL_TARGETS = """() => [...document.querySelectorAll('button, .button, .choice, .item[href], summary, select, input, .nav-item, .day[href]')]
  .filter((node) => node.checkVisibility() && !node.closest('.hidden') && !node.classList.contains('hidden'))
  .map((node) => [node.closest('label') ?? node, node])
  .filter(([target]) => target.getBoundingClientRect().height < 43.5 || target.getBoundingClientRect().width < 43.5)
  .map(([, node]) => `${node.outerHTML.slice(0, 120)} ${JSON.stringify(node.getBoundingClientRect())}`)"""

TOO_WIDE = """() => document.scrollingElement.scrollWidth > innerWidth
  ? [...document.querySelectorAll('body *')].filter((node) => node.getBoundingClientRect().right > innerWidth + 1
      && !node.closest('.scroll')).map((node) => node.outerHTML.slice(0, 100)).slice(0, 5)
  : []"""


# WCAG 1.4.10: what fits into 320 pixels at 100 % fits a wider screen at 400 %.
NARROW: Final[ViewportSize] = {"width": 320, "height": 640}


async def cut_at_double_text(page: Page) -> list[str]:
    await page.evaluate("document.documentElement.style.fontSize = '200%'")
    found: list[str] = await page.evaluate(TOO_WIDE)
    await page.evaluate("document.documentElement.style.fontSize = ''")
    return found


async def visit(page: Page, path: str, api: Api) -> None:
    if "{" in path:
        reading = api.get("/readings")["items"][0]
        path = path.format(reading=reading["id"], day=reading["captured_at"][:10])
    await page.goto(path)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.locator(".loading")).to_have_count(0)


async def violations(page: Page) -> list[str]:
    await page.evaluate(AXE.read_text("utf-8"))
    found: list[dict[str, Any]] = await page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then((result) => result.violations)"
    )
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]} ({one['nodes'][0]['failureSummary']})" for one in found]


@pytest.fixture
def lived_in(api: Api, photos: Any) -> Api:
    """An account with something on every screen."""
    api.send((photos / "odd" / "quality_good.jpg").read_bytes())
    return api


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing(browser: Browser, product: Product, lived_in: Api, theme: str) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci in mobile_client")
    context = await browser.new_context(
        viewport=PHONE, base_url=product.url, locale="en-GB", color_scheme="dark" if theme == "dark" else "light"
    )
    context.set_default_timeout(10_000)
    page = await context.new_page()
    wrong = {}
    for path in OPEN:
        await visit(page, path, lived_in)
        wrong[path] = await violations(page)
    person = Person(page, product, lived_in.get("/me")["username"])
    await person.open()
    await person.log_in(person.username)
    for path in SIGNED_IN:
        await visit(page, path, lived_in)
        wrong[path] = await violations(page)
    await context.close()
    assert {path: found for path, found in wrong.items() if found} == {}


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_narrow_screen_and_double_text_cut_nothing_and_targets_are_large(
    browser: Browser, product: Product, lived_in: Api, language: str
) -> None:
    context = await browser.new_context(viewport=NARROW, base_url=product.url, locale="en-GB")
    context.set_default_timeout(10_000)
    page = await context.new_page()
    person = Person(page, product, lived_in.get("/me")["username"])
    await person.open()
    await person.speak(language)
    await person.log_in(person.username)
    small, wide = {}, {}
    for path in (*OPEN, *SIGNED_IN):
        await visit(page, path, lived_in)
        small[path] = await page.evaluate(SMALL_TARGETS)
        wide[path] = await page.evaluate(TOO_WIDE)
        wide[f"{path} at 200 %"] = await cut_at_double_text(page)
    await context.close()
    assert {path: found for path, found in wide.items() if found} == {}
    assert {path: found for path, found in small.items() if found} == {}


async def tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate("(wanted) => document.activeElement?.matches(wanted) ?? false", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by the Tab key")


async def test_the_keyboard_alone_is_enough(page: Page, person: Person, lived_in: Api) -> None:
    await person.open()
    await tab_to(page, "input[name=username]")
    await page.keyboard.type(lived_in.get("/me")["username"])
    await tab_to(page, "input[name=password]")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name=person.say("today.checkin"))).to_be_visible()
    await tab_to(page, "a[href='/checkin']")
    await page.keyboard.press("Enter")
    await person.title("capture.title")
    await expect(page.locator(".shutter")).to_be_enabled(timeout=20_000)
    await tab_to(page, ".shutter")
    await page.keyboard.press("Space")
    await person.has_result()
    await tab_to(page, ".button.danger")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert await page.evaluate("document.activeElement.matches('.button.danger')")  # the focus comes back


async def test_a_new_screen_takes_the_focus_to_its_title(page: Page, person: Person) -> None:
    await person.arrive()
    await person.follow("nav.history")
    await expect(page.get_by_role("heading", level=1)).to_be_focused()


async def test_reduced_motion_keeps_the_circle_still(browser: Browser, product: Product) -> None:
    still = {}
    for motion in ("reduce", "no-preference"):
        context = await browser.new_context(base_url=product.url, reduced_motion=motion, locale="en-GB")
        page = await context.new_page()
        await page.goto("/chat/breathe")
        await page.get_by_role("button", name="Start").click()
        circle = page.locator(".breath.in")
        await expect(circle).to_be_attached()
        still[motion] = await circle.evaluate("(node) => getComputedStyle(node).transitionDuration")
        await context.close()
    assert still == {"reduce": "0s", "no-preference": "4s"}
