"""The quality page says what was measured: the figures of the committed files, and their limits in the reader's words."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

from backend.quality import figures
from backend.quality.figures import CARD, RISK, WEIGHTS, per_class, quality_of
from backend.quality.schemas import Quality
from backend.quality.texts import DATA, LIMITS, SIMULATION
from tests.backend.conftest import Account
from tests.conftest import ROOT


async def test_hr_reads_the_card_of_the_model_that_is_served(sign_up: Callable) -> None:
    hr: Account = await sign_up("hr")
    page = (await hr.http.get("/hr/quality")).json()
    card, risk = json.loads(CARD.read_text()), json.loads(RISK.read_text())
    model = page["model"]
    assert model["people"]["confusion"] == card["public"]["ferplus_confusion"]
    assert model["people"]["metrics"]["accuracy"] == card["public"]["ferplus_accuracy"]
    assert model["label"]["metrics"]["auc"] == card["public"]["auc"]
    assert sum(map(sum, model["label"]["confusion"])) == model["label"]["metrics"]["n"] == card["public"]["n"]
    weights = json.loads(WEIGHTS.read_text())
    assert model["model"]["is_served"] is (card["model"]["sha256"] == weights["sha256"])
    (ours,) = [one for one in page["false_alerts"]["detectors"] if one["ours"]]
    measured = risk["test"]["ours"]["default"]
    assert ours["false_per_person_week"] == measured["false_per_week"]
    assert page["false_alerts"]["weeks_between"] == pytest.approx(1 / measured["false_per_week"])
    assert ours["false_per_person_week"] <= page["false_alerts"]["budget_per_person_week"]
    (paper,) = [one for one in page["false_alerts"]["detectors"] if "literal" in one["name"]]
    assert paper["median_days_strong"] is None, "a rule that never fires has no delay"


@pytest.mark.parametrize("locale", ["en", "zh", "ko"])
async def test_the_limits_come_in_the_readers_language(sign_up: Callable, locale: str) -> None:
    hr: Account = await sign_up("hr", locale=locale)
    page = (await hr.http.get("/hr/quality")).json()
    assert page["limits"] == list(LIMITS[locale])
    assert page["model"]["data"] == DATA[locale]
    assert page["false_alerts"]["description"] == SIMULATION[locale]
    assert (await hr.http.get("/hr/quality", params={"locale": "fr"})).json()["limits"] == list(LIMITS["en"])


def test_classes_are_counted_as_everybody_counts_them() -> None:
    confusion = [[5, 1, 0], [2, 3, 0], [0, 0, 0]]
    truth = [row for row, counts in enumerate(confusion) for _ in range(sum(counts))]
    read = [column for counts in confusion for column, number in enumerate(counts) for _ in range(number)]
    expected = precision_recall_fscore_support(truth, read, labels=[0, 1], zero_division=np.nan)
    found = per_class(confusion, ["a", "b", "c"])
    for at in (0, 1):
        assert [found[at][name] for name in ("precision", "recall", "f1")] == pytest.approx(
            [part[at] for part in expected[:3]]
        )
        assert found[at]["n"] == expected[3][at]
    assert found[2] == {"name": "c", "n": 0, "precision": None, "recall": None, "f1": None}


def test_an_installation_without_the_files_says_so_instead_of_inventing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CARD", "RISK"):
        monkeypatch.setattr(figures, name, ROOT / "nowhere.json")
    page = Quality.model_validate(quality_of("en"))
    assert (page.model, page.false_alerts) == (None, None)
    assert page.limits


def test_the_image_carries_the_files() -> None:
    """What the page reads has to be copied into the image, and not be ignored on the way."""
    image, ignored = (ROOT / "Dockerfile").read_text(), (ROOT / ".dockerignore").read_text()
    for path in (CARD, RISK):
        inside = str(path.relative_to(ROOT))
        assert inside in image, inside
        assert f"!{inside}" in ignored, inside
