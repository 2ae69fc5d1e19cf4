"""A real Chromium on the real product. Skipped with a reason where a part of that is not on the machine."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.browser.harness import DIST, PHONE, Api, Product, clip_frames, find_chromium, launch, write_camera
from tests.browser.person import Person

_numbers = itertools.count(1)


@pytest.fixture(scope="session", autouse=True)
def _machine() -> None:
    if find_chromium() is None:
        pytest.skip("no Chromium on this machine (EVENKEEL_CHROMIUM names one)")
    if not DIST.is_file():
        pytest.skip("the phone client is not built: npm ci && npm run build in mobile_client")


@pytest.fixture(scope="session")
def camera(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clip's happy part, so that what is read is known."""
    frames = clip_frames(photos / "clip" / "neutral_happy_sad.mp4", 2.5, 1.0)
    return write_camera(frames, tmp_path_factory.mktemp("camera") / "face.mjpeg")


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    running = Product()
    try:
        running.start()
        yield running
    finally:
        running.discard()


@pytest.fixture(scope="session")
async def browser(camera: Path) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await launch(playwright, camera)
        yield running
        await running.close()


@pytest.fixture
async def context(browser: Browser, product: Product) -> AsyncIterator[BrowserContext]:
    """A phone that has never seen the app, with the camera allowed."""
    made = await browser.new_context(
        viewport=PHONE, base_url=product.url, locale="en-GB", timezone_id="Europe/London", has_touch=True
    )
    made.set_default_timeout(10_000)
    await made.grant_permissions(["camera"], origin=product.url)
    yield made
    await made.close()


@pytest.fixture
async def page(context: BrowserContext) -> AsyncIterator[Page]:
    """Fails the test when the page reports an error of its own or asks anybody but us."""
    opened = await context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda line: wrong.append(line.text) if "Content Security Policy" in line.text else None)
    opened.on("request", lambda asked: wrong.append(asked.url) if _foreign(asked.url) else None)
    yield opened
    assert not wrong


def _foreign(address: str) -> bool:
    return address.startswith(("http:", "https:")) and "//127.0.0.1:" not in address


@pytest.fixture
def api(product: Product) -> Api:
    """A new account that has agreed to photos being read."""
    return Api(product.url).register(f"person{next(_numbers)}", product.demo["invite_code"]).consent("score_photos")


@pytest.fixture
def person(page: Page, product: Product) -> Person:
    """Drives the app as somebody with a new account would."""
    return Person(page, product, f"visitor{next(_numbers)}")
