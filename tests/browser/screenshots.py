"""Pictures of every screen, 390x844, light and dark, and of the HR console at 1440x900 and 390x844, into docs/screenshots:
`python -m tests.browser.screenshots`.

The camera shows a drawn figure: no picture of a person is part of the project. `--url` takes a running product and
`--only NAME` one screen.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright
from playwright.async_api import Error as PlaywrightError

from tests.browser.harness import DESK, PHONE, ROOT, Api, Product, launch, write_camera
from tests.browser.hr_world import a_case, live_as_an_organisation

OUT = ROOT / "docs" / "screenshots"
MANIFEST = ROOT.parent / "shared" / "data" / "photos" / "manifest.csv"
Step = Callable[[Page], Awaitable[object]]


@dataclass(frozen=True)
class Shot:
    name: str
    path: str
    prepare: Step | None = None
    signed_in: bool = True


async def _register(page: Page) -> None:
    await page.locator("form button[type=button]").nth(0).click()


async def _camera(page: Page) -> None:
    await page.wait_for_selector("video[data-live=true]")
    await page.wait_for_timeout(800)


async def _newest(page: Page) -> None:
    await page.locator(".reading-row a.item").nth(1).click()
    await page.wait_for_selector(".bar-row")


async def _how(page: Page) -> None:
    await _newest(page)
    await page.locator("summary").click()
    await page.locator("summary").scroll_into_view_if_needed()


async def _abstained(page: Page) -> None:
    await page.locator(".reading-row a.item").nth(0).click()
    await page.wait_for_selector("[data-abstained]")


async def _delete(page: Page) -> None:
    await page.locator(".reading-row button").first.click()
    await page.wait_for_selector("dialog[open]")


async def _day(page: Page) -> None:
    await page.locator("a.day").last.click()
    await page.wait_for_selector("svg.chart")


async def _consent_choices(page: Page) -> None:
    for _ in range(2):
        await page.locator(".button.primary").last.click()


async def _start_breathing(page: Page) -> None:
    await page.locator(".button.primary").click()
    await page.wait_for_timeout(4500)


SHOTS = (
    Shot("welcome", "/", signed_in=False),
    Shot("register", "/", _register, signed_in=False),
    Shot("reset", "/reset", signed_in=False),
    Shot("help", "/help", signed_in=False),
    Shot("consent-what", "/welcome/consent"),
    Shot("consent-choices", "/welcome/consent", _consent_choices),
    Shot("today", "/today"),
    Shot("check-in", "/checkin", _camera),
    Shot("result", "/history?view=readings", _newest),
    Shot("result-how", "/history?view=readings", _how),
    Shot("result-abstained", "/history?view=readings", _abstained),
    Shot("outbox", "/outbox"),
    Shot("history-month", "/history"),
    Shot("history-trend", "/history?view=trend"),
    Shot("history-readings", "/history?view=readings"),
    Shot("history-delete", "/history?view=readings", _delete),
    Shot("history-day", "/history", _day),
    Shot("chat", "/chat"),
    Shot("breathe", "/chat/breathe", _start_breathing),
    Shot("ground", "/chat/ground"),
    Shot("questionnaires", "/questionnaires"),
    Shot("questionnaire", "/questionnaire/who5"),
    Shot("me", "/me"),
    Shot("me-profile", "/me/profile"),
    Shot("me-consents", "/me/consents"),
    Shot("me-agreements", "/me/agreements"),
    Shot("me-messages", "/me/channels"),
    Shot("me-access", "/me/access"),
    Shot("me-shared", "/me/cases"),
    Shot("me-face", "/me/face"),
    Shot("me-sessions", "/me/sessions"),
    Shot("me-export", "/me/export"),
    Shot("me-erase", "/me/erase"),
    Shot("kiosk", "/kiosk"),
)


async def _step(page: Page) -> None:
    await page.locator(".case-side .button.primary").click()
    await page.wait_for_selector("dialog[open]")


async def _live(page: Page) -> None:
    await page.wait_for_selector("[data-line=on]")


async def _chart(page: Page) -> None:
    """On a phone the chart lies below the words."""
    await page.locator(".canvas svg").first.wait_for()
    await page.locator(".canvas").first.evaluate("node => node.scrollIntoView({block: 'center'})")


async def _confusion(page: Page) -> None:
    await page.locator(".confusion").scroll_into_view_if_needed()


async def _false_alerts(page: Page) -> None:
    await page.locator(".detectors").scroll_into_view_if_needed()


async def _why_hidden(page: Page) -> None:
    await page.locator("details summary").first.click()


# What HR sees, at a desk and on a phone; {case} is the one with most to show.
HR_SHOTS = (
    Shot("hr-today", "/today"),
    Shot("hr-cases", "/hr", _live),
    Shot("hr-case", "/hr/cases/{case}"),
    Shot("hr-case-chart", "/hr/cases/{case}", _chart),
    Shot("hr-case-step", "/hr/cases/{case}", _step),
    Shot("hr-insights", "/hr/insights", _why_hidden),
    Shot("hr-insights-trend", "/hr/insights?view=trend&weeks=26", _chart),
    Shot("hr-insights-stress", "/hr/insights?view=stress&weeks=26", _chart),
    Shot("hr-insights-hours", "/hr/insights?view=hours&weeks=26", _chart),
    Shot("hr-insights-groups", "/hr/insights?view=groups&weeks=26"),
    Shot("hr-insights-participation", "/hr/insights?view=participation&weeks=26", _chart),
    Shot("hr-insights-support", "/hr/insights?view=support&weeks=26", _chart),
    Shot("hr-insights-who5", "/hr/insights?view=wellbeing&weeks=26", _chart),
    Shot("hr-insights-hidden", "/hr/insights?view=groups&department=Workshop"),
    Shot("hr-alerts", "/hr/alerts"),
    Shot("hr-quality", "/hr/quality"),
    Shot("hr-quality-confusion", "/hr/quality", _confusion),
    Shot("hr-quality-alerts", "/hr/quality", _false_alerts),
)


def live_six_weeks(url: str, login: dict[str, str]) -> None:
    """Check-ins of the demo person through the API: mostly bright or calm, low in the last days, with gaps."""
    api = Api(url).sign_in(login["username"], login["password"]).consent("score_photos")
    api.http.patch("/me", json={"display_name": "Ana", "timezone": "Europe/Berlin"})
    api.http.put("/me/consents/share_escalations", json={"granted": True, "sharing": "ask"})
    if not MANIFEST.is_file() or api.get("/readings")["items"]:
        return
    with MANIFEST.open() as file:
        rows = [row for row in csv.DictReader(file) if row["file"].startswith("people/")]
    by_mood: dict[str, list[bytes]] = {}
    for row in rows:
        by_mood.setdefault(row["emotion"], []).append((MANIFEST.parent / row["file"]).read_bytes())
    now = datetime.now(UTC)
    for back in range(45, 0, -1):
        if back % 7 == 3 or back % 11 == 5:
            continue
        for hour, mood in ((8, "happy"), (11, "neutral"), (15, "happy")) if back > 2 else ((9, "sad"), (14, "sad")):
            photos = by_mood[mood]
            at = (now - timedelta(days=back)).replace(hour=hour, minute=back % 60)
            api.send(photos[(back * 3 + hour) % len(photos)], at.isoformat(), wait=0)
    for minutes, photo in ((9, by_mood["sad"][1]), (6, by_mood["happy"][0])):
        api.send(photo, (now - timedelta(minutes=minutes)).isoformat())
    api.send((MANIFEST.parent / "odd" / "quality_dark.jpg").read_bytes(), now.isoformat())
    api.http.post("/selfreports", json={"instrument": "mood", "answers": [3]})
    api.http.post("/selfreports", json={"instrument": "who5", "answers": [3, 2, 3, 2, 3]})
    api.http.post("/chat/messages", json={"text": "I feel stressed, there is too much to do"})


def drawn_figure(shift: int) -> NDArray[np.uint8]:
    """A head and shoulders in three flat tones on a wall; nobody's face."""
    wall = np.linspace(205, 170, 480, dtype=np.uint8)[:, None, None]
    picture = np.ascontiguousarray(np.broadcast_to(wall, (480, 640, 3)) * np.array([0.96, 1.0, 1.0])).astype(np.uint8)
    cv2.ellipse(picture, (320 + shift, 500), (190, 150), 0, 180, 360, (110, 112, 60), -1, cv2.LINE_AA)
    cv2.rectangle(picture, (285 + shift, 300), (355 + shift, 380), (140, 165, 205), -1)
    cv2.ellipse(picture, (320 + shift, 215), (95, 125), 0, 0, 360, (155, 182, 222), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (320 + shift, 150), (104, 92), 0, 180, 360, (52, 58, 70), -1, cv2.LINE_AA)
    for side in (-38, 38):
        cv2.ellipse(picture, (320 + shift + side, 208), (11, 7), 0, 0, 360, (60, 64, 74), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (320 + shift, 270), (34, 16), 0, 15, 165, (92, 96, 170), 4, cv2.LINE_AA)
    return picture


