"""The commands of the README, run as they are written."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from benchmarks.running import ROOT, running


def test_the_curl_walk_of_the_readme_works(place: Path, people: list[Path]) -> None:
    if shutil.which("curl") is None:
        pytest.skip("there is no curl on this machine")
    readme = (ROOT / "README.md").read_text()
    (walk,) = [block for block in re.findall(r"```sh\n(.*?)```", readme, re.DOTALL) if "curl" in block]
    with running(place / ".home") as system:
        shutil.copy(next(path for path in people if "press_person" in path.name), place / "photo.jpg")
        # A moment is longer on a busy machine; what is waited for is the same.
        script = walk.replace("http://127.0.0.1:8000", system.url)
        script = script.replace("sleep 1 ", "sleep 10 ").replace("wait=5'", "wait=20'")
        done = subprocess.run(["sh", "-ec", script], cwd=place, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    account, consent, snapshot, hours = (
        json.loads(part) for part in re.sub(r"\}\s*\{", "}\n{", done.stdout).splitlines()
    )
    assert account["username"] == "ana"
    assert consent["granted"] is True
    assert snapshot["status"] == "read"
    assert hours["hours"][0]["readings"] == 1
