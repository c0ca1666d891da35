"""Keystone's public application, on a SQLite database that two processes share."""

import sqlalchemy
from keystone.common.sql import core

# As every other database has them: without them, what hangs on a deleted row stays, and a new
# row that SQLite gives the same number inherits it.
core.enable_sqlite_foreign_key()


@sqlalchemy.event.listens_for(sqlalchemy.Engine, "before_cursor_execute", retval=True)
def begin_immediately(connection, cursor, statement, parameters, context, executemany):
    """A transaction that reads before it writes fails at once with "database
    is locked" when the other process writes too; one that says from the start
    that it may write waits for its turn."""
    if statement == "BEGIN":
        statement = "BEGIN IMMEDIATE"
    return statement, parameters


from keystone.wsgi.api import application  # noqa: E402, F401
