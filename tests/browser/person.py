"""Somebody with a phone in the hand: the steps that the journeys are told in, in any language of the app."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.harness import PASSWORD, ROOT, Product

LANGUAGES = {"en": "English", "zh": "简体中文", "ko": "한국어"}
ENTRY = re.compile(r"^\s*'(?P<key>[\w.-]+)':\s*'(?P<text>(?:[^'\\]|\\.)*)',?\s*$", re.MULTILINE)


def words(language: str) -> dict[str, str]:
    """The app's own texts, so that a journey presses what that language calls it."""
    source = (ROOT / "mobile_client" / "src" / "i18n" / f"{language}.ts").read_text("utf-8")
    return {found["key"]: json.loads(f'"{found["text"]}"') for found in ENTRY.finditer(source)}


@dataclass
class Person:
    page: Page
    product: Product
    username: str
    language: str = "en"

    def say(self, key: str) -> str:
        return words(self.language)[key]

    async def open(self, path: str = "/") -> None:
        await self.page.goto(path)

    async def speak(self, language: str) -> None:
        await self.page.get_by_text(LANGUAGES[language], exact=True).click()
        self.language = language
        await expect(self.page.locator("html")).to_have_attribute("lang", language)

    async def press(self, key: str) -> None:
        await self.page.get_by_role("button", name=self.say(key), exact=True).click()

    async def follow(self, key: str) -> None:
        await self.page.get_by_role("link", name=self.say(key), exact=True).first.click()

    async def fill(self, name: str, text: str) -> None:
        await self.page.locator(f"input[name={name}]").fill(text)

    async def title(self, key: str) -> None:
        await expect(self.page.get_by_role("heading", level=1)).to_have_text(self.say(key))

    async def register(self) -> None:
        await self.press("welcome.register")
        await self.fill("invite_code", self.product.demo["invite_code"])
        await self.fill("username", self.username)
        await self.fill("password", PASSWORD)
        await self.fill("phone", "+44 7911 123456")
        await self.fill("display_name", "Ana")
        await self.press("welcome.register")
        await self.title("consent.title")

    async def choose(self, *, read_photos: bool = True) -> None:
        """Through the three layers of consent."""
        await self.press("app.next")
        photos = self.page.locator("[data-purpose=score_photos]")
        if read_photos:
            await photos.get_by_role("button", name=self.say("consent.agree")).click()
            await expect(photos).to_have_attribute("data-granted", "true")
        await self.press("app.next")
        await self.press("consent.finish")
        await expect(self.page.get_by_role("link", name=self.say("today.checkin"))).to_be_visible()

    async def arrive(self, *, read_photos: bool = True) -> None:
        await self.open()
        await self.register()
        await self.choose(read_photos=read_photos)

    async def log_in(self, username: str, password: str = PASSWORD) -> None:
        await self.fill("username", username)
        await self.fill("password", password)
        await self.press("welcome.login")
        await expect(self.page.get_by_role("link", name=self.say("today.checkin"))).to_be_visible()

    async def check_in(self) -> None:
        """From Today to the shutter."""
        await self.follow("today.checkin")
        shutter = self.page.get_by_role("button", name=self.say("capture.shutter"))
        await expect(shutter).to_be_enabled(timeout=20_000)
        await shutter.click()

    async def check_in_from_album(self, photo: Path) -> None:
        await self.follow("today.checkin")
        await self.page.get_by_label(self.say("capture.album")).set_input_files(photo)

    async def has_result(self) -> None:
        await expect(self.page).to_have_url(re.compile(r"/reading/"), timeout=20_000)
        await expect(self.page.locator(".result-sentence")).to_be_visible()
