"""Saves or restores the state of a login, by keystoneauth1 and the variables OS_*.

`save` logs in and prints the state. `restore` reads a state from stdin, lists the projects with it,
and prints {"user_id": .., "project_id": .., "projects": [..], "state": ..}.
"""

import json
import os
import sys

from keystoneauth1.identity.v3 import Password
from keystoneauth1.session import Session

NAMES = ("auth_url", "username", "password", "user_domain_id", "project_name", "project_domain_id")
auth = Password(**{name: os.environ[f"OS_{name.upper()}"] for name in NAMES})
session = Session(auth)
if sys.argv[1] == "save":
    session.get_token()
    print(auth.get_auth_state())
else:
    auth.set_auth_state(sys.stdin.read())
    answer = session.get("/projects", endpoint_filter={"service_type": "identity"})
    print(json.dumps({
        "user_id": session.get_user_id(),
        "project_id": session.get_project_id(),
        "projects": [project["name"] for project in answer.json()["projects"]],
        "state": auth.get_auth_state(),
    }))
