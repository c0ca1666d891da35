"""Makes the certificates of the lab: what TLS servers and clients on loopback show one another.

Two authorities sign clients, because Keystone takes every certificate of its `trusted_issuer`
for a call without a token, a login by OAuth 2.0 among them.
"""

import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

YEARS = datetime.timedelta(days=3650)
# File name, common name, organisational unit, and the authority that signs it.
CLIENTS = (
    ("local", "certificate-user", "service", "tokenless"),
    ("ephemeral", "ghost", "ephemeral", "tokenless"),
    ("unmapped", "nobody", "nobody", "tokenless"),
    ("oauth2", "oauth2-client", "oauth2", "oauth2"),
    ("foreign", "certificate-user", "service", "oauth2"),
)


def make(folder):
    """Writes `NAME.pem` and `NAME.key`; returns the distinguished name of the trusted issuer."""
    folder.mkdir(parents=True)
    authorities = {name: authority(folder, name) for name in ("tokenless", "oauth2")}
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    leaf(folder, "server", subject("localhost"), authorities["tokenless"], names)
    client = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
    for name, common_name, unit, signer in CLIENTS:
        leaf(folder, name, subject(common_name, unit), authorities[signer], client)
    both = b"".join((folder / f"{name}-authority.pem").read_bytes() for name in authorities)
    (folder / "authorities.pem").write_bytes(both)
    return authorities["tokenless"][0].subject.rfc4514_string()


def subject(common_name, unit=None):
    # Keystone's mappings read the domain of a user from the organisation.
    parts = [(NameOID.COUNTRY_NAME, "ZZ"), (NameOID.ORGANIZATION_NAME, "Default")]
    parts += [(NameOID.ORGANIZATIONAL_UNIT_NAME, unit)] if unit else []
    parts += [(NameOID.COMMON_NAME, common_name)]
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in parts])


def authority(folder, name):
    key = ec.generate_private_key(ec.SECP256R1())
    own = subject(f"{name} authority")
    usage = {"digital_signature": False, "content_commitment": False, "key_encipherment": False}
    usage |= {"data_encipherment": False, "key_agreement": False, "encipher_only": False, "decipher_only": False}
    certificate = (
        builder(own, own, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True)
        .sign(key, hashes.SHA256())
    )
    write(folder, f"{name}-authority", certificate, key)
    return certificate, key


def leaf(folder, name, own, signer, extension):
    key = ec.generate_private_key(ec.SECP256R1())
    issuer, issuer_key = signer
    certificate = (
        builder(own, issuer.subject, key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(extension, critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    write(folder, name, certificate, key)


def builder(own, issuer, key):
    # A day back, for clocks that are not quite together.
    start = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + YEARS)
    )


def write(folder, name, certificate, key):
    (folder / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = folder / f"{name}.key"
    private.touch(mode=0o600)
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
