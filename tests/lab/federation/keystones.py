"""The two Keystones: A, an identity provider for Keystone2Keystone, and B, the service provider."""

import contextlib
import multiprocessing
import shutil
import sqlite3
import sys
from pathlib import Path

import keystone_lab
from federation import names

CACHE = """\
[cache]
# One process serves, so that its own memory is cache enough; logins are several times faster.
enabled = true
backend = dogpile.cache.memory
"""
# Signing takes the program xmlsec1.
IDENTITY_PROVIDER = """\
[auth]
methods = password,token,application_credential
[saml]
certfile = {keys}/keystone-a.pem
keyfile = {keys}/keystone-a.key
idp_entity_id = {entity}
idp_sso_endpoint = {own}/v3/OS-FEDERATION/saml2/sso
idp_metadata_path = {run}/metadata.xml
idp_organization_name = lab
idp_organization_display_name = lab
idp_organization_url = {own}/
idp_contact_company = lab
idp_contact_name = lab
idp_contact_surname = lab
idp_contact_email = lab@example.org
idp_contact_telephone = 0
idp_contact_type = technical
"""
SERVICE_PROVIDER = """\
[auth]
methods = password,token,application_credential,openid,saml2,mapped
[federation]
{dashboards}
# Which page posts the token to a dashboard after a login by a browser.
sso_callback_template = {callback}
# How long a group that an assertion names is believed in, in minutes.
default_authorization_ttl = 60
# Which variable of the request says who the identity provider is.
[openid]
remote_id_attribute = HTTP_OIDC_ISS
[saml2]
remote_id_attribute = Shib-Identity-Provider
[mapped]
remote_id_attribute = MELLON_IDP
"""
# The page that Keystone comes with, which submits itself.
CALLBACK = Path(sys.prefix) / "etc/keystone/sso_callback_template.html"


def write_config(name, state, run, keys, own=names.KEYSTONE_A, dashboards=()):
    (run / name).mkdir(exist_ok=True, parents=True)
    values = {"state": state / name, "run": run / name, "keys": keys, "own": own, "callback": CALLBACK}
    values["database"] = run / name / "keystone.db"
    values["entity"] = names.KEYSTONE_IDP
    values["dashboards"] = "\n".join(f"trusted_dashboard = {url}" for url in dashboards)
    special = IDENTITY_PROVIDER if name == "keystone_a" else SERVICE_PROVIDER
    path = run / name / "keystone.conf"
    path.write_text((keystone_lab.COMMON + CACHE + special).format(**values))
    return path


def bootstrap(state, keys):
    """Makes both databases, seeded."""
    # Once, before the processes below part; nothing of it is configured yet.
    import keystone.cmd.cli
    import keystone.server.wsgi  # noqa: F401

    configs = {name: write_config(name, state, state, keys) for name in ("keystone_a", "keystone_b")}
    for name in configs:
        for repository in keystone_lab.KEY_REPOSITORIES:
            keystone_lab.write_keys(state / name / repository)
    in_processes([(keystone_lab.manage, configs["keystone_a"], "db_sync")])
    shutil.copyfile(state / "keystone_a/keystone.db", state / "keystone_b/keystone.db")
    urls = {"keystone_a": names.KEYSTONE_A, "keystone_b": names.WEB}
    in_processes([(keystone_lab.make_administrator, configs[name], f"{url}/v3") for name, url in urls.items()])
    from federation import seed

    in_processes([(seed.keystone_a, configs["keystone_a"], state), (seed.keystone_b, configs["keystone_b"])])


def in_processes(tasks):
    """Runs each (function, argument ..) in a process of its own, since Keystone is configured once."""
    context = multiprocessing.get_context("fork")
    running = [context.Process(target=task[0], args=task[1:]) for task in tasks]
    for process in running:
        process.start()
    for process in running:
        process.join()
    if any(process.exitcode for process in running):
        sys.exit("a Keystone could not be made; its reason stands above, its log is `keystone.log` beside its database")


def start(processes, state, keys, ports, dashboards):
    moves = {
        names.WEB: ports.url("web"),
        names.KEYSTONE_A: ports.url("keystone_a"),
        names.PROVIDER: ports.url("provider"),
        names.PROVIDER_TLS: ports.url("provider_tls", "https"),
    }
    # uWSGI closes a connection after each response; without the header clients would learn it late.
    http = ["--http-socket", f"127.0.0.1:{ports['keystone_a']}", "--add-header", "Connection: close"]
    own = ports.url("keystone_a")
    start_one(processes, "keystone_a", write_config("keystone_a", state, processes.run, keys, own), state, moves, http)
    metadata = (state / "keystone_a/metadata.xml").read_text()
    (processes.run / "keystone_a/metadata.xml").write_text(metadata.replace(names.KEYSTONE_A, own))
    config = write_config("keystone_b", state, processes.run, keys, dashboards=dashboards)
    variables = {"LAB_ADFS_CERTIFICATE": str(keys / "adfs.pem"), "LAB_WEB": ports.url("web")}
    socket = ["--socket", f"127.0.0.1:{ports['keystone_b']}"]
    start_one(processes, "keystone_b", config, state, moves, socket, variables)


def start_one(processes, name, config, state, moves, listen, variables=None):
    database = config.with_name("keystone.db")
    shutil.copyfile(state / name / "keystone.db", database)
    move_addresses(database, moves)
    command = [
        Path(sys.executable).with_name("uwsgi"),
        *listen,
        *("--wsgi-file", Path(__file__).with_name("application.py")),
        *("--pythonpath", Path(__file__).parent.parent),
        *("--processes", "1"),
        *("--threads", "6"),
        *("--buffer-size", "65535"),
        "--master",
        "--need-app",
        "--enable-threads",
        "--die-on-term",
        "--no-orphans",
        "--skip-atexit-teardown",
    ]
    processes.start(name, command, {"OS_KEYSTONE_CONFIG_FILES": str(config)} | (variables or {}))


def move_addresses(database, moves):
    """Puts the real addresses where the bootstrap has put names."""
    columns = [("endpoint", "url"), ("idp_remote_ids", "remote_id")]
    columns += [("service_provider", "auth_url"), ("service_provider", "sp_url")]
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        for table, column in columns:
            for name, url in moves.items():
                connection.execute(f"UPDATE {table} SET {column} = replace({column}, ?, ?)", (name, url))
