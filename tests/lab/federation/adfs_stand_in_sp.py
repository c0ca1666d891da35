"""A stand-in for a service provider of ADFS: the receiving end of WS-Federation's passive sign-in.

`POST /adfs/consume` with `wa=wsignin1.0` and `wresult=<RequestSecurityTokenResponse>` checks the SAML
1.1 assertion (signature, time, audience) and starts a session by a cookie. The federation URL of the
identity provider `adfs-stand-in` then gets the variables that mod_shib would have set, or 401.

Shibboleth's own extension for ADFS would be the real thing, but the one of Debian 12 (3.4.1) reads no
response at all ("Unimplemented decode method").
"""

import datetime
import secrets
from urllib.parse import parse_qs

from lxml import etree

from federation import adfs_signature, names

CONSUMER = "/adfs/consume"
GUARDED = "/v3/OS-FEDERATION/identity_providers/adfs-stand-in/protocols/saml2/auth"
COOKIE = "adfs_stand_in_session"
NAMESPACES = {
    "t": "http://schemas.xmlsoap.org/ws/2005/02/trust",
    "saml": adfs_signature.SAML,
    "ds": adfs_signature.DSIG,
}


class ServiceProvider:
    """WSGI middleware; its sessions are this process's."""

    def __init__(self, application, certificate, url):
        self.application, self.certificate, self.url = application, certificate, url
        self.sessions = {}

    def __call__(self, environ, start_response):
        path = environ.get("PATH_INFO", "")
        if path == CONSUMER:
            return self.consume(environ, start_response)
        if path == GUARDED:
            known = self.sessions.get(cookie(environ))
            if known is None:
                return respond(start_response, "401 Unauthorized", "no session of the stand-in for ADFS")
            environ |= known
        return self.application(environ, start_response)

    def consume(self, environ, start_response):
        try:
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            form = parse_qs(body.decode(), strict_parsing=True)
            if form.get("wa") != ["wsignin1.0"] or len(form.get("wresult", [])) != 1:
                raise ValueError("the form is not wa=wsignin1.0 with one wresult")
            variables = self.read(form["wresult"][0])
        except (ValueError, etree.XMLSyntaxError) as error:
            return respond(start_response, "403 Forbidden", str(error))
        session = secrets.token_urlsafe(24)
        self.sessions[session] = variables
        headers = [("Location", self.url + "/"), ("Set-Cookie", f"{COOKIE}={session}; Path=/; HttpOnly")]
        return respond(start_response, "302 Found", "", headers)

    def read(self, wresult):
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        root = etree.fromstring(wresult.encode(), parser)
        if root.tag != "{%s}RequestSecurityTokenResponse" % NAMESPACES["t"]:
            raise ValueError(f"wresult is a `{root.tag}`")
        assertion = only(root, "t:RequestedSecurityToken/saml:Assertion")
        reference = only(assertion, "ds:Signature/ds:SignedInfo/ds:Reference")
        if reference.get("URI") != "#" + assertion.get("AssertionID", ""):
            raise ValueError("the signature covers something else")
        # Alone, so that nothing around it can be mistaken for it.
        adfs_signature.verify(etree.tostring(assertion, with_tail=False), self.certificate)
        conditions = only(assertion, "saml:Conditions")
        start, end = (datetime.datetime.fromisoformat(conditions.get(name)) for name in ("NotBefore", "NotOnOrAfter"))
        if not start <= datetime.datetime.now(datetime.UTC) < end:
            raise ValueError("the assertion is not in force now")
        audience = only(conditions, "saml:AudienceRestrictionCondition/saml:Audience").text
        if audience != names.ADFS_RELYING_PARTY:
            raise ValueError(f"the assertion is for `{audience}`")
        claim = f'@AttributeName="name" and @AttributeNamespace="{adfs_signature.CLAIMS}"'
        name = only(assertion, f"saml:AttributeStatement/saml:Attribute[{claim}]/saml:AttributeValue").text
        return {"Shib-Identity-Provider": assertion.get("Issuer"), "uid": name}


def only(element, path):
    found = element.xpath(path, namespaces=NAMESPACES)
    if len(found) != 1:
        raise ValueError(f"{path}: {len(found)} found")
    return found[0]


def cookie(environ):
    parts = (part.strip().partition("=") for part in environ.get("HTTP_COOKIE", "").split(";"))
    return next((value for name, _, value in parts if name == COOKIE), None)


def respond(start_response, status, text, headers=()):
    data = text.encode()
    length = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(data)))]
    start_response(status, [*length, *headers])
    return [data]
