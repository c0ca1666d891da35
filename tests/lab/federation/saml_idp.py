"""The SAML2 identity provider with ECP: Debian's SimpleSAMLphp under PHP's own web server."""

import json

from federation import material, names

PACKAGE = "/usr/share/simplesamlphp"
BASIC = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
SOAP = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP"
PAOS = "urn:oasis:names:tc:SAML:2.0:bindings:PAOS"

METADATA = """\
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"
    entityID="{entity}">
  <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate>
    </ds:X509Data></ds:KeyInfo></KeyDescriptor>
    <NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</NameIDFormat>
    <SingleSignOnService Binding="{redirect}" Location="{sso}"/>
    <SingleSignOnService Binding="{soap}" Location="{sso}"/>
  </IDPSSODescriptor>
</EntityDescriptor>
"""


def sso_url(ports):
    return ports.url("saml_idp") + "/saml2/idp/SSOService.php"


def start(processes, keys, ports):
    folder = processes.run / "saml_idp"
    (folder / "metadata").mkdir(parents=True)
    for name in ("data", "tmp"):
        (folder / name).mkdir(mode=0o700)
    php(folder / "config.php", "config", config(folder, keys, ports))
    php(folder / "authsources.php", "config", {"people": people()})
    php(folder / "metadata/saml20-idp-hosted.php", "metadata", {names.SAML_IDP: hosted()})
    php(folder / "metadata/saml20-sp-remote.php", "metadata", service_providers(ports))
    certificate = material.body(keys / "saml-idp.pem")
    values = {"entity": names.SAML_IDP, "certificate": certificate, "redirect": REDIRECT, "soap": SOAP}
    (folder / "idp.xml").write_text(METADATA.format(sso=sso_url(ports), **values))
    command = ["php", "-d", "display_errors=0", "-S", f"127.0.0.1:{ports['saml_idp']}", "-t", PACKAGE + "/www"]
    # Two workers, because its pages may ask one another.
    processes.start("saml_idp", command, {"SIMPLESAMLPHP_CONFIG_DIR": str(folder), "PHP_CLI_SERVER_WORKERS": "2"})


def php(path, variable, value):
    """A PHP file that sets `variable`; JSON is what both languages read alike."""
    path.write_text(f"<?php\n${variable} = json_decode(<<<'JSON'\n{json.dumps(value, indent=1)}\nJSON, true);\n")


def people():
    source = {0: "exampleauth:UserPass"}
    source |= {f"{name}:{password}": {"uid": [name], "groups": ["people"]} for name, password in names.USERS.items()}
    return source


def hosted():
    return {
        "host": "__DEFAULT__",
        "privatekey": "saml-idp.key",
        "certificate": "saml-idp.pem",
        # The ECP profile asks this source by HTTP Basic.
        "auth": "people",
        "saml20.ecp": True,
        "signature.algorithm": RSA_SHA256,
        "attributes.NameFormat": BASIC,
    }


def service_providers(ports):
    """Where an assertion may go."""
    web, elsewhere = ports.url("web"), ports.url("closed")
    consumers = {
        names.SHIBBOLETH_SP: {POST: f"{web}/Shibboleth.sso/SAML2/POST", PAOS: f"{web}/Shibboleth.sso/SAML2/ECP"},
        names.MELLON_SP: {POST: f"{web}/v3/mellon/postResponse", PAOS: f"{web}/v3/mellon/paosResponse"},
        # An unknown place that a request asks for is ignored: the assertion is for the known one.
        names.MOVED_SP: {PAOS: f"{elsewhere}/Shibboleth.sso/SAML2/ECP"},
    }
    return {
        entity: {
            "AssertionConsumerService": [
                {"index": index, "isDefault": index == 0, "Binding": binding, "Location": location}
                for index, (binding, location) in enumerate(places.items())
            ]
        }
        for entity, places in consumers.items()
    }


def config(folder, keys, ports):
    return {
        "baseurlpath": ports.url("saml_idp") + "/",
        "certdir": f"{keys}/",
        "loggingdir": f"{folder}/",
        "datadir": f"{folder}/data/",
        "tempdir": f"{folder}/tmp",
        "metadatadir": f"{folder}/metadata/",
        "attributenamemapdir": "/etc/simplesamlphp/attributemap/",
        "secretsalt": "of the lab",
        "auth.adminpassword": "of the lab",
        "technicalcontact_name": "lab",
        "technicalcontact_email": "lab@example.org",
        "timezone": "UTC",
        "logging.level": 6,
        "logging.handler": "file",
        "logging.logfile": "simplesamlphp.log",
        "showerrors": True,
        "errorreporting": False,
        "enable.saml20-idp": True,
        "module.enable": {"exampleauth": True, "core": True, "saml": True},
        "session.cookie.secure": False,
        "session.cookie.samesite": None,
        "session.phpsession.savepath": f"{folder}/tmp",
        "language.available": ["en"],
        "language.default": "en",
        "store.type": "phpsession",
        "metadata.sources": [{"type": "flatfile"}],
        "authproc.idp": [],
        "authproc.sp": [],
    }
