"""The cases of SAML2, Keystone2Keystone and the stand-in for ADFS."""

import requests
from keystoneauth1 import exceptions
from keystoneauth1.identity import v3

from check_oidc import REFUSED, websso
from lab_client import Case, Tampering, plugin, prove, refused

SHIBBOLETH = "mod_shib, SimpleSAMLphp"
MELLON = "mod_auth_mellon, SimpleSAMLphp"
KEYSTONE = "Keystone, mod_shib"
ADFS = "stand-in for ADFS"


def by_ecp(facts, protocol, password=None, **more):
    saml = facts["saml"]
    options = {"auth_url": facts["keystone"]["url"], "identity_provider": saml["identity_provider"]}
    options |= {"identity_provider_url": saml["identity_provider_url"], "protocol": saml[protocol]} | more
    password = password or facts.password("alice")
    return plugin("v3samlpassword", username="alice", password=password, **options, **facts.scope())


def shibboleth(facts):
    return prove(facts, by_ecp(facts, "shibboleth_protocol"), "alice")


def mellon(facts):
    return prove(facts, by_ecp(facts, "mellon_protocol"), "alice" + facts["saml"]["mellon_suffix"])


def wrong_password_at(protocol):
    def run(facts):
        # SimpleSAMLphp says so by HTTP 200 with a status of SAML's, which keystoneauth does not read.
        with refused(exceptions.ClientException):
            return prove(facts, by_ecp(facts, protocol, password="wrong"), "alice")

    return run


def tampered(facts, auth, old, new):
    adapter = Tampering(old, new)
    try:
        with refused(exceptions.ClientException):
            return prove(facts, auth, "", adapter=adapter)
    finally:
        if not adapter.done:
            raise AssertionError(f"no request has {old}")


def tampered_at(protocol):
    def run(facts):
        return tampered(facts, by_ecp(facts, protocol), b">alice<", b">admin<")

    return run


def idp_down(facts):
    auth = by_ecp(facts, "shibboleth_protocol", identity_provider_url=facts["closed_url"])
    with refused(exceptions.ClientException, requests.ConnectionError):
        return prove(facts, auth, "alice")


def moved_consumer(facts):
    """The IdP's assertion is for another place than the service provider's request names."""
    with refused(exceptions.AuthorizationFailure):
        return prove(facts, by_ecp(facts, "moved_protocol"), "alice")


def websso_saml(facts):
    saml = facts["saml"]
    return websso(facts, saml["identity_provider"], saml["shibboleth_protocol"], "alice")


def websso_mellon(facts):
    saml = facts["saml"]
    return websso(facts, saml["identity_provider"], saml["mellon_protocol"], "alice" + saml["mellon_suffix"])


def local(facts, password=None):
    keystone, domain = facts["keystone_a"], {"project_domain_id": "default", "user_domain_id": "default"}
    user = keystone["user"]
    password = password or user["password"]
    options = {"username": user["name"], "password": password, "project_name": user["project"]}
    return v3.Password(auth_url=keystone["url"], **options, **domain)


def keystone2keystone(facts):
    service_provider = facts["keystone_a"]["service_provider"]
    auth = v3.Keystone2Keystone(local(facts), service_provider, **facts.scope())
    return prove(facts, auth, facts["keystone_a"]["user"]["name"])


def unknown_service_provider(facts):
    # keystoneauth says no more than that.
    with refused(exceptions.ClientException, AssertionError):
        return prove(facts, v3.Keystone2Keystone(local(facts), "elsewhere", **facts.scope()), "")


def by_adfs(facts, password=None, **more):
    known = facts["adfs_stand_in"]
    names = ("identity_provider", "protocol", "identity_provider_url")
    names += ("service_provider_endpoint", "service_provider_entity_id")
    options = {"auth_url": facts["keystone"]["url"]} | {name: known[name] for name in names} | more
    password = password or facts.password("bob")
    return plugin("v3adfspassword", username="bob", password=password, **options, **facts.scope())


def adfs(facts):
    return prove(facts, by_adfs(facts), "bob")


def adfs_wrong_password(facts):
    with refused(exceptions.AuthorizationFailure):
        return prove(facts, by_adfs(facts, password="wrong"), "bob")


def adfs_tampered(facts):
    return tampered(facts, by_adfs(facts), b"%3Ebob%3C", b"%3Eeve%3C")


def adfs_unknown_party(facts):
    with refused(exceptions.AuthorizationFailure):
        return prove(facts, by_adfs(facts, service_provider_entity_id="https://elsewhere.example"), "bob")


CASES = [
    Case("v3samlpassword", "mod_shib", SHIBBOLETH, shibboleth),
    Case("v3samlpassword", "mod_auth_mellon", MELLON, mellon),
    Case("v3samlpassword", "wrong password", SHIBBOLETH, wrong_password_at("shibboleth_protocol"), REFUSED),
    Case("v3samlpassword", "wrong password, mellon", MELLON, wrong_password_at("mellon_protocol"), REFUSED),
    Case("v3samlpassword", "tampered assertion", SHIBBOLETH, tampered_at("shibboleth_protocol"), REFUSED),
    Case("v3samlpassword", "tampered assertion, mellon", MELLON, tampered_at("mellon_protocol"), REFUSED),
    Case("v3samlpassword", "identity provider down", SHIBBOLETH, idp_down, REFUSED),
    Case("v3samlpassword", "consumer URL mismatch", SHIBBOLETH, moved_consumer, REFUSED),
    Case("v3websso", "SAML2, mod_shib", SHIBBOLETH, websso_saml),
    Case("v3websso", "SAML2, mod_auth_mellon", MELLON, websso_mellon),
    Case("Keystone2Keystone", "local user", KEYSTONE, keystone2keystone),
    Case("Keystone2Keystone", "unknown service provider", KEYSTONE, unknown_service_provider, REFUSED),
    Case("v3adfspassword", "stand-in", ADFS, adfs, stand_in=True),
    Case("v3adfspassword", "wrong password", ADFS, adfs_wrong_password, REFUSED, stand_in=True),
    Case("v3adfspassword", "tampered assertion", ADFS, adfs_tampered, REFUSED, stand_in=True),
    Case("v3adfspassword", "unknown relying party", ADFS, adfs_unknown_party, REFUSED, stand_in=True),
]
