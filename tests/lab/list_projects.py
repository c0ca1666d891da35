"""Lists the projects of a Keystone with two clients that were not written for it.

Reads OS_AUTH_URL, OS_USERNAME, OS_PASSWORD, OS_PROJECT_NAME and the domain ids,
prints {"keystoneauth1": [NAME, ...], "openstacksdk": [NAME, ...]}.
"""

import json
import os

import openstack
from keystoneauth1 import session
from keystoneauth1.identity import v3

CREDENTIALS = {
    "auth_url": os.environ["OS_AUTH_URL"],
    "username": os.environ["OS_USERNAME"],
    "password": os.environ["OS_PASSWORD"],
    "project_name": os.environ["OS_PROJECT_NAME"],
    "user_domain_id": os.environ["OS_USER_DOMAIN_ID"],
    "project_domain_id": os.environ["OS_PROJECT_DOMAIN_ID"],
}


def by_keystoneauth1():
    """Finds the Identity API through the catalog, and asks it without a typed client."""
    adapter = session.Session(auth=v3.Password(**CREDENTIALS))
    filters = {"service_type": "identity", "interface": "public", "version": "3"}
    answer = adapter.get("/projects", endpoint_filter=filters)
    return sorted(project["name"] for project in answer.json()["projects"])


def by_openstacksdk():
    connection = openstack.connect(
        load_envvars=False,
        load_yaml_config=False,
        auth_type="password",
        auth=CREDENTIALS,
        region_name=os.environ["OS_REGION_NAME"],
    )
    return sorted(project.name for project in connection.identity.projects())


print(json.dumps({"keystoneauth1": by_keystoneauth1(), "openstacksdk": by_openstacksdk()}))
