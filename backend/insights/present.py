"""From what was published to what a page says: labels, reasons, and the deployment policy as the last gate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from backend.insights.policy import DEFAULT, PANEL_OF, Reason, View, last_settled, next_publication
from backend.insights.schemas import DepartmentRef, FigureOut, InsightPage, ScaleOut, ScopeFigures, WeekFigures
from backend.insights.texts import ABOUT, KEYS, REASONS, TITLES, label_of, say
from backend.policy import named
from backend.tables import Department

SCALES: Final[Mapping[View, ScaleOut]] = {
    "trend": ScaleOut(low=-1, high=1, unit="balance"),
    "stress": ScaleOut(low=0, high=1, unit="share"),
    "hours": ScaleOut(low=0, high=1, unit="share"),
    "groups": ScaleOut(low=-1, high=1, unit="balance"),
    "participation": ScaleOut(low=0, high=1, unit="share"),
    "support": ScaleOut(low=0, high=1, unit="share"),
    "wellbeing": ScaleOut(low=0, high=100, unit="points"),
}

PLACES: Final = {key: place for place, key in enumerate(KEYS)}


def allowed(view: View, policy: str) -> bool:
    """Everything but questionnaires comes from faces, be it only that somebody checked in."""
    return PANEL_OF[view] == "wellbeing" or named(policy).face_derived_for_hr


def whole_page_hidden(view: View, policy: str, department: Department | None) -> Reason | None:
    if not allowed(view, policy):
        return "policy"
    return "no_crossing" if view == "groups" and department is not None else None


def page_of(
    view: View,
    published: Sequence[tuple[date, Mapping[str, Any]]],
    *,
    department: Department | None,
    span: tuple[date, date],
    policy: str,
    today: date,
    locale: str,
) -> InsightPage:
    hidden = whole_page_hidden(view, policy, department)
    weeks = [] if hidden else [_week(week, figures, locale) for week, figures in published if figures]
    if not weeks and hidden is None:
        hidden = "too_few" if span[0] <= last_settled(today) else "not_yet"
    used = {figure.hidden for week in weeks for figure in week.figures if figure.hidden} | (
        {hidden} if hidden else set()
    )
    return InsightPage(
        view=view,
        title=say(TITLES[view], locale),
        about=say(ABOUT[view], locale),
        department=ref(department),
        first=span[0],
        last=span[1],
        scale=SCALES[view],
        weeks=weeks,
        hidden=hidden,
        reasons=sentences(used, locale),
        next_publication=next_publication(today, DEFAULT),
    )


def sentences(used: Iterable[Reason], locale: str) -> dict[Reason, str]:
    return {reason: say(REASONS[reason], locale) for reason in sorted(used)}


def ref(department: Department | None) -> DepartmentRef | None:
    return DepartmentRef(id=department.id, name=department.name) if department else None


def _week(week: date, figures: Mapping[str, Any], locale: str) -> WeekFigures:
    shown = [figure_of(key, figures[key], locale) for key in sorted(figures, key=_place)]
    return WeekFigures(week=week, until=week + timedelta(days=6), figures=shown)


def _place(key: str) -> int:
    """In the order of the words; hours lead theirs, age bands follow."""
    return PLACES.get(key, -1 if key.startswith("hour.") else len(PLACES))


def figure_of(key: str, stored: Mapping[str, Any] | None, locale: str) -> FigureOut:
    """What is not stored was never published: too few people."""
    stored = stored or {"hidden": "too_few"}
    return FigureOut(
        key=key,
        label=label_of(key, locale),
        value=stored.get("value"),
        bound=stored.get("bound", "exact"),
        people=stored.get("people"),
        hidden=stored.get("hidden"),
    )


def scope_of(
    department: Department | None, name: str, figures: Mapping[str, Any], policy: str, locale: str
) -> ScopeFigures:
    """A line of the overview."""

    def one(view: View, key: str) -> FigureOut:
        stored = figures.get(view, {}).get(key) if allowed(view, policy) else {"hidden": "policy"}
        return figure_of(key, stored, locale)

    return ScopeFigures(
        id=department.id if department else None,
        name=name,
        balance=one("trend", "balance"),
        who5=one("wellbeing", "who5"),
    )
