"""Logs in by keystoneauth1 with the tickets of the environment: kerberos_login.py PLUGIN OPTIONS.

OPTIONS is JSON. Prints `{"user": .., "methods": .., "project": ..}`, or `{"error": NAME}`.
"""

import json
import sys

from keystoneauth1 import exceptions, loading, session

plugin, options = sys.argv[1], json.loads(sys.argv[2])
verify = options.pop("authority", True)
auth = loading.get_plugin_loader(plugin).load_from_options(**options)
try:
    access = auth.get_access(session.Session(verify=verify))
except Exception as error:  # Some are those of requests-kerberos.
    print(json.dumps({"error": type(error).__name__}))
else:
    print(json.dumps({"user": access.username, "methods": access._data["token"]["methods"], "project": access.project_name}))
