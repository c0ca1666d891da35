"""Holds a running Keystone against an OpenAPI document, by schemathesis.

    conformance.py DOCUMENT FOLDER reads|writes|deletes [SCHEMATHESIS OPTION ..]

It makes one resource of each kind, whose ids stand in the paths of what
schemathesis generates, and ends with schemathesis' own exit code. Failures in
the baseline beside this script are Keystone's own and accepted. `writes` and
`deletes` spoil the Keystone: throw it away afterwards. The Keystone comes from
the `OS_*` variables; behind Apache, which answers where uWSGI closes the
connection. FOLDER takes the configuration.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from keystoneauth1 import session
from keystoneauth1.identity import v3

METHODS = {"reads": ["GET", "HEAD"], "writes": ["POST", "PUT", "PATCH"], "deletes": ["DELETE"]}
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# What is not tried: it would change the password or end the token by which everything is tried,
# or it needs a browser, another Keystone or a signature that nobody can guess.
LEFT_OUT = "OS-FEDERATION/(websso|saml2|identity_providers/[^/]+/protocols/[^/]+/(auth|websso))"
BASELINE = Path(__file__).with_name("conformance_baseline.json")
# Of all that is made, so that several runs can share a Keystone.
NAME = "scene-{}".format(os.getpid())
PASSWORD = "a Password 4 tests"


class Scene:
    """One resource of each kind, made through the API."""

    def __init__(self, keystone):
        self.keystone = keystone
        self.ids = {}

    def send(self, method, path, body=None):
        url = os.environ["OS_AUTH_URL"] + "/" + path
        answer = self.keystone.request(url, method, json=body)
        return answer.json() if answer.content else None

    def make(self, parameter, path, key, body):
        """A resource of a collection; its id stands for `parameter`."""
        made = self.send("POST", path, {key: body})[key]
        self.ids[parameter] = made["id"]
        return made

    def build(self):
        ids = self.ids
        self.make("domain_id", "domains", "domain", {"name": NAME})
        self.make("project_id", "projects", "project", {"name": NAME, "domain_id": "default", "tags": ["one"]})
        self.make("user_id", "users", "user", {"name": NAME, "password": PASSWORD})
        self.make("group_id", "groups", "group", {"name": NAME})
        self.make("role_id", "roles", "role", {"name": NAME})
        implied = self.send("POST", "roles", {"role": {"name": NAME + "-implied"}})["role"]
        ids["prior_role_id"], ids["implied_role_id"] = ids["role_id"], implied["id"]
        self.send("PUT", "roles/{role_id}/implies/{implied_role_id}".format(**ids))
        self.send("PUT", "groups/{group_id}/users/{user_id}".format(**ids))
        for scope in ("projects/{project_id}", "domains/{domain_id}"):
            for actor in ("users/{user_id}", "groups/{group_id}"):
                grant = "{}/{}/roles/{{role_id}}".format(scope, actor).format(**ids)
                self.send("PUT", "" + grant)
                self.send("PUT", "OS-INHERIT/{}/inherited_to_projects".format(grant))
        self.send("PUT", "system/users/{user_id}/roles/{role_id}".format(**ids))
        self.send("PUT", "system/groups/{group_id}/roles/{role_id}".format(**ids))
        self.services()
        self.federation()
        self.owned()
        ids |= {"value": "one", "group": "ldap", "option": "url", "request_token_id": "0" * 32}
        ids["access_token_id"] = "0" * 32
        self.send("PUT", "domains/{domain_id}/config".format(**ids), {"config": {"ldap": {"url": "ldap://localhost"}}})
        return ids

    def services(self):
        ids = self.ids
        self.make("service_id", "services", "service", {"type": NAME, "name": NAME})
        self.make("region_id", "regions", "region", {"id": NAME})
        endpoint = {"service_id": ids["service_id"], "interface": "public", "url": "http://127.0.0.1:1"}
        self.make("endpoint_id", "endpoints", "endpoint", endpoint | {"region_id": NAME})
        self.make("policy_id", "policies", "policy", {"type": "application/json", "blob": "{}"})
        group = {"name": NAME, "filters": {"service_id": ids["service_id"]}}
        self.make("endpoint_group_id", "OS-EP-FILTER/endpoint_groups", "endpoint_group", group)
        self.send("PUT", "OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/projects/{project_id}".format(**ids))
        self.send("PUT", "OS-EP-FILTER/projects/{project_id}/endpoints/{endpoint_id}".format(**ids))
        for place in ("endpoints/{endpoint_id}", "services/{service_id}", "services/{service_id}/regions/{region_id}"):
            self.send("PUT", ("policies/{policy_id}/OS-ENDPOINT-POLICY/" + place).format(**ids))
        limited = {"service_id": ids["service_id"], "resource_name": "cores"}
        made = self.send("POST", "registered_limits", {"registered_limits": [limited | {"default_limit": 10}]})
        ids["registered_limit_id"] = made["registered_limits"][0]["id"]
        limit = limited | {"project_id": ids["project_id"], "resource_limit": 5}
        ids["limit_id"] = self.send("POST", "limits", {"limits": [limit]})["limits"][0]["id"]

    def federation(self):
        ids = self.ids
        ids |= {"idp_id": NAME, "mapping_id": NAME, "protocol_id": "mapped", "service_provider_id": NAME}
        rules = [{"local": [{"user": {"name": "{0}"}}], "remote": [{"type": "REMOTE_USER"}]}]
        self.send("PUT", "OS-FEDERATION/mappings/" + NAME, {"mapping": {"rules": rules}})
        self.send("PUT", "OS-FEDERATION/identity_providers/" + NAME, {"identity_provider": {"remote_ids": [NAME]}})
        protocol = "OS-FEDERATION/identity_providers/{}/protocols/mapped".format(NAME)
        self.send("PUT", protocol, {"protocol": {"mapping_id": NAME}})
        provider = {"auth_url": "http://127.0.0.1:1", "sp_url": "http://127.0.0.1:1", "enabled": True}
        self.send("PUT", "OS-FEDERATION/service_providers/" + NAME, {"service_provider": provider})

    def owned(self):
        """What belongs to the scene's user, who makes some of it himself."""
        ids = self.ids
        credential = {"user_id": ids["user_id"], "type": "totp", "blob": "GEZDGNBV"}
        self.make("credential_id", "credentials", "credential", credential)
        consumer = {"description": NAME}
        self.make("consumer_id", "OS-OAUTH1/consumers", "consumer", consumer)
        ec2 = "users/{user_id}/credentials/OS-EC2".format(**ids)
        made = self.send("POST", ec2, {"tenant_id": ids["project_id"]})
        ids["access"] = made["credential"]["access"]
        user = Scene(login(user_id=ids["user_id"], password=PASSWORD, project_id=ids["project_id"]))
        path = "users/{user_id}/application_credentials".format(**ids)
        rule = {"path": "/v1/" + NAME, "method": "GET", "service": NAME}
        made = user.send("POST", path, {"application_credential": {"name": NAME, "access_rules": [rule]}})
        ids["application_credential_id"] = made["application_credential"]["id"]
        ids["access_rule_id"] = made["application_credential"]["access_rules"][0]["id"]
        trust = {
            "trustor_user_id": ids["user_id"],
            "trustee_user_id": ids["user_id"],
            "impersonation": True,
            "project_id": ids["project_id"],
            "roles": [{"id": ids["role_id"]}],
        }
        ids["trust_id"] = user.send("POST", "OS-TRUST/trusts", {"trust": trust})["trust"]["id"]


