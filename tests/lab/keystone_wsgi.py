"""Keystone's public application, on a SQLite database that two processes share."""

import sqlalchemy


@sqlalchemy.event.listens_for(sqlalchemy.Engine, "before_cursor_execute", retval=True)
def begin_immediately(connection, cursor, statement, parameters, context, executemany):
    """A transaction that reads before it writes fails at once with "database
    is locked" when the other process writes too; one that says from the start
    that it may write waits for its turn."""
    if statement == "BEGIN":
        statement = "BEGIN IMMEDIATE"
    return statement, parameters


from keystone.wsgi.api import application  # noqa: E402, F401
