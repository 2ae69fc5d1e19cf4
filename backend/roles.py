"""The role that processes work under: it reads and writes rows, and cannot drop a table or rewrite the audit log.

`migrate` makes it. Where the database's owner does not let us make roles, everything works without, and `doctor` says
so.
"""

from __future__ import annotations

from typing import Final

import asyncpg

APP_ROLE: Final = "evenkeel_app"

# For each new connection; a no-op where the role is not there or not ours to take.
TAKE_APP_ROLE: Final = """
select set_config('role', rolname, false) from pg_roles
where rolname = 'evenkeel_app' and pg_has_role(current_user, oid, 'MEMBER')
  and has_table_privilege(oid, to_regclass('public.person'), 'SELECT')
"""

# Roles belong to the server, not to a database: another one may make it in the same moment.
CREATE: Final = f"""
do $$ begin
  if not exists (select from pg_roles where rolname = '{APP_ROLE}') then
    create role {APP_ROLE} nologin;
  end if;
exception when duplicate_object or unique_violation then null;
end $$
"""

# A database's owner who may not make roles has this done by whoever may; granting it again would be refused.
MEMBERSHIP: Final = f"""
do $$ begin
  grant {APP_ROLE} to current_user;
exception when insufficient_privilege then
  if not pg_has_role(current_user, '{APP_ROLE}', 'MEMBER') then
    raise;
  end if;
end $$
"""

GRANTS: Final = (
    MEMBERSHIP,
    f"grant usage on schema public to {APP_ROLE}",
    f"revoke create on schema public from {APP_ROLE}",
    f"grant select, insert, update, delete on all tables in schema public to {APP_ROLE}",
    f"grant usage, select on all sequences in schema public to {APP_ROLE}",
    f"grant execute on all functions in schema public to {APP_ROLE}",
)
# Written once: what administrators did, and which schema this is.
FIXED: Final = {"audit_entry": "update, delete", "alembic_version": "insert, update, delete"}


async def make_app_role(dsn: str) -> bool:
    """After each migration, so that new tables are covered. False where we may not."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute(CREATE)
            for statement in GRANTS:
                await connection.execute(statement)
            for table, acts in FIXED.items():
                if await connection.fetchval("select to_regclass($1)", table):
                    await connection.execute(f"revoke {acts} on {table} from {APP_ROLE}")
    except asyncpg.InsufficientPrivilegeError:
        return False
    finally:
        await connection.close()
    return True
