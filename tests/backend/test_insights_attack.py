"""The differencing attack, by an attacker who knows everything but the values.

HR knows who works where, who joined and left and when, and here even who is in which circle, and that nobody's mood
changes. It asks every page for every span and every department, week after week, and hands all answers to a linear
program: between which bounds must the value of one person lie? The same attacker is turned on a plain floor of five,
to show that the attack is real.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations_with_replacement
from random import Random
from uuid import UUID, uuid4

import numpy as np
import pytest
from scipy.optimize import linprog
from sqlmodel import col, select

from backend.db import transaction
from backend.insights.circles import Candidate, form
from backend.insights.gather import Standing
from backend.insights.policy import BALANCE, PEOPLE, ROUNDING, VIEWS, WEEK, Scale
from backend.insights.publish import is_whole
from backend.people import consent
from backend.tables import Circle, CircleMember, Person
from tests.backend.insights_world import Crowd, crowd_of

# Six weeks in a row, and three with three more a year later: patience does not help the attacker either.
SPRING = [date(2026, 3, 2) + WEEK * step for step in range(6)]
YEARS = [
    day + WEEK * (52 if step > 2 else 0) for step, day in enumerate(date(2025, 3, 3) + WEEK * step for step in range(6))
]
SCALES = {("trend", "balance"): BALANCE, ("stress", "high"): PEOPLE}


@dataclass
class Attacker:
    """Collects answers about known sets of people and says how closely they enclose one of them."""

    scale: Scale
    people: list[UUID] = field(default_factory=list)
    rows: list[np.ndarray] = field(default_factory=list)
    limits: list[float] = field(default_factory=list)

    def learn(self, who: Iterable[UUID], low: float, high: float) -> None:
        """The mean over `who` lies between the two."""
        who = set(who)
        self.people += sorted(who - set(self.people))
        row = np.array([float(one in who) / len(who) for one in self.people])
        self.rows += [row, -row]
        self.limits += [high, -low]

    def encloses(self, target: UUID) -> tuple[float, float]:
        size = len(self.people)
        table = np.zeros((len(self.rows), size))
        for at, row in enumerate(self.rows):
            table[at, : len(row)] = row
        goal = np.array([float(one == target) for one in self.people])
        solve = [
            linprog(
                sign * goal,
                A_ub=table,
                b_ub=np.array(self.limits) + 1e-9,
                bounds=[(self.scale.low, self.scale.high)] * size,
            )
            for sign in (1, -1)
        ]
        assert all(found.success for found in solve), "what was said contradicts itself"
        return float(solve[0].fun), float(-solve[1].fun)

    def width(self, target: UUID) -> float:
        """As a share of the scale: 1 is no knowledge, 0 is the value."""
        if target not in self.people:
            return 1.0
        low, high = self.encloses(target)
        return (high - low) / self.scale.span


@dataclass
class Campaign:
    """HR asking every combination after each week, and what a plain floor of five would have answered."""

    crowd: Crowd
    protected: dict[tuple[str, str], Attacker] = field(default_factory=dict)
    plain: dict[tuple[str, str], Attacker] = field(default_factory=dict)
    answers: dict[tuple[str, str | None, str], object] = field(default_factory=dict)

    async def week(self, week: date, *, asking: bool = True) -> None:
        await self.crowd.days(week, weeks=1)
        await self.crowd.publish(week, seed=week.toordinal())
        sets = await self.counted()
        for scope in (None, *self.crowd.departments):
            if asking:
                await self.ask(week - WEEK, week, scope)
            for view, key in SCALES:
                self._learn(view, key, week, scope, sets.get(scope, frozenset()))
                self._learn_plain(view, key, scope, await self.staff(scope))

    async def ask(self, first: date, last: date, scope: str | None) -> None:
        """Every view of a span; an answer about a week is the same whenever and however it is asked for."""
        for view in VIEWS:
            span = {"from": str(first), "to": str(last)} | ({"department": scope} if scope else {})
            shown = (await self.crowd.hr.http.get(f"/hr/insights/{view}", params=span)).json()
            for one in shown["weeks"]:
                known = self.answers.setdefault((view, scope, one["week"]), one["figures"])
                assert known == one["figures"], "a published figure changed"

    async def ask_every_span(self, weeks: Sequence[date]) -> None:
        for scope in (None, *self.crowd.departments):
            for first, last in combinations_with_replacement(weeks, 2):
                await self.ask(first, last, scope)

    def _learn(self, view: str, key: str, week: date, scope: str | None, who: frozenset[UUID]) -> None:
        figures = self.answers.get((view, scope, str(week)), [])
        figure = next((one for one in figures if one["key"] == key), None)
        if figure is None or figure["value"] is None:
            return
        scale = SCALES[view, key]
        half = ROUNDING.step(len(who), scale) / 2
        low = scale.low if figure["bound"] == "at_most" else figure["value"] - half
        high = scale.high if figure["bound"] == "at_least" else figure["value"] + half
        if figure["bound"] != "exact":  # only the bound is said
            low, high = (low, figure["value"]) if figure["bound"] == "at_most" else (figure["value"], high)
        self.protected.setdefault((view, key), Attacker(scale)).learn(who, low, high)

    def _learn_plain(self, view: str, key: str, scope: str | None, who: Sequence[UUID]) -> None:
        """k ≥ 5 and two digits, nothing else: what most dashboards do."""
        if len(who) >= 5:
            values = [self.value(one, key) for one in who]
            mean = round(sum(values) / len(values), 2)
            attacker = self.plain.setdefault((view, key), Attacker(SCALES[view, key]))
            attacker.learn(who, mean - 0.005, mean + 0.005)

    def value(self, person: UUID, key: str) -> float:
        happy, sad = self.crowd.mood[person]
        return happy - sad if key == "balance" else float(sad >= 0.5)

    async def staff(self, scope: str | None) -> list[UUID]:
        """Who has days this week and belongs there."""
        async with self.crowd.sessions() as session:
            found = await session.exec(
                select(Person.id, Person.department_id).where(col(Person.id).in_(self.crowd.mood))
            )
            wanted = self.crowd.departments[scope] if scope else None
            return [one for one, unit in found if scope is None or unit == wanted]

    async def counted(self) -> dict[str | None, frozenset[UUID]]:
        """Who stands behind the newest figures: the attacker looks into the database."""
        async with self.crowd.sessions() as session:
            found = await session.exec(
                select(Circle.id, Person.id, Person.department_id)
                .join(CircleMember, col(CircleMember.circle_id) == Circle.id)
                .join(Person, col(Person.id) == CircleMember.person_id)
                .where(Circle.organisation_id == self.crowd.organisation, col(Circle.dissolved_in).is_(None))
            )
            circles: dict[UUID, dict[UUID, UUID]] = {}
            for circle, person, unit in found:
                circles.setdefault(circle, {})[person] = unit
        sets: dict[str | None, frozenset[UUID]] = {
            None: frozenset(one for circle in circles.values() for one in circle)
        }
        for name, unit in self.crowd.departments.items():
            sets[name] = frozenset(
                one for circle in circles.values() if set(circle.values()) == {unit} for one in circle
            )
        return {scope: who for scope, who in sets.items() if who}


@pytest.fixture
async def campaign(sessions, sign_up, home) -> Campaign:
    """A department of six beside one of twelve and one of three."""
    crowd = await crowd_of(sessions, sign_up, home)
    await crowd.join("Workshop", 6, happy=0.6, sad=0.1)
    await crowd.join("Office", 12, happy=0.5, sad=0.2)
    await crowd.join("Lab", 3, happy=0.4, sad=0.3)
    return Campaign(crowd)


async def joins(campaign: Campaign) -> UUID:
    [newcomer] = await campaign.crowd.join("Workshop", 1, happy=0.05, sad=0.9)
    return newcomer


async def withdraws(campaign: Campaign) -> UUID:
    leaver = await sad_one(campaign)
    async with transaction(campaign.crowd.sessions) as session:
        await consent.record(session, leaver, "score_photos", granted=False, sharing=None)
        (await session.get_one(Person, leaver)).department_id = None
    return leaver


async def moves(campaign: Campaign) -> UUID:
    mover = await sad_one(campaign)
    async with transaction(campaign.crowd.sessions) as session:
        (await session.get_one(Person, mover)).department_id = campaign.crowd.departments["Office"]
    return mover


async def sad_one(campaign: Campaign) -> UUID:
    return min(person for person, mood in campaign.crowd.mood.items() if mood == (0.05, 0.9))


async def prepare(campaign: Campaign, story: str) -> None:
    """Who is to leave or to move is one of the six, with a mood of their own."""
    if story != "joins":
        six = [person for person, mood in campaign.crowd.mood.items() if mood == (0.6, 0.1)]
        campaign.crowd.mood[min(six)] = (0.05, 0.9)


STORIES = {"joins": joins, "withdraws": withdraws, "moves": moves}


@pytest.mark.parametrize("weeks", [SPRING, YEARS], ids=["six weeks", "a year between"])
@pytest.mark.parametrize("story", STORIES)
async def test_nobody_is_recovered_by_asking_everything(campaign: Campaign, story: str, weeks: list[date]):
    await prepare(campaign, story)
    for week in weeks[:3]:
        await campaign.week(week)
    target = await STORIES[story](campaign)
    gone = campaign.crowd.mood.pop(target) if story == "withdraws" else None
    for week in weeks[3:]:
        await campaign.week(week)
    if gone:
        campaign.crowd.mood[target] = gone
    await campaign.ask_every_span(weeks[1:5] if weeks is SPRING else weeks[:1])
    said = [figure for figures in campaign.answers.values() for figure in figures if figure["value"] is not None]
    assert len(said) > 50, "the pages said something"
    for measure, attacker in campaign.protected.items():
        for person in campaign.crowd.mood:
            assert attacker.width(person) >= 0.5, (measure, person == target)


@pytest.mark.parametrize("story", STORIES)
async def test_the_same_attack_works_against_a_plain_floor_of_five(campaign: Campaign, story: str):
    """So the test above can fail: without circles the person's value stands there to two digits."""
    await prepare(campaign, story)
    for week in SPRING[:2]:
        await campaign.week(week, asking=False)
    target = await STORIES[story](campaign)
    value = campaign.value(target, "balance")
    gone = campaign.crowd.mood.pop(target) if story == "withdraws" else None
    await campaign.week(SPRING[2], asking=False)
    attacker = campaign.plain["trend", "balance"]
    low, high = attacker.encloses(target)
    assert low - 1e-6 <= value <= high + 1e-6
    assert attacker.width(target) < 0.1
    assert campaign.plain["stress", "high"].width(target) < 0.2, "and whether the person is in the worst class"
    assert gone is None or gone == (0.05, 0.9)


