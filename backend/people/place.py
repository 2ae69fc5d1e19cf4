"""Which country a time zone lies in, by the tz database: whose helplines somebody far from the office needs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files


def country_of(zone: str) -> str | None:
    """ISO 3166-1 alpha-2; None for zones that are no place (UTC, Etc/GMT+3)."""
    return _countries().get(zone)


def countries() -> frozenset[str]:
    """Those that people live in: others have no zone."""
    return frozenset(_countries().values())


@cache
def _countries() -> Mapping[str, str]:
    """Every zone with its country, older names that browsers still use ("Asia/Calcutta") among them."""
    folder = files("tzdata.zoneinfo")
    rows = (line.split("\t") for line in (folder / "zone.tab").read_text("utf-8").splitlines() if line[0] != "#")
    known = {zone: country for country, _, zone, *_ in rows}
    links = (line.split() for line in (folder / "tzdata.zi").read_text("utf-8").splitlines() if line.startswith("L "))
    older = {name: known[target] for _, target, name in links if target in known and "/" in name}
    return {**older, **known}
