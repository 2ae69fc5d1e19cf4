"""Checking in with a clip, as a browser's own recorder makes it, and looking at what it shows."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from ml.units.landmarker import installed
from tests.browser.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.shared, pytest.mark.slow]


async def test_record_a_clip_and_see_how_the_expression_changed(person: Person, page: Page) -> None:
    await person.arrive()
    await person.open("/checkin")
    await person.follow("clip.link")
    start = page.get_by_role("button", name=person.say("clip.start"), exact=True)
    await expect(start).to_be_enabled()
    await start.click()
    await expect(page.locator("[data-recording=true]")).to_be_visible()
    await page.go_back()  # in the middle of it: nothing is sent
    await person.follow("clip.link")
    await expect(start).to_be_enabled()
    await expect(page).to_have_url(re.compile(r"/checkin/clip$"))
    await start.click()
    stop = page.get_by_role("button", name=person.say("clip.stop"), exact=True)
    await expect(stop).to_be_enabled(timeout=15_000)  # three seconds must have passed
    await stop.click()
    await expect(page).to_have_url(re.compile(r"/reading/"), timeout=90_000)
    await expect(page.get_by_text(person.say("clip.timeline"))).to_be_visible()
    chart = page.locator("svg.chart[role=img]")
    await expect(chart).to_have_attribute("aria-label", re.compile(person.say("emotion.happy")))
    await expect(chart.locator("path.l-happy").first).to_be_attached()
    await page.get_by_text(person.say("reading.how"), exact=True).click()
    units = page.locator("[data-units]")
    await expect(units).to_have_attribute("data-units", "true" if installed() else "false")
    if installed():
        await expect(units).to_contain_text(person.say("unit.AU12"))  # the clip shows a smile at that time
