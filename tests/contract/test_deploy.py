"""What deploys us agrees with what we are: settings, commands, files. Docker is not needed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.config import Settings

ROOT = Path(__file__).resolve().parents[2]
OURS = ("migrate", "api", "worker", "bot")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


@pytest.fixture(scope="module")
def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text()


def known_variables() -> set[str]:
    prefix = str(Settings.model_config["env_prefix"])
    return {field.alias or f"{prefix}{name}".upper() for name, field in Settings.model_fields.items()}


def test_every_variable_of_the_compose_file_is_a_setting(compose: dict[str, Any]) -> None:
    for name in OURS:
        assert set(compose["services"][name]["environment"]) <= known_variables()


# Decided by the image and the compose file themselves.
FIXED = {"EVENKEEL_HOME", "EVENKEEL_HOST", "PORT", "EVENKEEL_LOG_JSON", "EVENKEEL_WORKERS"}
BOT_ALONE = {"EVENKEEL_TELEGRAM_WEBHOOK_PORT", "EVENKEEL_TELEGRAM_WEBHOOK_HOST"}


def test_every_setting_can_be_made_in_the_env_file(compose: dict[str, Any]) -> None:
    """A line in .env that no service is handed has no effect, and nothing says so."""
    for name in OURS:
        assert known_variables() - FIXED - BOT_ALONE <= set(compose["services"][name]["environment"])


def test_doctor_is_run_where_mail_leaves(compose: dict[str, Any]) -> None:
    """The API's network has no way out: there, every mail server would seem to be down."""
    said = re.findall(r"docker compose run --rm (\w+) doctor", (ROOT / "docs/operations.md").read_text())
    assert said
    for service in said:
        networks = [compose["networks"][name] or {} for name in compose["services"][service]["networks"]]
        assert not all(network.get("internal") for network in networks)


def test_every_variable_of_the_image_is_a_setting(dockerfile: str) -> None:
    given = set(re.findall(r"\b(EVENKEEL_\w+|PORT)=", dockerfile))
    assert {"EVENKEEL_HOME", "EVENKEEL_HOST", "PORT"} <= given <= known_variables()


def test_what_the_compose_file_asks_for_is_in_the_example(compose: dict[str, Any]) -> None:
    asked = set(re.findall(r"\$\{(\w+):\?", (ROOT / "docker-compose.yml").read_text()))
    given = re.findall(r"^#?([A-Z_]+)=", (ROOT / "deploy/example.env").read_text(), re.MULTILINE)
    assert asked <= set(given)
    passed_on = {key for key, value in compose["services"]["api"]["environment"].items() if value is None}
    assert set(given) - asked - {"COMPOSE_PROFILES"} <= passed_on


@pytest.mark.parametrize("service", OURS)
def test_every_service_starts_a_command_that_exists(compose: dict[str, Any], service: str) -> None:
    command = [sys.executable, "-m", "backend.cli", *compose["services"][service]["command"], "--help"]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0


def test_references_inside_the_compose_file_are_defined(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert set(service.get("networks", ())) <= set(compose["networks"])
        assert set(service.get("depends_on", ())) <= set(compose["services"])
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (ROOT / source).exists(), volume


def test_the_api_is_reached_through_the_trusted_network_alone(compose: dict[str, Any]) -> None:
    """Else requests could come from an address whose X-Forwarded-For is not believed, or should not be."""
    api, proxy = compose["services"]["api"], compose["services"]["proxy"]
    shared = set(api["networks"]) & set(proxy["networks"])
    subnets = [compose["networks"][name]["ipam"]["config"][0]["subnet"] for name in shared]
    assert subnets == [api["environment"]["EVENKEEL_TRUSTED_PROXIES"]]
    public = {name for name, service in compose["services"].items() if any(":" in p for p in service.get("ports", ()))}
    assert public == {"proxy", "mail"}
    assert all(port.startswith("127.0.0.1:") for port in compose["services"]["mail"]["ports"])


def test_the_database_answers_to_nobody_outside(compose: dict[str, Any]) -> None:
    networks = compose["services"]["postgres"]["networks"]
    assert "log_error_verbosity=terse" in compose["services"]["postgres"]["command"], "its log quotes no rows"
    assert all(compose["networks"][name]["internal"] for name in networks)


def test_the_image_runs_as_an_ordinary_user_and_checks_its_health(dockerfile: str) -> None:
    final = dockerfile.split("\nFROM ")[-1]
    users = re.findall(r"^USER (\S+)", final, re.MULTILINE)
    assert users
    assert users[-1] not in ("0", "root")
    assert "HEALTHCHECK" in final
    assert {"libgl1", "libglib2.0-0"} <= set(final.split())
    assert not re.search(r"^ADD |:latest", dockerfile, re.MULTILINE)


def test_the_optional_packages_can_be_left_out(dockerfile: str, tmp_path: Path) -> None:
    """As docs/clips.md says; pip does not take an empty list of them."""
    told = re.search(r"^ +&& \S+/pip install --editable (.+)$", dockerfile, re.MULTILINE)
    assert told is not None
    for chosen, asked in (("", "."), ("clips", ".[clips]")):
        said = subprocess.run(
            ["sh", "-c", f"EXTRAS={chosen}; echo {told[1]}"], capture_output=True, text=True, check=True
        )
        assert said.stdout.strip() == asked
        make = ["make", "-n", f"PARTS={chosen}", f"VENV={tmp_path}", f"{tmp_path}/.ready"]
        planned = subprocess.run(make, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        assert f'--editable "{asked}"' in planned


def test_what_the_image_copies_is_sent_to_the_builder(dockerfile: str) -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {
        source.rstrip("/")
        for line in re.findall(r"^COPY (?!--from)(.+)", dockerfile, re.MULTILINE)
        for source in line.split()[:-1]
    }
    assert not [path for path in copied if path not in allowed and path.split("/")[0] not in allowed]
    assert all((ROOT / path).exists() for path in copied)
