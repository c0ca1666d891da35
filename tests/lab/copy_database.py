"""Copies a SQLite database, also over one that a server has open.

    copy_database.py FROM TO

The server's connections notice by the database's own means that everything changed. No request may
be under way.
"""

import sqlite3
import sys

source, target = (sqlite3.connect(path) for path in sys.argv[1:])
source.backup(target)
target.close()
source.close()
