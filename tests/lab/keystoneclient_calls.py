"""What python-keystoneclient sends for each of its methods, a line of JSON each.

A method is called with `ARG-name` for every parameter that it needs, and as `CALLS` says with more. What it does not
implement, and the verbs that its managers merely inherit, are left out; a method that appears with a later
version of it is called like the others, and so is missed by the test that reads this.
"""

import http.server
import inspect
import json
import threading

from keystoneauth1 import session, token_endpoint
from keystoneclient import exceptions
from keystoneclient.v3 import client

HEARD = []

SCOPES = [
    {"project": "ARG-project"},
    {"domain": "ARG-domain"},
    {"system": "all"},
    {"project": "ARG-project", "os_inherit_extension_inherited": True},
    {"domain": "ARG-domain", "os_inherit_extension_inherited": True},
]
GRANTS = [{actor: "ARG-" + actor, **scope} for actor in ("user", "group") for scope in SCOPES]
OF_ROLE = [{"role": "ARG-role", **grant} for grant in GRANTS]
PARTS = {"description": "d", "enabled": True}

CALLS = {
    "access_rules.delete": [{"access_rule": "ARG-access_rule", "user": "ARG-user"}],
    "access_rules.get": [{"access_rule": "ARG-access_rule", "user": "ARG-user"}],
    "access_rules.list": [{"user": "ARG-user"}],
    "application_credentials.create": [
        {"name": "ARG-name", "user": "ARG-user"},
        {
            "name": "ARG-name",
            "user": "ARG-user",
            "secret": "s",
            "description": "d",
            "roles": [{"id": "ARG-role"}],
            "unrestricted": True,
            "access_rules": [{"method": "GET", "path": "/p", "service": "image"}],
        },
    ],
    "application_credentials.delete": [{"application_credential": "ARG-ac", "user": "ARG-user"}],
    "application_credentials.get": [{"application_credential": "ARG-ac", "user": "ARG-user"}],
    "application_credentials.list": [{"user": "ARG-user"}],
    "credentials.create": [{"user": "ARG-user", "type": "ec2", "blob": "b", "project": "ARG-project"}],
    "credentials.list": [{}, {"user_id": "ARG-user", "type": "ec2"}],
    "credentials.update": [{"credential": "ARG-credential", "user": "ARG-user", "blob": "b"}],
    "domain_configs.create": [{"domain": "ARG-domain", "config": {"ldap": {"url": "u"}}}],
    "domain_configs.update": [{"domain": "ARG-domain", "config": {"ldap": {"url": "u"}}}],
    "domains.create": [{"name": "ARG-name", **PARTS}],
    "domains.list": [{}, {"name": "n"}, {"enabled": True}],
    "domains.update": [{"domain": "ARG-domain", "name": "n", **PARTS}, {"domain": "ARG-domain", "description": None}],
    "endpoint_groups.create": [{"name": "ARG-name", "filters": {"region_id": "r"}, "description": "d"}],
    "endpoint_groups.list": [{}, {"name": "n"}],
    "endpoint_groups.update": [{"endpoint_group": "ARG-endpoint_group", "name": "n", "description": "d"}],
    "endpoints.create": [
        {"service": "ARG-service", "url": "http://u", "interface": "public", "region": "r", "enabled": True},
    ],
    "endpoints.list": [
        {},
        {"service": "ARG-service", "interface": "public", "region_id": "r"},
        {"enabled": True},
    ],
    "endpoints.update": [{"endpoint": "ARG-endpoint", "url": "http://u", "interface": "admin", "enabled": False}],
    "federation.identity_providers.create": [{"id": "ARG-id", "remote_ids": ["r"], **PARTS}],
    "federation.identity_providers.list": [{}, {"enabled": True}],
    "federation.identity_providers.update": [{"identity_provider": "ARG-identity_provider", **PARTS}],
    "federation.mappings.create": [{"mapping_id": "ARG-mapping", "rules": [{"local": []}]}],
    "federation.mappings.update": [{"mapping": "ARG-mapping", "rules": [{"local": []}]}],
    "federation.service_providers.create": [{"id": "ARG-id", "auth_url": "http://a", "sp_url": "http://s", **PARTS}],
    "federation.service_providers.list": [{}, {"enabled": True}],
    "federation.service_providers.update": [{"service_provider": "ARG-service_provider", **PARTS}],
    "groups.create": [{"name": "ARG-name", "domain": "ARG-domain", "description": "d"}],
    "groups.list": [{}, {"user": "ARG-user"}, {"domain": "ARG-domain", "name": "n"}],
    "groups.update": [{"group": "ARG-group", "name": "n", "description": "d"}],
    "limits.create": [
        {
            "project": "ARG-project",
            "service": "ARG-service",
            "resource_name": "cores",
            "resource_limit": 1,
            "description": "d",
            "region": "ARG-region",
        },
    ],
    "limits.list": [{}, {"service": "ARG-service", "region": "ARG-region", "resource_name": "cores"}],
    "limits.update": [{"limit": "ARG-limit", "resource_limit": 2, "description": "d"}],
    "oauth1.consumers.create": [{"description": "d"}],
    "oauth1.consumers.update": [{"consumer": "ARG-consumer", "description": "d"}],
    "oauth1.request_tokens.authorize": [{"request_token": "ARG-request_token", "roles": ["ARG-role"]}],
    "policies.create": [{"blob": "b", "type": "application/json"}],
    "policies.list": [{}, {"type": "application/json"}],
    "policies.update": [{"policy": "ARG-policy", "blob": "b", "type": "t"}],
    "projects.create": [
        {"name": "ARG-name", "domain": "ARG-domain", "parent": "ARG-parent", "tags": ["t"], **PARTS},
        {"name": "ARG-name", "domain": "ARG-domain"},
    ],
    "projects.get": [
        {"project": "ARG-project"},
        {"project": "ARG-project", "parents_as_list": True},
        {"project": "ARG-project", "subtree_as_list": True},
        {"project": "ARG-project", "parents_as_ids": True},
        {"project": "ARG-project", "subtree_as_ids": True},
    ],
    "projects.list": [
        {},
        {"user": "ARG-user"},
        {"domain": "ARG-domain", "name": "n"},
        {"parent": "ARG-parent"},
        {"tags": ["a", "b"]},
        {"enabled": True},
    ],
    "projects.update": [{"project": "ARG-project", "name": "n", **PARTS}],
    "projects.update_tags": [{"project": "ARG-project", "tags": ["a", "b"]}],
    "regions.create": [{"id": "ARG-id", "description": "d", "parent_region": "ARG-parent"}],
    "regions.list": [{}, {"parent_region_id": "ARG-parent"}],
    "regions.update": [{"region": "ARG-region", "description": "d", "parent_region": "ARG-parent"}],
    "registered_limits.create": [
        {
            "service": "ARG-service",
            "resource_name": "cores",
            "default_limit": 1,
            "description": "d",
            "region": "ARG-region",
        },
    ],
    "registered_limits.list": [{}, {"service": "ARG-service", "region": "ARG-region", "resource_name": "cores"}],
    "registered_limits.update": [{"registered_limit": "ARG-limit", "default_limit": 2, "description": "d"}],
    "role_assignments.list": [
        {},
        {"user": "ARG-user", "project": "ARG-project", "effective": True, "include_names": True},
        {"group": "ARG-group", "domain": "ARG-domain", "role": "ARG-role"},
        {"user": "ARG-user", "system": "all"},
        {"project": "ARG-project", "include_subtree": True},
        {"user": "ARG-user", "os_inherit_extension_inherited_to": "projects"},
    ],
    "roles.check": OF_ROLE,
    "roles.create": [{"name": "ARG-name", "domain": "ARG-domain", "description": "d"}],
    "roles.grant": OF_ROLE,
    "roles.list": [{}, {"domain_id": "ARG-domain", "name": "n"}, *GRANTS],
    "roles.revoke": OF_ROLE,
    "roles.update": [{"role": "ARG-role", "name": "n"}, {"role": "ARG-role", "description": None}],
    "services.create": [{"name": "ARG-name", "type": "compute", **PARTS}],
    "services.delete": [{"service": "ARG-service"}],
    "services.list": [{}, {"name": "n", "type": "compute"}],
    "services.update": [{"service": "ARG-service", "name": "n", "type": "t", **PARTS}],
    "tokens.get_token_data": [
        {"token": "ARG-token"},
        {"token": "ARG-token", "include_catalog": False, "allow_expired": True},
    ],
    "trusts.create": [
        {
            "trustee_user": "ARG-trustee",
            "trustor_user": "ARG-trustor",
            "role_names": ["admin"],
            "project": "ARG-project",
            "impersonation": True,
            "remaining_uses": 2,
        },
    ],
    "trusts.list": [{}, {"trustee_user": "ARG-trustee", "trustor_user": "ARG-trustor"}],
    "users.create": [
        {"name": "ARG-name"},
        {
            "name": "ARG-name",
            "domain": "ARG-domain",
            "default_project": "ARG-project",
            "password": "p",
            "email": "e",
            **PARTS,
        },
    ],
    "users.list": [{}, {"group": "ARG-group"}, {"domain": "ARG-domain", "name": "n"}, {"enabled": True}],
    "users.update": [
        {"user": "ARG-user", "name": "n", "password": "p", "email": "e", **PARTS},
        {"user": "ARG-user", "email": None},
    ],
    "users.update_password": [{"old_password": "old", "new_password": "new"}],
}

