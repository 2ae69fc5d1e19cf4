#!/bin/sh
# All Python tests, a process for each of two cores; a file stays in one process because it shares its fixtures.
cd "$(dirname "$0")/.."
exec .venv/bin/python -m pytest -n "${TEST_PROCESSES:-2}" --dist loadfile "$@"
