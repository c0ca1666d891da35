"""A stand-in for Microsoft ADFS: WS-Trust 1.3, only what `usernamemixed` needs.

    adfs_stand_in.py PORT KEY CERTIFICATE

It is not ADFS, which nobody packages for Linux. It reads its requests strictly, and xmlsec1 checks the
signature of the assertions it issues at the other end (adfs_stand_in_sp.py), so that a client that
builds a wrong request, or writes the assertion anew with a changed byte, does fail.
"""

import datetime
import http.server
import sys
import uuid
from pathlib import Path
from xml.sax.saxutils import escape

# Beside the package of this file.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from lxml import etree  # noqa: E402

from federation import adfs_signature, names  # noqa: E402

PATH = "/adfs/services/trust/13/usernamemixed"
WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
NAMESPACES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://www.w3.org/2005/08/addressing",
    "o": WSS + "wssecurity-secext-1.0.xsd",
    "u": WSS + "wssecurity-utility-1.0.xsd",
    "t": "http://docs.oasis-open.org/ws-sx/ws-trust/200512",
    "p": "http://schemas.xmlsoap.org/ws/2004/09/policy",
}
SECURITY = "/s:Envelope/s:Header/o:Security/"
REQUEST = "/s:Envelope/s:Body/t:RequestSecurityToken/"
# The words of ADFS.
FAILED = "ID3242: The security token could not be authenticated or authorized."
CLOCK_SKEW = datetime.timedelta(minutes=5)

RESPONSE = """\
<s:Envelope xmlns:s="{s}" xmlns:a="{a}"><s:Header><a:Action s:mustUnderstand="1">{t}/RSTRC/IssueFinal</a:Action>\
<a:RelatesTo>{message}</a:RelatesTo></s:Header><s:Body><trust:RequestSecurityTokenResponseCollection xmlns:trust="{t}">\
<trust:RequestSecurityTokenResponse><trust:Lifetime><wsu:Created xmlns:wsu="{u}">{start}</wsu:Created>\
<wsu:Expires xmlns:wsu="{u}">{end}</wsu:Expires></trust:Lifetime><wsp:AppliesTo xmlns:wsp="{p}">\
<a:EndpointReference><a:Address>{audience}</a:Address></a:EndpointReference></wsp:AppliesTo>\
<trust:RequestedSecurityToken>{assertion}</trust:RequestedSecurityToken><trust:TokenType>{saml}</trust:TokenType>\
<trust:RequestType>{t}/Issue</trust:RequestType><trust:KeyType>{t}/Bearer</trust:KeyType>\
</trust:RequestSecurityTokenResponse></trust:RequestSecurityTokenResponseCollection></s:Body></s:Envelope>"""
FAULT = """\
<s:Envelope xmlns:s="{s}" xmlns:a="{a}"><s:Header/><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value>\
<s:Subcode><s:Value xmlns:o="{o}" xmlns:u="{u}">{code}</s:Value></s:Subcode></s:Code><s:Reason>\
<s:Text xml:lang="en">{text}</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>"""


class Refused(Exception):
    """A SOAP fault: its subcode, and what it says."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


class Request:
    """A RequestSecurityToken of which everything that matters is there exactly once."""

    def __init__(self, body):
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        self.root = etree.fromstring(body, parser)

    def one(self, path):
        found = self.root.xpath(path, namespaces=NAMESPACES)
        if len(found) != 1:
            raise Refused("a:InvalidRequest", f"{path}: {len(found)} found")
        return (found[0].text or "").strip()

    def demand(self, path, value):
        if self.one(path) != value:
            raise Refused("a:InvalidRequest", f"{path} is `{self.one(path)}`, not `{value}`")

    def time(self, name):
        return datetime.datetime.fromisoformat(self.one(f"{SECURITY}u:Timestamp/u:{name}"))


class SecurityTokenService:
    def __init__(self, url, key, certificate):
        self.url, self.key, self.certificate = url, key, certificate

    def issue(self, body):
        request = Request(body)
        trust = NAMESPACES["t"]
        request.demand("/s:Envelope/s:Header/a:Action", f"{trust}/RST/Issue")
        request.demand("/s:Envelope/s:Header/a:To", self.url)
        request.demand(f"{REQUEST}t:RequestType", f"{trust}/Issue")
        request.demand(f"{REQUEST}t:KeyType", f"{trust}/Bearer")
        request.demand(f"{REQUEST}t:TokenType", adfs_signature.SAML)
        now = datetime.datetime.now(datetime.UTC)
        if not request.time("Created") - CLOCK_SKEW <= now < request.time("Expires"):
            raise Refused("u:MessageExpired", "the Timestamp does not cover the present")
        token = f"{SECURITY}o:UsernameToken/o:"
        user, password = request.one(token + "Username"), request.one(token + "Password")
        if user not in names.USERS or names.USERS[user] != password:
            raise Refused("o:FailedAuthentication", FAILED)
        audience = request.one(f"{REQUEST}p:AppliesTo/a:EndpointReference/a:Address")
        if audience != names.ADFS_RELYING_PARTY:
            raise Refused("a:EndpointUnavailable", f"`{audience}` is not a relying party")
        values = {"now": stamp(), "start": stamp(-2), "end": stamp(60), "user": user, "audience": audience}
        identifier = "_" + uuid.uuid4().hex
        assertion = adfs_signature.sign(identifier, names.ADFS_ISSUER, values, self.key, self.certificate)
        message = escape(request.one("/s:Envelope/s:Header/a:MessageID"))
        return RESPONSE.format(**NAMESPACES, **values, saml=adfs_signature.SAML, assertion=assertion, message=message)


def stamp(minutes=0):
    time = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


class Handler(http.server.BaseHTTPRequestHandler):
    service = None

    def do_GET(self):
        self.respond(200, "<up/>")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != PATH:
            return self.respond(404, "<none/>")
        if not self.headers.get("Content-Type", "").startswith("application/soap+xml"):
            return self.respond(415, "<unsupported/>")
        try:
            self.respond(200, self.service.issue(body))
        except Refused as refused:
            self.fault(refused.code, str(refused))
        except (etree.XMLSyntaxError, ValueError) as error:
            self.fault("a:InvalidRequest", str(error))

    def fault(self, code, text):
        # As ADFS does with every fault.
        self.respond(500, FAULT.format(**NAMESPACES, code=code, text=escape(text)))

    def respond(self, status, text):
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/soap+xml; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def url(base):
    return base + PATH


def start(processes, keys, ports):
    key, certificate = keys / "adfs.key", keys / "adfs.pem"
    processes.start("adfs_stand_in", [sys.executable, Path(__file__), ports["adfs"], key, certificate])


if __name__ == "__main__":
    port, key, certificate = sys.argv[1:]
    Handler.service = SecurityTokenService(f"http://127.0.0.1:{port}{PATH}", key, certificate)
    http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Handler).serve_forever()