def squeeze(raw: bytes, target: Path) -> None:
    """64 colours are plenty for flat screens and keep the folder small."""
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        file.write(raw)
        file.flush()
        Image.open(file.name).convert("RGB").quantize(96, dither=Image.Dither.NONE).save(target, optimize=True)


async def take(page: Page, shot: Shot, theme: str, folder: Path, **known: str) -> None:
    await page.goto(shot.path.format(**known))
    await page.wait_for_selector("h1")
    await page.wait_for_selector(".loading", state="detached")
    if shot.prepare:
        await shot.prepare(page)
    await page.wait_for_timeout(400)
    squeeze(await page.screenshot(), folder / f"{shot.name}-{theme}.png")


async def sign_in(page: Page, product_login: dict[str, str]) -> None:
    await page.goto("/")
    await page.fill("input[name=username]", product_login["username"])
    await page.fill("input[name=password]", product_login["password"])
    await page.click("button[type=submit]")
    await page.wait_for_selector("nav.nav")


async def all_shots(browser: Browser, url: str, login: dict[str, str], args: argparse.Namespace) -> list[str]:
    """Takes what was asked for; returns what could not be taken."""
    missed = []
    for theme in ("light", "dark"):
        context = await browser.new_context(
            viewport=PHONE,
            base_url=url,
            color_scheme="dark" if theme == "dark" else "light",
            locale=args.locale,
            timezone_id="Europe/Berlin",
            has_touch=True,
        )
        context.set_default_timeout(5_000)
        await context.grant_permissions(["camera"], origin=url)
        page = await context.new_page()
        wanted = [shot for shot in SHOTS if not args.only or shot.name in args.only]
        for signed_in in (False, True):
            if signed_in:
                await sign_in(page, login)
            for shot in (shot for shot in wanted if shot.signed_in == signed_in):
                try:
                    await take(page, shot, theme, args.out)
                except PlaywrightError as error:
                    missed.append(f"{shot.name} ({theme}): {str(error).splitlines()[0]}")
        await context.close()
    return missed


