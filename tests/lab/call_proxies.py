"""Calls the proxies service of examples/proxy-service with clients that were not written for it.

Reads OS_AUTH_URL, OS_USERNAME, OS_PASSWORD, OS_PROJECT_NAME, the domain names and PROXIES_SERVICE, the
service's name (other tests have services of the same type), and prints what came of each call: {"keystoneclient": {"find": 200}, "keystoneauth1": {"list": 200, ..}, "openstacksdk": {..}}.
"""

import json
import os

import openstack
from keystoneauth1 import adapter, exceptions, session
from keystoneauth1.identity import v3
from keystoneclient.v3 import client
from openstack import proxy, resource

SERVICE = {"service_type": "proxy", "service_name": os.environ["PROXIES_SERVICE"], "interface": "public"}
CREDENTIALS = {
    "auth_url": os.environ["OS_AUTH_URL"],
    "username": os.environ["OS_USERNAME"],
    "password": os.environ["OS_PASSWORD"],
    "project_name": os.environ["OS_PROJECT_NAME"],
    "user_domain_name": os.environ["OS_USER_DOMAIN_NAME"],
    "project_domain_name": os.environ["OS_PROJECT_DOMAIN_NAME"],
}


class Proxy(resource.Resource):
    resource_key = "proxy"
    resources_key = "proxies"
    base_path = "/v1/proxies"
    commit_method = "PATCH"
    allow_create = allow_fetch = allow_commit = allow_delete = allow_list = True

    domain = resource.Body("domain")
    backends = resource.Body("backends", type=list)
    note = resource.Body("note")
    project_id = resource.Body("project_id")


def find(login):
    """The public endpoint by the Identity API, which lists services for administrators only."""
    # The lab's Keystone closes connections without announcing it.
    keystone = client.Client(session=login, connect_retries=3)
    try:
        [service] = keystone.services.list(type=SERVICE["service_type"], name=SERVICE["service_name"])
    except exceptions.HttpError as error:
        return {"find": error.http_status}, None
    [endpoint] = keystone.endpoints.list(service=service, interface=SERVICE["interface"])
    return {"find": 200}, endpoint.url


def by_keystoneauth(login, url):
    """Requests by hand, at the endpoint that was found, or at that of the catalog."""
    service = adapter.Adapter(login, endpoint_override=url, default_microversion="1.1", **SERVICE)

    def call(method, path="/v1/proxies", **more):
        # The lab's Keystone closes connections without announcing it, which keystonemiddleware tells as a 503.
        return service.request(path, method, raise_exc=False, status_code_retries=3, **more)

    new = {"domain": f"ksa.{CREDENTIALS['username']}.example.org", "backends": [], "note": "first"}
    created = call("POST", json={"proxy": new})
    statuses = {
        "list": call("GET").status_code,
        "create": created.status_code,
        "anonymous": call("GET", authenticated=False).status_code,
    }
    if created.ok:
        path = f"/v1/proxies/{created.json()['proxy']['id']}"
        statuses["taken"] = call("POST", json={"proxy": new}).status_code
        statuses["update"] = call("PATCH", path, json={"proxy": {"note": "second"}}).status_code
        statuses["note"] = call("GET", path).json()["proxy"]["note"]
        statuses["delete"] = call("DELETE", path).status_code
        statuses["gone"] = call("GET", path).status_code
    return statuses


def by_openstacksdk(login):
    """Resources of the kind that the SDK has for every service."""
    service = proxy.Proxy(login, default_microversion="1.1", **SERVICE)
    domain = f"sdk.{CREDENTIALS['username']}.example.org"
    try:
        made = service._create(Proxy, domain=domain, backends=["http://10.0.0.1"], note="first")
    except openstack.exceptions.HttpException as error:
        return {"list": len(list(service._list(Proxy))), "create": error.status_code}
    second = service._create(Proxy, domain=f"second.{domain}", backends=[])
    done = {"create": [made.domain, made.backends, made.note]}
    # By pages of one, which the service links.
    done["list"] = [found.domain for found in service._list(Proxy, limit=1)] == [domain, second.domain]
    done["update"] = service._update(Proxy, made, note="second").note
    done["show"] = service._get(Proxy, made.id).note
    service._delete(Proxy, made, ignore_missing=False)
    service._delete(Proxy, second, ignore_missing=False)
    try:
        service._get(Proxy, made.id)
    except openstack.exceptions.NotFoundException as error:
        done["gone"] = error.status_code
    return done


def main():
    login = session.Session(auth=v3.Password(**CREDENTIALS))
    connection = openstack.connect(
        load_envvars=False, load_yaml_config=False, auth_type="v3password", auth=CREDENTIALS
    )
    found, url = find(login)
    called = by_keystoneauth(login, url)
    done = by_openstacksdk(connection.session)
    print(json.dumps({"keystoneclient": found, "keystoneauth1": called, "openstacksdk": done}))


main()