# Sends more than one request, or one that a signature makes different each time.
LEFT_OUT = {"oauth1.access_tokens.create", "oauth1.request_tokens.create", "tokens.validate"}
# Defined by a manager itself, but one request with others: lists that are searched.
SEARCHES = {"find", "findall"}


class Server(http.server.BaseHTTPRequestHandler):
    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        HEARD.append({"method": self.command, "target": self.path, "body": json.loads(body) if body else None})
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"{}")

    do_DELETE = do_GET = do_HEAD = do_PATCH = do_POST = do_PUT = answer

    def log_message(self, *_):
        pass


def managers(holder, path=""):
    """The managers of a client, and those within others, by their path."""
    for name, value in sorted(vars(holder).items()):
        if not name.startswith("_") and "Manager" in type(value).__name__:
            yield path + name, value
            yield from managers(value, path + name + ".")


def methods(manager):
    for name, method in inspect.getmembers(manager, inspect.ismethod):
        own = name in vars(type(manager))
        plain = name in ("get", "list", "delete") and getattr(manager, "collection_key", None)
        if not name.startswith("_") and name not in SEARCHES and (own or plain):
            yield name, method


def needed(method):
    parameters = inspect.signature(method).parameters.values()
    plain = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {p.name: "ARG-" + p.name for p in parameters if p.kind in plain and p.default is p.empty}


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = "http://127.0.0.1:{}/v3".format(server.server_port)
    auth = token_endpoint.Token(endpoint, "t")
    keystone = client.Client(session=session.Session(auth=auth), endpoint_override=endpoint)
    # A fixed token says nothing of its user.
    type(keystone.users.client).user_id = "ARG-self"
    called = set()
    for path, manager in managers(keystone):
        for name, method in methods(manager):
            label = path + "." + name
            if label in LEFT_OUT:
                continue
            called.add(label)
            for number, arguments in enumerate(CALLS.get(label, [needed(method)])):
                HEARD.clear()
                try:
                    method(**arguments)
                except (exceptions.MethodNotImplemented, NotImplementedError):
                    continue
                except Exception as error:
                    # What the answer lacks is of no interest, once there was a request.
                    if not HEARD:
                        raise SystemExit("{} {}: {!r}".format(label, arguments, error)) from error
                call = "{} {}".format(label, number) if number else label
                for request in HEARD:
                    print(json.dumps({"call": call, **request}, sort_keys=True))
    unknown = set(CALLS) - called
    if unknown:
        raise SystemExit("no such methods: {}".format(sorted(unknown)))


main()
