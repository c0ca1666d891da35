"""Certificates and keys, made once."""

import ipaddress
import json

import jwt.algorithms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

import certificates

# SAML's signatures are RSA's; each is a certificate that only its own peers trust.
SIGNERS = ("keystone-a", "service-provider", "saml-idp", "adfs")
# The OpenID Providers' signing keys, and those of clients that log in by private_key_jwt.
PROVIDERS = ("provider", "other-provider")
CLIENTS = {"jwt-es256": "ES256", "jwt-rs256": "RS256"}


def make(folder):
    folder.mkdir(parents=True)
    for name in SIGNERS:
        self_signed(folder, name)
    authority = certificates.authority(folder, "provider")
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    server = certificates.subject("localhost")
    certificates.leaf(folder, "provider-tls", server, authority, x509.SubjectAlternativeName(names))
    for name in PROVIDERS:
        keys = [jwk(new_key(algorithm), algorithm, f"{name}-{algorithm}") for algorithm in ("RS256", "ES256")]
        write_secret(folder / f"{name}.jwks", json.dumps({"keys": keys}))
    for name, algorithm in CLIENTS.items():
        client_key(folder, name, algorithm)
    # Apache's workers read these as another user.
    for name in ("service-provider", "adfs"):
        (folder / f"{name}.key").chmod(0o644)


def self_signed(folder, name):
    key = new_key("RS256")
    own = certificates.subject(name)
    certificate = certificates.builder(own, own, key).sign(key, hashes.SHA256())
    certificates.write(folder, name, certificate, key)


def new_key(algorithm):
    return rsa.generate_private_key(65537, 2048) if algorithm == "RS256" else ec.generate_private_key(ec.SECP256R1())


def jwk(key, algorithm, identifier):
    kind = jwt.algorithms.RSAAlgorithm if algorithm == "RS256" else jwt.algorithms.ECAlgorithm
    return kind.to_jwk(key, as_dict=True) | {"kid": identifier, "alg": algorithm, "use": "sig"}


def client_key(folder, name, algorithm):
    """A key as the client has it, with a certificate that nobody asks for, and as the provider knows it."""
    key = new_key(algorithm)
    own = certificates.subject(name)
    certificates.write(folder, name, certificates.builder(own, own, key).sign(key, hashes.SHA256()), key)
    public = jwk(key.public_key(), algorithm, name)
    public.pop("key_ops", None)
    (folder / f"{name}.jwks").write_text(json.dumps({"keys": [public]}))


def write_secret(path, text):
    path.touch(mode=0o600)
    path.write_text(text)


def body(certificate):
    """The base64 between the lines of a PEM, as SAML metadata has it."""
    return "".join(line for line in certificate.read_text().splitlines() if not line.startswith("-----"))
