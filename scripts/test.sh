#!/bin/sh
# All Python tests, a process for each of two cores; a file stays in one process because it shares its fixtures.
cd "$(dirname "$0")/.."
# A test that hangs ends after five minutes. One that fails is tried once more: browsers and whole installations share two
# cores here; what fails twice is wrong, and pytest's closing line counts the second tries.
exec .venv/bin/python -m pytest -n "${TEST_PROCESSES:-2}" --dist loadfile --timeout 300 --reruns 1 "$@"
