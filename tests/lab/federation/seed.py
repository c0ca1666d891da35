"""What the Keystones hold for the federated logins, put there through their own API, without a server."""

import os
import sys

from federation import names


class Api:
    """Keystone's application, called as its administrator."""

    def __init__(self, config):
        from keystone.server import wsgi
        from werkzeug.test import Client

        os.environ["OS_KEYSTONE_CONFIG_FILES"] = str(config)
        # Keystone takes this process's arguments for its own.
        sys.argv = ["keystone"]
        self.client = Client(wsgi.initialize_public_application())
        self.headers = {}
        domain = {"id": "default"}
        user = {"name": names.ADMIN, "domain": domain, "password": names.ADMIN_PASSWORD}
        identity = {"methods": ["password"], "password": {"user": user}}
        scope = {"project": {"name": names.ADMIN, "domain": domain}}
        response = self.send("POST", "/auth/tokens", {"auth": {"identity": identity, "scope": scope}})
        self.headers["X-Auth-Token"] = response.headers["X-Subject-Token"]

    def send(self, method, path, body=None):
        response = self.client.open("/v3" + path, method=method, json=body, headers=self.headers)
        if response.status_code >= 300:
            raise SystemExit(f"{method} {path}: {response.status} {response.text}")
        return response

    def create(self, collection, member, **fields):
        return self.send("POST", f"/{collection}", {member: fields}).json[member]["id"]

    def role(self):
        (role,) = self.send("GET", f"/roles?name={names.ROLE}").json["roles"]
        return role["id"]


def keystone_a(config, state):
    api = Api(config)
    user = api.create("users", "user", name=names.LOCAL_USER, domain_id="default", password=names.LOCAL_PASSWORD)
    project = api.create("projects", "project", name=names.LOCAL_PROJECT, domain_id="default")
    api.send("PUT", f"/projects/{project}/users/{user}/roles/{api.role()}")
    provider = {
        "enabled": True,
        "auth_url": names.WEB + "/v3/OS-FEDERATION/identity_providers/keystone-a/protocols/saml2/auth",
        "sp_url": names.WEB + "/Shibboleth.sso/SAML2/ECP",
    }
    api.send("PUT", f"/OS-FEDERATION/service_providers/{names.SERVICE_PROVIDER}", {"service_provider": provider})
    # What `keystone-manage saml_idp_metadata` prints.
    from keystone.federation import idp

    metadata = idp.MetadataGenerator().generate_metadata().to_string().decode()
    (state / "keystone_a/metadata.xml").write_text(metadata)


def keystone_b(config):
    api = Api(config)
    group = group_with_roles(api)
    for name, rules in mappings(group).items():
        api.send("PUT", f"/OS-FEDERATION/mappings/{name}", {"mapping": {"rules": rules}})
    # Without a domain_id Keystone makes a domain for each: two providers that share one collide
    # as soon as both know a user of the same name. A remote id belongs to one provider only.
    for name, remote_ids, protocols in (
        ("op", [names.PROVIDER, names.PROVIDER_TLS], {"openid": "openid"}),
        ("saml-idp", [names.SAML_IDP], {"saml2": "shibboleth", "mapped": "mellon"}),
        ("keystone-a", [names.KEYSTONE_IDP], {"saml2": "keystone-a"}),
        ("adfs-stand-in", [names.ADFS_ISSUER], {"saml2": "shibboleth"}),
    ):
        provider = f"/OS-FEDERATION/identity_providers/{name}"
        api.send("PUT", provider, {"identity_provider": {"enabled": True, "remote_ids": remote_ids}})
        for protocol, mapping in protocols.items():
            api.send("PUT", f"{provider}/protocols/{protocol}", {"protocol": {"mapping_id": mapping}})


def group_with_roles(api):
    """A group that federated users become members of, with a role on the domain and its projects."""
    domain = api.create("domains", "domain", name=names.DOMAIN)
    group = api.create("groups", "group", name=names.GROUP, domain_id=domain)
    role = api.role()
    api.send("PUT", f"/domains/{domain}/groups/{group}/roles/{role}")
    for name in names.PROJECTS:
        project = api.create("projects", "project", name=name, domain_id=domain)
        api.send("PUT", f"/projects/{project}/groups/{group}/roles/{role}")
    return group


def mappings(group):
    def rule(name, *remote):
        return {"local": [{"user": {"name": name}}, {"group": {"id": group}}], "remote": list(remote)}

    return {
        # People have a `sub`, clients that log in for themselves only a client id. Where both match,
        # the first rule names the user.
        "openid": [rule("{0}", {"type": "HTTP_OIDC_SUB"}), rule("{0}", {"type": "OIDC-client_id"})],
        "shibboleth": [rule("{0}", {"type": "uid"})],
        "mellon": [rule("{0}" + names.MELLON_SUFFIX, {"type": "MELLON_uid"})],
        "keystone-a": [rule("{0}", {"type": "openstack_user"})],
    }