def login(**who):
    auth = v3.Password(auth_url=os.environ["OS_AUTH_URL"], **who)
    return session.Session(auth=auth, verify=os.environ["OS_CACERT"])


def administrator():
    return login(
        username=os.environ["OS_USERNAME"],
        password=os.environ["OS_PASSWORD"],
        user_domain_id="default",
        project_name=os.environ["OS_PROJECT_NAME"],
        project_domain_id="default",
    )


def configuration(ids):
    """The ids of the scene as the parameters of schemathesis. JSON's strings are TOML's too."""
    access = ids.pop("access")
    lines = ["[parameters]"]
    lines += ['"path.{}" = {}'.format(name, json.dumps(value)) for name, value in sorted(ids.items())]
    # The same name as that of other credentials, but another kind of id.
    lines += ["[[operations]]", 'include-path-regex = "/credentials/OS-EC2/"']
    lines += ['parameters = {{ "path.credential_id" = {} }}'.format(json.dumps(access))]
    return "\n".join(lines) + "\n"


def main(document, folder, kind, *options):
    # Without one, schemathesis would accept whatever it finds.
    if not BASELINE.exists():
        sys.exit("there is no baseline `{}`".format(BASELINE))
    keystone = administrator()
    config = Path(folder) / "schemathesis.toml"
    config.write_text(configuration(Scene(keystone).build()))
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(config)]
    command += ["run", document, "--url", os.environ["OS_AUTH_URL"].removesuffix("/v3")]
    command += ["--header", "X-Auth-Token: " + keystone.get_token()]
    command += ["--header", "X-Subject-Token: " + keystone.get_token()]
    command += ["--checks", CHECKS, "--phases", "fuzzing", "--mode", "positive", "--seed", "1"]
    command += ["--baseline", str(BASELINE), "--no-shrink"]
    command += ["--tls-verify", os.environ["OS_CACERT"]]
    for method in METHODS[kind]:
        command += ["--include-method", method]
    command += ["--exclude-path-regex", LEFT_OUT]
    return subprocess.run([*command, *options], cwd=folder).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
