"""What the tests are told: one JSON object with every address, user, secret and client."""

from federation import adfs_stand_in, adfs_stand_in_sp, names, openid, saml_idp
from federation.ports import HOST

# In the folder of the run, and gone with it.
FILE = "facts.json"


def collect(state, processes, keys, ports):
    admin = {"username": names.ADMIN, "password": names.ADMIN_PASSWORD, "project": names.ADMIN, "region": names.REGION}
    return {
        "keystone": admin
        | {
            "url": ports.url("web") + "/v3",
            "jwks_url": ports.url("web_jwks") + "/v3",
            "audience_url": ports.url("web_audience") + "/v3",
            "domain": names.DOMAIN,
            "projects": names.PROJECTS,
        },
        "keystone_a": admin
        | {
            "url": ports.url("keystone_a") + "/v3",
            "user": {"name": names.LOCAL_USER, "password": names.LOCAL_PASSWORD, "project": names.LOCAL_PROJECT},
            "service_provider": names.SERVICE_PROVIDER,
        },
        "users": [{"name": name, "password": password} for name, password in names.USERS.items()],
        "openid": {"identity_provider": "op", "protocol": "openid"} | openid.facts("provider", keys, ports),
        "other_openid": openid.facts("other_provider", keys, ports),
        "saml": {
            "identity_provider": "saml-idp",
            "shibboleth_protocol": "saml2",
            "mellon_protocol": "mapped",
            "moved_protocol": "moved",
            "mellon_suffix": names.MELLON_SUFFIX,
            "identity_provider_url": saml_idp.sso_url(ports),
        },
        "adfs_stand_in": {
            "identity_provider": "adfs-stand-in",
            "protocol": "saml2",
            "identity_provider_url": adfs_stand_in.url(ports.url("adfs")),
            "service_provider_endpoint": ports.url("web") + adfs_stand_in_sp.CONSUMER,
            "service_provider_entity_id": names.ADFS_RELYING_PARTY,
        },
        "websso_ports": ports.dashboards(),
        "closed_url": ports.url("closed"),
        "servers": servers(ports),
        "state": str(state),
        "run": str(processes.run),
        "facts": str(processes.run / FILE),
        "pids": processes.pids(),
    }


def dashboards(ports):
    """Where Keystone may send the token of a login by a browser; it compares word for word."""
    return [f"http://{host}:{port}/auth/websso/" for port in ports.dashboards() for host in ("localhost", HOST)]


def servers(ports):
    """Everything that speaks HTTP; shibd and Keystone B's uWSGI speak to Apache only."""
    addresses = {name: ports.url(name) + "/v3" for name in ("keystone_a", "web", "web_jwks", "web_audience")}
    for name in ("provider", "other_provider"):
        addresses[name] = ports.url(name)
        addresses[f"{name}_tls"] = ports.url(f"{name}_tls", "https")
    return addresses | {"saml_idp": ports.url("saml_idp") + "/", "adfs_stand_in": ports.url("adfs")}
