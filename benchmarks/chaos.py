"""Photos under fire: workers are killed with -9, PostgreSQL too, and every accepted photo must end as one reading.

    python -m benchmarks.chaos FOLDER_WITH_PHOTOS [--photos 200]

The test in tests/journey runs the same with fewer photos.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx

from benchmarks.running import Running, running, sign_up

PEOPLE = 4
SENDERS = 4


@dataclass
class Outcome:
    accepted: dict[str, str] = field(default_factory=dict)  # snapshot id → who sent it
    statuses: Counter[str] = field(default_factory=Counter)
    readings: int = 0
    counted: int = 0  # readings with a vector
    in_hours: int = 0  # readings that the hour roll-ups count
    in_days: int = 0
    blobs: int = 0
    worker_kills: int = 0
    database_kills: int = 0
    seconds: float = 0.0

    def problems(self) -> list[str]:
        """What is wrong, in words; nothing when every promise was kept."""
        wrong = []
        if self.statuses["accepted"]:
            wrong.append(f"{self.statuses['accepted']} photos never got their reading")
        if self.readings != self.statuses["read"]:
            wrong.append(f"{self.statuses['read']} photos read, but {self.readings} readings")
        if not self.counted == self.in_hours == self.in_days:
            wrong.append(f"{self.counted} readings with a vector, {self.in_hours} in hours, {self.in_days} in days")
        if self.blobs:
            wrong.append(f"{self.blobs} photos were left behind")
        return wrong


def send(system: Running, person: httpx.Client, content: bytes, outcome: Outcome, lock: threading.Lock) -> None:
    """As a phone does: the same key until somebody answers."""
    key = str(uuid4())
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        try:
            answer = person.post("/snapshots", files={"file": ("p.jpg", content)}, headers={"Idempotency-Key": key})
        except httpx.HTTPError:
            time.sleep(0.5)
            continue
        if answer.status_code in (201, 202):
            with lock:
                outcome.accepted[answer.json()["id"]] = str(person.headers["authorization"])
            return
        if answer.status_code < 500:
            raise RuntimeError(f"a photo was refused: {answer.status_code} {answer.text}")
        time.sleep(0.5)
    raise RuntimeError("a photo could not be sent in three minutes")


def disturb(system: Running, outcome: Outcome, total: int, stop: threading.Event) -> None:
    """Three workers and one database die, spread over the run."""
    marks = [
        (total * share // 100, kind)
        for share, kind in ((15, "worker"), (35, "database"), (55, "worker"), (80, "worker"))
    ]
    for mark, kind in marks:
        while len(outcome.accepted) < mark and not stop.is_set():
            time.sleep(0.05)
        if kind == "database" and (pid := system.postmaster()):
            os.kill(pid, signal.SIGKILL)
            outcome.database_kills += 1
        while kind == "worker":
            if found := system.processes("worker"):
                found[0].kill()
                outcome.worker_kills += 1
                break
            time.sleep(0.2)  # the last one is being started again


def run(photos: list[Path], total: int, home: Path) -> Outcome:
    outcome, lock, stop = Outcome(), threading.Lock(), threading.Event()
    with running(home, EVENKEEL_RATE_LIMITS="false") as system:
        people = [sign_up(system, f"chaos-{number}") for number in range(PEOPLE)]
        contents = [path.read_bytes() for path in photos]
        disturber = threading.Thread(target=disturb, args=(system, outcome, total, stop))
        started = time.monotonic()
        disturber.start()
        with ThreadPoolExecutor(SENDERS) as pool:
            sent = [
                pool.submit(send, system, people[n % PEOPLE], contents[n % len(contents)], outcome, lock)
                for n in range(total)
            ]
            for one in sent:
                one.result()
        stop.set()
        disturber.join()
        _wait_until_read(people, outcome)
        outcome.seconds = time.monotonic() - started
        _count(people, outcome)
        outcome.blobs = _blobs(system)
    return outcome


def _wait_until_read(people: list[httpx.Client], outcome: Outcome) -> None:
    by_token = {str(person.headers["authorization"]): person for person in people}
    waiting = dict(outcome.accepted)
    deadline = time.monotonic() + 180
    while waiting and time.monotonic() < deadline:
        for snapshot, token in list(waiting.items()):
            try:
                status = by_token[token].get(f"/snapshots/{snapshot}").raise_for_status().json()["status"]
            except httpx.HTTPError:
                break
            if status == "accepted":
                break
            outcome.statuses[status] += 1
            del waiting[snapshot]
        time.sleep(0.5)
    outcome.statuses["accepted"] = len(waiting)


def _count(people: list[httpx.Client], outcome: Outcome) -> None:
    """Through the API, after the roll-ups had time to follow."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        outcome.readings = outcome.counted = outcome.in_hours = outcome.in_days = 0
        for person in people:
            items = _all_readings(person)
            outcome.readings += len(items)
            outcome.counted += sum(item["vector"] is not None for item in items)
            days = person.get("/mood/days").json()["days"]
            outcome.in_days += sum(day["readings"] for day in days)
            for day in days:
                hours = person.get("/mood/hours", params={"day": day["day"]}).json()["hours"]
                outcome.in_hours += sum(hour["readings"] for hour in hours)
        if not outcome.problems():
            return
        time.sleep(1)


def _all_readings(person: httpx.Client) -> list[dict[str, object]]:
    items, cursor = [], None
    while True:
        page = person.get("/readings", params={"limit": 200, **({"cursor": cursor} if cursor else {})}).json()
        items += page["items"]
        if not (cursor := page["next_cursor"]):
            return items


def _blobs(system: Running) -> int:
    import asyncio

    import asyncpg

    from backend.postgres import EmbeddedPostgres

    async def count() -> int:
        connection = await asyncpg.connect(EmbeddedPostgres(system.home).dsn("evenkeel"))
        try:
            return int(await connection.fetchval("select count(*) from blob"))
        finally:
            await connection.close()

    return asyncio.run(count())


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--photos", type=int, default=200)
    chosen = options.parse_args()
    files = sorted(chosen.folder.glob("*.jpg"))
    with tempfile.TemporaryDirectory(prefix="evk-chaos-") as folder:
        Path(folder).chmod(0o711)
        outcome = run(files, chosen.photos, Path(folder) / "home")
    print(
        f"{len(outcome.accepted)} photos accepted, {outcome.statuses['read']} read, "
        f"{outcome.statuses['rejected']} rejected, {outcome.readings} readings, {outcome.counted} with a vector, "
        f"{outcome.blobs} photos left; {outcome.worker_kills} workers and {outcome.database_kills} databases killed; "
        f"{outcome.seconds:.0f} s"
    )
    for problem in outcome.problems():
        print("WRONG:", problem)
    return 1 if outcome.problems() else 0


if __name__ == "__main__":
    sys.exit(main())
