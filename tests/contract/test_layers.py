"""The architecture's rules hold, and each of them would notice if it were broken."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINTER = Path(sys.executable).with_name("lint-imports")

# A line that somebody might write one day, where, and the contract that has to refuse it.
OFFENCES = {
    "road": ("backend/people/store.py", "from backend.notify import store as notices"),
    "feature-shape": ("backend/risk/store.py", "from backend.risk import tasks"),
    "api-without-models": ("backend/people/router.py", "from ml.faces import sessions"),
    "serving-without-torch": ("ml/risk/assess.py", "import torch"),
    "independent": ("ml/risk/assess.py", "from backend import config"),
    "ml-bot": ("bot/dialogue/machine.py", "from ml import emotions"),
    "pure": ("backend/notify/policy.py", "from sqlmodel import select"),
    "telegram": ("bot/dialogue/machine.py", "import telegram"),
}


def lint(folder: Path, contract: str) -> subprocess.CompletedProcess[str]:
    command = [LINTER, "--config", ROOT / ".importlinter", "--contract", contract, "--no-cache"]
    return subprocess.run(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three packages' Python files, to be spoiled."""
    folder = tmp_path_factory.mktemp("spoiled")
    for package in ("backend", "bot", "ml"):
        shutil.copytree(ROOT / package, folder / package, ignore=keep_python)
    return folder


def keep_python(directory: str, names: list[str]) -> list[str]:
    return [name for name in names if (Path(directory) / name).is_file() and not name.endswith(".py")]


@pytest.mark.parametrize("contract", OFFENCES)
def test_each_rule_notices_an_offence(copy: Path, contract: str) -> None:
    assert "1 kept, 0 broken" in lint(copy, contract).stdout
    module, line = OFFENCES[contract]
    source = (copy / module).read_text()
    (copy / module).write_text(f"{source}\n{line}\n")
    try:
        verdict = lint(copy, contract)
    finally:
        (copy / module).write_text(source)
    assert "0 kept, 1 broken" in verdict.stdout
    assert verdict.returncode == 1


def test_a_running_api_has_loaded_no_model_runtime() -> None:
    """The linter reads what is written; this sees what is loaded, imports on first use included."""
    code = (
        "import sys; from backend.config import Settings; from backend.app import create_app\n"
        "app = create_app(Settings(), 'postgresql://nobody@/nowhere'); app.openapi()\n"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert "fastapi" in loaded
    assert not {"onnxruntime", "onnx", "dlib", "retinaface", "torch", "sklearn", "cv2"} & set(loaded)


def reads_the_clock(node: ast.AST) -> bool:
    """Whether running the statement asks for the time; what a function does later is its own matter."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return any(reads_the_clock(default) for default in (*node.args.defaults, *node.args.kw_defaults) if default)
    if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("now", "today", "utcnow"):
        return True
    return any(map(reads_the_clock, ast.iter_child_nodes(node)))


@pytest.mark.parametrize("source", ["NOW = datetime.now(UTC)", "def of(day=today()): ...", "class A:\n  at = now()"])
def test_a_clock_read_while_importing_is_noticed(source: str) -> None:
    assert reads_the_clock(ast.parse(source))
    assert not reads_the_clock(ast.parse("def f():\n  return datetime.now(UTC)"))


def test_no_test_keeps_the_time_of_its_collection() -> None:
    """By the time such a test runs, it may be another day (tests/clock.py)."""
    modules = {path: path.read_text() for path in (ROOT / "tests").rglob("*.py")}
    assert [str(path) for path, source in modules.items() if reads_the_clock(ast.parse(source))] == []