async def hr_shots(browser: Browser, product: Product, url: str, args: argparse.Namespace) -> list[str]:
    """The console on data of months, at both sizes; in the dark at the desk only where it differs most."""
    wanted = [shot for shot in HR_SHOTS if not args.only or shot.name in args.only]
    if not wanted:
        return []
    login = product.demo["logins"]["hr"]
    await live_as_an_organisation(product.home, login["username"])
    case, missed = await a_case(product.home), []
    for size, viewport, scheme in (("desk", DESK, "light"), ("phone", PHONE, "light"), ("desk-dark", DESK, "dark")):
        context = await browser.new_context(
            viewport=viewport, base_url=url, color_scheme=scheme, locale=args.locale, timezone_id="Europe/Berlin"
        )
        context.set_default_timeout(10_000)
        page = await context.new_page()
        await sign_in(page, login)
        for shot in (shot for shot in wanted if size != "desk-dark" or shot.name in DARK_TOO):
            try:
                await take(page, shot, size, args.out, case=case)
            except PlaywrightError as error:
                missed.append(f"{shot.name} ({size}): {str(error).splitlines()[0]}")
        await context.close()
    return missed


DARK_TOO = ("hr-cases", "hr-case", "hr-insights-trend", "hr-quality-confusion")


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="a running product; its demo.json is read from --home")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--only", action="append")
    parser.add_argument("--locale", default="en-GB")
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    product = Product(home=args.home) if args.home else Product()
    if not args.url:
        product.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            frames = [drawn_figure(int(4 * np.sin(step / 5))) for step in range(30)]
            camera = write_camera(frames, Path(folder) / "figure.mjpeg")
            async with async_playwright() as playwright:
                browser = await launch(playwright, camera)
                login, url = product.demo["logins"]["employee"], args.url or product.url
                for one in product.demo["logins"].values():  # the app speaks the account's language
                    Api(url).sign_in(**one).http.patch("/me", json={"locale": args.locale[:2]}).raise_for_status()
                missed = []
                if not args.only or {shot.name for shot in SHOTS} & set(args.only):
                    live_six_weeks(url, login)
                    missed = await all_shots(browser, url, login, args)
                missed += await hr_shots(browser, product, url, args)
                await browser.close()
    finally:
        if not args.url:
            product.discard()
    print(*missed, sep="\n")
    return len(missed)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
