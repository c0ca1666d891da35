"""What the checks share: the facts of the lab, sessions, and the proof that a token is one."""

import contextlib
import json
from dataclasses import dataclass
from typing import Callable

import requests
from keystoneauth1 import loading, session


class Refused(Exception):
    """A server has refused a login, as the case wants."""


@dataclass
class Case:
    method: str
    name: str
    server: str
    run: Callable
    expected: str = "token"
    stand_in: bool = False


class Facts:
    def __init__(self, values):
        self.values = values

    @classmethod
    def read(cls, path):
        with open(path) as file:
            return cls(json.load(file))

    def __getitem__(self, name):
        return self.values[name]

    def client(self, identifier, provider="openid"):
        (found,) = (client for client in self[provider]["clients"] if client["id"] == identifier)
        return found

    def password(self, user):
        (found,) = (known["password"] for known in self["users"] if known["name"] == user)
        return found

    def scope(self):
        keystone = self["keystone"]
        return {"project_name": keystone["projects"][0], "project_domain_name": keystone["domain"]}

    def openid(self, url="url"):
        """Where the OpenID Provider's users log in to Keystone, and their project."""
        provider = self["openid"]
        place = {"identity_provider": provider["identity_provider"], "protocol": provider["protocol"]}
        return {"auth_url": self["keystone"][url]} | place | self.scope()

    def discovery(self, tls=False):
        return self["openid"]["tls_issuer" if tls else "issuer"] + "/.well-known/openid-configuration"


def plugin(name, **options):
    """A plugin by the name that clouds.yaml would give it."""
    return loading.get_plugin_loader(name).load_from_options(**options)


class Tampering(requests.adapters.HTTPAdapter):
    """Changes bytes of requests on their way to the server, for as many others."""

    def __init__(self, old, new):
        super().__init__()
        self.old, self.new, self.done = old, new, False

    def send(self, request, **options):
        body = request.body.encode() if isinstance(request.body, str) else request.body
        if body and self.old in body:
            request.body, self.done = body.replace(self.old, self.new), True
        return super().send(request, **options)


def new_session(authority=None, adapter=None):
    inner = requests.Session()
    # No proxy, and no ~/.netrc.
    inner.trust_env = False
    if adapter:
        inner.mount("http://", adapter)
    return session.Session(session=inner, verify=authority or True)


def prove(facts, auth, user, authority=None, adapter=None):
    """Logs in, then has Keystone B validate whose token it is."""
    own = new_session(authority, adapter)
    access = auth.get_access(own)
    url = facts["keystone"]["url"] + "/auth/tokens"
    headers = {"X-Auth-Token": access.auth_token, "X-Subject-Token": access.auth_token}
    token = own.get(url, headers=headers, authenticated=False).json()["token"]
    if token["user"]["name"] != user:
        raise AssertionError(f"the token is of {token['user']['name']}, not of {user}")
    project = token.get("project", {}).get("name")
    return f"user={user} project={project} methods={'+'.join(sorted(token['methods']))}"


@contextlib.contextmanager
def refused(*kinds):
    """Errors of these kinds are the refusal that a case wants; they tell the status and why."""
    try:
        yield
    except kinds as error:
        status = getattr(error, "http_status", None)
        raise Refused(f"{type(error).__name__} {status or ''}: {reason(error)}") from None


def reason(error):
    response = getattr(error, "response", None)
    try:
        return response.json()["error"]
    except (AttributeError, KeyError, ValueError):
        return str(error)