# The rule itself, over random years ------------------------------------------------------------------------------
@dataclass
class Someone:
    id: UUID
    unit: UUID


def a_year(random: Random, weeks: int) -> list[frozenset[UUID]]:
    """People come, go, move and fall ill at random; returns every set that was ever published."""
    units = [UUID(int=random.getrandbits(128)) for _ in range(3)]
    staff: list[Someone] = []
    standing: list[Standing] = []
    published: list[frozenset[UUID]] = []
    for _ in range(weeks):
        for _ in range(random.choice((0, 0, 1, 3, 9))):
            staff.append(Someone(UUID(int=random.getrandbits(128)), random.choice(units)))
        if staff and random.random() < 0.3:
            staff.remove(random.choice(staff))
        if staff and random.random() < 0.3:
            random.choice(staff).unit = random.choice(units)
        allowed = frozenset(one.id for one in staff)
        standing = [Standing(c.id, c.size, c.dissolved or not is_whole(c, allowed), c.members) for c in standing]
        whole = [circle for circle in standing if not circle.dissolved]
        taken = {one for circle in whole for one in circle.members}
        used = {one for circle in standing for one in circle.members}
        waiting = [Candidate(one.id, one.unit, fresh=one.id not in used) for one in staff if one.id not in taken]
        made = [Standing(uuid4(), len(people), False, frozenset(people)) for people in form(waiting, random)]
        standing += made
        ill = {one.id for one in staff if random.random() < 0.05}
        present = [circle for circle in whole + made if not circle.members & ill]
        unit_of = {one.id: one.unit for one in staff}
        for unit in units:
            mine = [circle.members for circle in present if {unit_of[one] for one in circle.members} == {unit}]
            published.append(frozenset().union(*mine))
        published.append(frozenset().union(*(circle.members for circle in present)))
    return [people for people in published if people]


