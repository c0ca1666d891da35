"""Ports of loopback, each kept for one server until the lab ends.

A socket that is bound, but does not listen, keeps a port: the kernel gives it to nobody who asks
for any free port, and a server that names it may still listen there, because both sides set
SO_REUSEADDR (uWSGI, Apache, Node, PHP, shibd and Python's and Rust's listeners all do).
"""

import socket

HOST = "127.0.0.1"
SERVERS = (
    "keystone_a",
    "keystone_b",  # uWSGI's own protocol, for Apache only
    "web",  # Keystone B behind Apache; bearer tokens by introspection
    "web_jwks",  # the same, bearer tokens as JWT
    "web_audience",  # the same, only tokens for Keystone's audience
    "provider",
    "provider_tls",
    "other_provider",
    "other_provider_tls",
    "saml_idp",
    "adfs",
    "shibd",
    "closed",  # nobody listens here
)
# For the listeners of tests that log in by a browser: Keystone wants to know their addresses.
DASHBOARDS = 12


class Ports:
    def __init__(self):
        self.sockets = {name: reserve() for name in SERVERS}
        self.dashboard_sockets = [reserve() for _ in range(DASHBOARDS)]

    def __getitem__(self, name):
        return self.sockets[name].getsockname()[1]

    def dashboards(self):
        return [held.getsockname()[1] for held in self.dashboard_sockets]

    def url(self, name, scheme="http"):
        return f"{scheme}://{HOST}:{self[name]}"


def reserve():
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind((HOST, 0))
    return held
