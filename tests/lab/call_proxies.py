"""Calls the proxies service of examples/proxy-service with two clients that were not written for it.

Reads OS_AUTH_URL, OS_USERNAME, OS_PASSWORD, OS_PROJECT_NAME and the domain names, finds the
service in the catalog by its type, and prints the status of each call:
{"keystoneauth1": {"list": 200, "create": 201, "anonymous": 401}, "openstacksdk": {..}}.
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
    "user_domain_name": os.environ["OS_USER_DOMAIN_NAME"],
    "project_domain_name": os.environ["OS_PROJECT_DOMAIN_NAME"],
}


def statuses(client, name):
    """The calls of one client, which is a keystoneauth1 session or an adapter over one."""

    def call(method, authenticated=True, **more):
        answer = client.request(
            "/v1/proxies",
            method,
            endpoint_filter={"service_type": "proxy", "interface": "public"},
            authenticated=authenticated,
            raise_exc=False,
            **more,
        )
        return answer.status_code

    proxy = {"domain": f"{name}.{CREDENTIALS['username']}.example.org", "backends": []}
    return {
        "list": call("GET"),
        "create": call("POST", json={"proxy": proxy}),
        "anonymous": call("GET", authenticated=False),
    }


connection = openstack.connect(
    load_envvars=False, load_yaml_config=False, auth_type="password", auth=CREDENTIALS
)
print(
    json.dumps(
        {
            "keystoneauth1": statuses(session.Session(auth=v3.Password(**CREDENTIALS)), "ksa"),
            "openstacksdk": statuses(connection.session, "sdk"),
        }
    )
)
