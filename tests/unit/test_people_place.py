"""Which country a time zone lies in."""

from __future__ import annotations

from zoneinfo import available_timezones

import pytest

from backend.people.place import country_of
from bot.dialogue.speech import helplines


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("Asia/Seoul", "KR"),
        ("Europe/Oslo", "NO"),  # a link to Berlin in the tz database, but another country
        ("Asia/Calcutta", "IN"),
        ("Europe/Kiev", "UA"),
        ("US/Eastern", "US"),
        ("America/Argentina/Cordoba", "AR"),
        ("UTC", None),
        ("Etc/GMT+3", None),
        ("EST", None),
        ("", None),
    ],
)
def test_country_of_a_zone(zone: str, country: str | None) -> None:
    assert country_of(zone) == country


def test_the_countries_of_the_helplines_name_their_zones() -> None:
    """The client guesses by them where there is no server: `bot/dialogue/content/helplines.json`."""
    countries = helplines()["countries"]
    listed = {zone: code for code, entry in countries.items() for zone in entry["zones"]}
    assert {zone: country_of(zone) for zone in listed} == listed
    assert {code for code, entry in countries.items() if not entry["zones"]} == set()


def test_nearly_every_zone_that_people_live_in_has_one() -> None:
    lived_in = {zone for zone in available_timezones() if zone.split("/")[0] in ("Europe", "Asia", "America", "Africa")}
    assert {zone for zone in lived_in if country_of(zone) is None} == set()
