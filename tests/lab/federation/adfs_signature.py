"""SAML 1.1 assertions of the stand-in for ADFS, signed and verified by the program xmlsec1."""

import subprocess
import tempfile
from xml.sax.saxutils import escape

SAML = "urn:oasis:names:tc:SAML:1.0:assertion"
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
BY_PASSWORD = "urn:oasis:names:tc:SAML:1.0:am:password"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"

SUBJECT = """\
<saml:Subject><saml:NameIdentifier>{user}</saml:NameIdentifier><saml:SubjectConfirmation>\
<saml:ConfirmationMethod>urn:oasis:names:tc:SAML:1.0:cm:bearer</saml:ConfirmationMethod>\
</saml:SubjectConfirmation></saml:Subject>"""
# The line breaks are signed too: a client that writes the assertion anew, without them, fails.
ASSERTION = """\
<saml:Assertion xmlns:saml="{saml}" MajorVersion="1" MinorVersion="1" AssertionID="{id}" Issuer="{issuer}"\
 IssueInstant="{now}">
<saml:Conditions NotBefore="{start}" NotOnOrAfter="{end}"><saml:AudienceRestrictionCondition>\
<saml:Audience>{audience}</saml:Audience></saml:AudienceRestrictionCondition></saml:Conditions>
<saml:AttributeStatement>{subject}<saml:Attribute AttributeName="name" AttributeNamespace="{claims}">\
<saml:AttributeValue>{user}</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>
<saml:AuthenticationStatement AuthenticationMethod="{method}" AuthenticationInstant="{now}">{subject}\
</saml:AuthenticationStatement>
<ds:Signature xmlns:ds="{dsig}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{exclusive}"/>\
<ds:SignatureMethod Algorithm="{rsa_sha256}"/><ds:Reference URI="#{id}"><ds:Transforms>\
<ds:Transform Algorithm="{dsig}enveloped-signature"/><ds:Transform Algorithm="{exclusive}"/></ds:Transforms>\
<ds:DigestMethod Algorithm="{sha256}"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/>\
<ds:KeyInfo><ds:X509Data/></ds:KeyInfo></ds:Signature>
</saml:Assertion>"""


def sign(identifier, issuer, values, key, certificate):
    """`values`: now, start, end, user, audience."""
    values = {name: escape(value) for name, value in values.items()}
    values |= {"saml": SAML, "claims": CLAIMS, "dsig": DSIG, "exclusive": EXCLUSIVE, "method": BY_PASSWORD}
    values |= {"rsa_sha256": RSA_SHA256, "sha256": SHA256, "id": identifier, "issuer": issuer}
    document = ASSERTION.format(subject=SUBJECT.format(**values), **values)
    signed = xmlsec(document.encode(), "--sign", "--privkey-pem", f"{key},{certificate}")
    return signed.split("?>", 1)[1].strip()


def verify(assertion, certificate):
    """Raises ValueError unless the owner of the certificate has signed these bytes."""
    xmlsec(assertion, "--verify", "--trusted-pem", certificate)


def xmlsec(document, *arguments):
    with tempfile.NamedTemporaryFile(suffix=".xml") as file:
        file.write(document)
        file.flush()
        command = ["xmlsec1", *arguments, "--id-attr:AssertionID", SAML + ":Assertion", file.name]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise ValueError(f"xmlsec1: {done.stderr[-300:]}")
    return done.stdout