@dataclass
class Sums:
    """All published sums as rows over people; what follows from them is a question of rank."""

    people: list[UUID]
    table: np.ndarray
    rank: int

    @classmethod
    def of(cls, published: Iterable[frozenset[UUID]]) -> Sums:
        distinct = sorted(set(published), key=sorted)
        people = sorted(frozenset().union(*distinct))
        table = np.array([[float(one in who) for one in people] for who in distinct])
        return cls(people, table, int(np.linalg.matrix_rank(table)))

    def reveal(self, group: Iterable[UUID]) -> bool:
        """Whether some sum over nobody but `group` follows from them."""
        outside = [at for at, one in enumerate(self.people) if one not in set(group)]
        return bool(np.linalg.matrix_rank(self.table[:, outside]) < self.rank)


@pytest.mark.parametrize("seed", range(6))
def test_nothing_about_fewer_than_five_follows_from_all_published_sums(seed: int):
    random = Random(seed)
    published = a_year(random, 26)
    assert len(published) > 20
    assert all(len(who) >= 5 for who in published)
    sums = Sums.of(published)
    for group in [*([one] for one in sums.people), *(random.sample(sums.people, 4) for _ in range(40))]:
        assert not sums.reveal(group), "a sum over so few people can be computed"


def test_the_rank_question_can_be_answered_with_yes():
    people = [UUID(int=number) for number in range(7)]
    assert Sums.of([frozenset(people[:6]), frozenset(people)]).reveal([people[6]])
