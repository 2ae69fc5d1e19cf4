#!/bin/sh
# Makes the virtual environment $1 with the first Python of 3.11 or newer; one clear sentence where there is none.
set -eu
for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        "$name" -m venv "$1" >/dev/null 2>&1 && exit 0
        rm -rf "$1"
        echo "$name cannot make virtual environments: install its venv module (Debian, Ubuntu: apt install python3-venv)." >&2
        exit 1
    fi
done
found=$(python3 --version 2>/dev/null || echo "no Python")
echo "Evenkeel needs Python 3.11 or newer and found $found: install one, or name it with 'make run PYTHON=/path/to/python3.11'." >&2
exit 1
