#!/bin/sh
# Backs up (or restores) the embedded database, running or not, with the tools that came with it. A server of your own:
# pg_dump and pg_restore. Usage: [EVENKEEL_HOME=…] scripts/backup.sh dump FILE | restore FILE
set -eu
umask 077 # a dump holds what people told us
action=${1:?dump or restore} file=$(realpath "${2:?a file}")
cd "$(dirname "$0")/.."
exec "${PYTHON:-.venv/bin/python}" -m backend.backup "$action" "$file"
