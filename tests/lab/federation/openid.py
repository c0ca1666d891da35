"""The OpenID Providers: panva's oidc-provider under Node, one that Keystone B trusts and another."""

import json
import shutil
from pathlib import Path

from federation import material, names, packages

SOURCES = Path(__file__).with_name("node")
CODE = "authorization_code"
REFRESH = "refresh_token"
PASSWORD = "password"
CLIENT = "client_credentials"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
EVERY = [CODE, REFRESH, PASSWORD, CLIENT, DEVICE, EXCHANGE]
# Of a native client (RFC 8252), which all are here: any port of loopback will do.
REDIRECTS = ["http://127.0.0.1/callback", "http://localhost/callback"]

# Client id, how it proves itself, and the grants it may use.
CLIENTS = (
    ("basic", "client_secret_basic", EVERY),
    ("post", "client_secret_post", EVERY),
    ("jwt-es256", "private_key_jwt", EVERY),
    ("jwt-rs256", "private_key_jwt", EVERY),
    ("public", "none", [CODE, REFRESH, PASSWORD, DEVICE]),
    # Its access tokens end soon, so that they have to be renewed.
    ("short-lived", "client_secret_basic", EVERY),
    ("code-expires", "client_secret_basic", [CODE]),
    ("service", "client_secret_basic", [CLIENT]),
    # What can happen in a device flow: see DEVICES.
    ("device", "client_secret_basic", [DEVICE, REFRESH]),
    ("device-without-interval", "client_secret_basic", [DEVICE]),
    ("device-slow-down", "client_secret_basic", [DEVICE]),
    ("device-expires", "client_secret_basic", [DEVICE]),
)
# `interval` in seconds; the client without one may have it, too.
DEVICES = {
    "basic": {"interval": 1},
    "post": {"interval": 1},
    "jwt-es256": {"interval": 1},
    "jwt-rs256": {"interval": 1},
    "public": {"interval": 1},
    "device": {"interval": 1},
    "device-without-interval": {},
    "device-slow-down": {"interval": 1, "slow_down": True},
    "device-expires": {"interval": 1, "expires_in": 3},
}
ACCESS_TOKEN_SECONDS = {"short-lived": 5}
CODE_SECONDS = {"code-expires": 1}
# Apache's own client, for introspection and for logins by a browser.
RESOURCE_SERVER = "keystone"


def secret(client):
    return f"secret-of-{client}"


def start(processes, name, keys, ports, node_modules):
    """Starts `provider` or `other_provider` on their ports."""
    other = "other_provider" if name == "provider" else "provider"
    folder = processes.run / name
    folder.mkdir()
    for source in SOURCES.glob("*.mjs"):
        shutil.copy(source, folder)
    # Where Node looks for packages: beside the program.
    (folder / "node_modules").symlink_to(node_modules)
    (folder / "package.json").write_text('{"type": "module"}')
    config = {
        "issuer": ports.url(name),
        "port": ports[name],
        "mixed_up_with": ports.url(other),
        "audience": names.AUDIENCE,
        "users": names.USERS,
        "jwks": str(keys / f"{name.replace('_', '-')}.jwks"),
        "clients": clients(keys, ports),
        "devices": DEVICES,
        "access_token_seconds": ACCESS_TOKEN_SECONDS,
        "code_seconds": CODE_SECONDS,
        "tls": {
            "issuer": ports.url(f"{name}_tls", "https"),
            "port": ports[f"{name}_tls"],
            "key": str(keys / "provider-tls.key"),
            "certificate": str(keys / "provider-tls.pem"),
        },
    }
    (folder / "config.json").write_text(json.dumps(config))
    # Its warnings are about plain HTTP.
    node = [packages.node(node_modules), "--no-warnings"]
    processes.start(name, [*node, folder / "provider.mjs", folder / "config.json"])


def clients(keys, ports):
    own = [client(keys, *row) for row in CLIENTS]
    return own + [
        {
            "client_id": RESOURCE_SERVER,
            "client_secret": secret(RESOURCE_SERVER),
            "grant_types": [CODE],
            "redirect_uris": [ports.url("web") + "/oidc/redirect"],
        }
    ]


def client(keys, identifier, authentication, grants):
    asks_people = CODE in grants
    described = {
        "client_id": identifier,
        "token_endpoint_auth_method": authentication,
        "application_type": "native",
        "grant_types": grants,
        "response_types": ["code"] if asks_people else [],
        "redirect_uris": REDIRECTS if asks_people else [],
    }
    if authentication.startswith("client_secret"):
        described["client_secret"] = secret(identifier)
    if authentication == "private_key_jwt":
        described["jwks"] = json.loads((keys / f"{identifier}.jwks").read_text())
        described["token_endpoint_auth_signing_alg"] = material.CLIENTS[identifier]
        # The provider has keys for both.
        described["id_token_signed_response_alg"] = material.CLIENTS[identifier]
    return described


def facts(name, keys, ports):
    """What a test has to know of a provider."""
    known = []
    for identifier, authentication, grants in CLIENTS:
        fact = {"id": identifier, "authentication": authentication, "grants": grants}
        fact |= {"id_token_algorithm": material.CLIENTS.get(identifier, "RS256")}
        if authentication.startswith("client_secret"):
            fact["secret"] = secret(identifier)
        if authentication == "private_key_jwt":
            fact |= {"key": str(keys / f"{identifier}.key"), "kid": identifier}
            fact |= {"algorithm": material.CLIENTS[identifier]}
        fact |= {"device": DEVICES.get(identifier)} if DEVICE in grants else {}
        fact |= {"access_token_seconds": ACCESS_TOKEN_SECONDS.get(identifier, 3600)}
        known.append(fact)
    issuer, tls_issuer = ports.url(name), ports.url(f"{name}_tls", "https")
    return {
        "issuer": issuer,
        "tls_issuer": tls_issuer,
        "authority": str(keys / "provider-authority.pem"),
        "another_issuer_url": issuer + "/another-issuer",
        "mixed_up_url": issuer + "/mixed-up",
        "redirect_path": "/callback",
        "audience": names.AUDIENCE,
        "clients": known,
    }
