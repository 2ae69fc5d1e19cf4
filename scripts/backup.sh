#!/bin/sh
# Backs up (or restores) the embedded database, running or not, with the tools that came with it. A server of your own:
# pg_dump and pg_restore. Usage: [EVENKEEL_HOME=…] scripts/backup.sh dump FILE | restore FILE
set -eu
umask 077 # a dump holds what people told us
action=${1:?dump or restore} file=$(realpath "${2:?a file}")
cd "$(dirname "$0")/.."
exec "${PYTHON:-.venv/bin/python}" - "$action" "$file" <<'PYTHON'
import subprocess, sys
from backend.config import settings
from backend.db import DATABASE
from backend.postgres import EmbeddedPostgres
from backend.postgres_host import wheel_binaries

action, file = sys.argv[1:]
server = EmbeddedPostgres(settings().home)
server.ensure()
tool = lambda name, *rest: subprocess.run([wheel_binaries() / name, *rest], check=True)
if action == "dump":
    tool("pg_dump", "--format=custom", f"--file={file}", f"--dbname={server.dsn(DATABASE)}")
else:
    tool("dropdb", "--if-exists", "--force", f"--maintenance-db={server.dsn('postgres')}", DATABASE)
    tool("createdb", f"--maintenance-db={server.dsn('postgres')}", DATABASE)
    tool("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={server.dsn(DATABASE)}", file)
print(f"{action}: done")
PYTHON
