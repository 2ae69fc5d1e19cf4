"""What goes out over Telegram: complete words in each language, buttons that Telegram takes, a week as a picture."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from bot import telegram_out as out
from bot.dialogue.speech import LANGUAGES
from bot.dialogue.turns import Choice, DayMood, OwnRange
from bot.fake_api import FakeTelegram
from bot.week_picture import draw


def keys(node: dict[str, Any], before: str = "") -> set[str]:
    found = set()
    for name, value in node.items():
        found |= keys(value, f"{before}{name}.") if isinstance(value, dict) else {f"{before}{name}"}
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word(language: str) -> None:
    assert keys(out.texts(language)) == keys(out.texts("en"))


def test_another_language_is_answered_in_english() -> None:
    assert out.texts("fr") == out.texts("en")
    assert out.texts("zh-TW") == out.texts("zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_menu_and_buttons_keep_telegrams_limits(language: str) -> None:
    for name, label in out.texts(language)["menu"].items():
        assert name.islower()
        assert 1 <= len(label) <= 256
    identity = uuid4()
    for buttons in (
        out.mood_buttons(language, identity),
        out.helpful_buttons(language, identity),
        out.match_buttons(language, identity),
    ):
        assert all(len(data.encode()) <= out.DATA_BYTES for _, data in buttons)


def test_a_choice_whose_id_does_not_fit_is_left_out() -> None:
    fits, too_long = Choice("x" * 62, "fits"), Choice("x" * 63, "too long")
    assert out.choice_buttons((fits, too_long)) == (("fits", "c:" + "x" * 62),)


def test_short_labels_share_a_row_and_long_ones_do_not() -> None:
    made = out.keyboard((("Yes", "1"), ("No", "2"), ("Nearly every day of the week", "3"), ("Later", "4")))
    assert made is not None
    assert [[button.text for button in row] for row in made.inline_keyboard] == [
        ["Yes", "No"],
        ["Nearly every day of the week"],
        ["Later"],
    ]
    assert out.keyboard(()) is None


def week(*levels: float | None) -> list[DayMood]:
    return [DayMood(date(2026, 11, 15) + timedelta(days=at), level) for at, level in enumerate(levels)]


def test_the_week_is_drawn_with_its_range_and_its_gaps() -> None:
    days = week(0.3, 0.2, None, -0.1, -0.4, None, -0.2)
    pictures = [draw(days, OwnRange(0.1, 0.5)), draw(days, None), draw(week(*[None] * 7), None)]
    sizes = {Image.open(io.BytesIO(picture)).size for picture in pictures}
    assert sizes == {(1080, 720)}
    assert len(set(pictures)) == 3


async def test_sending_says_what_to_do_about_trouble() -> None:
    fake = FakeTelegram()
    async with fake.running():
        await out.send(fake.token, fake.url, 7, "x" * 5000, (("Yes", "c:yes"),))
        assert len(fake.texts()[0]) == out.LONGEST
        assert fake.buttons() == ["c:yes"]
        fake.blocked.add(7)
        with pytest.raises(out.Gone):
            await out.send(fake.token, fake.url, 7, "hello")
        with pytest.raises(out.Refused):
            await out.send("42:another", fake.url, 7, "hello")
    with pytest.raises(out.Busy):
        await out.send(fake.token, fake.url, 7, "hello")
