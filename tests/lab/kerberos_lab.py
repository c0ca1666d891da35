"""A Kerberos realm on loopback, and a Keystone behind an Apache that asks for its tickets.

    kerberos_lab.py install STATE      Debian packages (as root), or the list of those that are missing
    kerberos_lab.py bootstrap STATE    once: keys, realms with their principals, a bootstrapped database
    kerberos_lab.py serve STATE        the servers, on copies of these
    kerberos_lab.py keep STATE         the same, until SIGTERM

`serve` prints one line of JSON when all servers respond and their users are there, and runs until its
standard input ends, as keystone_lab.py does. The same JSON is in the file that it names as `facts`.
It needs no root and touches nothing outside of STATE, but for one folder: where root starts it,
Apache's workers are another user, who has to reach the service's key.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import apache
import keystone_lab
from federation import packages

REALM = "KEYSTONE.TEST"
# Whose tickets are good for nothing in the realm of Keystone.
FOREIGN_REALM = "FOREIGN.TEST"
SERVICE = "HTTP/localhost"
# Keystone knows `alice` as a user of its own, `fedalice` by a mapping, and `stranger` not at all.
# An old key, and the one in force.
KEYTABS = ("stale.keytab", "service.keytab")
USERS = ("alice", "fedalice", "stranger")
FOREIGNER = "foreigner"
PROJECT = "kerberos"
IDENTITY_PROVIDER = "kdc"
# Keystone takes the protocol for the name of an authentication method; `mapped` is the one for all.
PROTOCOL = "mapped"

# The part of the state that `bootstrap` makes anew.
MADE = "made"

# A file that each Debian package brings, whose presence tells that it is there.
DEBIAN = {
    "apache2-bin": apache.PROGRAM,
    "libapache2-mod-auth-gssapi": f"{apache.MODULES}/mod_auth_gssapi.so",
    "krb5-kdc": "/usr/sbin/krb5kdc",
    "krb5-admin-server": "/usr/sbin/kadmin.local",
    "krb5-user": "/usr/bin/kinit",
    "libgssapi-krb5-2": "/usr/share/doc/libgssapi-krb5-2",
    "python3-requests-kerberos": "/usr/lib/python3/dist-packages/requests_kerberos/__init__.py",
}
# The Python that has what comes from Debian: what keystoneauth1 needs of Kerberos is no wheel.
DEBIAN_PYTHON = "/usr/bin/python3"

KEYSTONE = """\
[auth]
# Without `external`: it would look for users of an identity provider among Keystone's own.
methods = password,token,mapped,kerberos
"""

# Names of services come from addresses as they are written, and not from what a name server makes of
# 127.0.0.1.
KRB5 = """\
[libdefaults]
  default_realm = {realm}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
[realms]
  {realm} = {{
    kdc = 127.0.0.1:{port}
  }}
  {foreign} = {{
    kdc = 127.0.0.1:{port}
  }}
[domain_realm]
  localhost = {realm}
"""

KDC = """\
[kdcdefaults]
  kdc_listen = 127.0.0.1:{port}
  kdc_tcp_listen = 127.0.0.1:{port}
[realms]
  {realms}
[dbmodules]
  local = {{
    db_library = db2
    disable_last_success = true
    disable_lockout = true
  }}
[logging]
  kdc = FILE:{folder}/kdc.log
"""

KDC_REALM = """\
  {realm} = {{
    database_module = local
    database_name = {folder}/{realm}/principal
    key_stash_file = {folder}/{realm}/stash
    acl_file = /dev/null
    max_life = 7d
    default_principal_flags = +preauth
    supported_enctypes = aes256-cts-hmac-sha1-96:normal
  }}
"""

# The federation URL asks for a ticket, and the exchange of the token that it gives must not: so the
# two kinds of login have prefixes of their own.
APACHE = """\
ServerRoot {run}
ServerName localhost
PidFile {run}/apache.pid
DefaultRuntimeDir {run}
ErrorLog {run}/apache.log
LogFormat "%>s %m %U %u" short
CustomLog {run}/access.log short
{modules}
{user}
Listen 127.0.0.1:{http}
Listen 127.0.0.1:{https}
StartServers 1
ThreadsPerChild 16
MaxRequestWorkers 128
<VirtualHost 127.0.0.1:{http}>
{sites}
</VirtualHost>
<VirtualHost 127.0.0.1:{https}>
{sites}
  SSLEngine on
  SSLCertificateFile {certificates}/server.pem
  SSLCertificateKeyFile {certificates}/server.key
</VirtualHost>
"""

MODULES = (
    *("mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "auth_gssapi"),
    *("alias", "env", "headers", "proxy", "proxy_uwsgi", "socache_shmcb", "ssl"),
)

SITES = """\
  ProxyPass /plain    uwsgi://127.0.0.1:{keystone}
  ProxyPass /krb      uwsgi://127.0.0.1:{keystone}
  ProxyPass /fed      uwsgi://127.0.0.1:{keystone}
  ProxyPass /stale    uwsgi://127.0.0.1:{keystone}
  ProxyPass /unproven uwsgi://127.0.0.1:{keystone}
  ProxyPass /forged   uwsgi://127.0.0.1:{keystone}
  ProxyPass /basic    uwsgi://127.0.0.1:{keystone}
  Redirect 307 /moved http://127.0.0.1:{http}/fed
  <LocationMatch "^/(krb|unproven|forged)/v3/auth/tokens$">
    {gssapi}
  </LocationMatch>
  <LocationMatch "^/fed/v3/OS-FEDERATION/identity_providers/[^/]+/protocols/[^/]+/auth$">
    {gssapi}
  </LocationMatch>
  # A server whose key is not the one that the KDC makes tickets for.
  <Location /stale/v3/auth/tokens>
    {stale}
  </Location>
  # A server that takes the ticket and does not prove that it could read it.
  <Location /unproven>
    Header always unset WWW-Authenticate "expr=%{{REQUEST_STATUS}} -eq 201"
  </Location>
  # One that says that all is well, without the proof.
  <Location /forged>
    Header always set WWW-Authenticate "Negotiate oRQwEqADCgEAoQsGCSqGSIb3EgECAg==" "expr=%{{REQUEST_STATUS}} -eq 201"
  </Location>
  <Location /basic/v3/auth/tokens>
    AuthType Basic
    AuthName Keystone
    AuthBasicProvider file
    AuthUserFile /dev/null
    Require valid-user
  </Location>"""

GSSAPI = """AuthType GSSAPI
    AuthName Keystone
    GssapiCredStore keytab:{keytab}
    GssapiAllowedMech krb5
    GssapiLocalName On
    Require valid-user"""


def install():
    missing = [package for package, file in DEBIAN.items() if not os.path.exists(file)]
    if missing and os.geteuid() != 0:
        sys.exit(f"Debian packages are missing: {' '.join(missing)}\nas root: {packages.apt_get(missing)}")
    if missing:
        packages.install_debian(missing)


def install_python_client(folder):
    """keystoneauth1 for the Python of Debian."""
    lines = Path(__file__).with_name("requirements.txt").read_text().splitlines()
    [wanted] = [line for line in lines if line.startswith("keystoneauth1")]
    constraints = Path(__file__).with_name("constraints.txt")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder)]
    run([*pip, wanted, "--constraint", str(constraints)], dict(os.environ))


def bootstrap(state):
    shutil.rmtree(state, ignore_errors=True)
    state.mkdir(parents=True)
    install_python_client(state / "python")
    bootstrap_realms(state / "realms")
    import certificates

    certificates.make(state / "certificates")
    for name in keystone_lab.KEY_REPOSITORIES:
        keystone_lab.write_keys(state / name)
    config = write_keystone_config(state, run=state, database=state / "keystone.db")
    keystone_lab.manage(config, "db_sync")
    keystone_lab.make_administrator(config, "http://127.0.0.1:5000/v3")


def write_keystone_config(state, run, database):
    path = run / "keystone.conf"
    path.write_text((keystone_lab.COMMON + KEYSTONE).format(state=state, run=run, database=database))
    return path


def bootstrap_realms(folder):
    # The port stands in files that `serve` writes anew.
    environment = write_kerberos_config(folder, port=88)
    for realm in (REALM, FOREIGN_REALM):
        run(["/usr/sbin/kdb5_util", "-r", realm, "-P", "master", "create", "-s"], environment)
    # Each export makes a new key, so that the first one is out of date.
    service = [f"add_principal -clearpolicy -randkey {SERVICE}"]
    service += [f"ktadd -k {folder}/{keytab} {SERVICE}" for keytab in KEYTABS]
    kadmin(REALM, service + principals(folder, USERS), environment)
    kadmin(FOREIGN_REALM, principals(folder, [FOREIGNER]), environment)


def principals(folder, names):
    made = [f"add_principal -clearpolicy -randkey {name}" for name in names]
    return made + [f"ktadd -k {folder}/{name}.keytab {name}" for name in names]


def kadmin(realm, commands, environment):
    says = run(["/usr/sbin/kadmin.local", "-r", realm], environment, input="\n".join(commands) + "\n")
    # It tells of failures, but not by its status.
    if "while" in says:
        sys.exit(f"kadmin.local in {realm} failed\n{says}")


def run(command, environment, input=""):
    done = subprocess.run(command, env=environment, input=input, capture_output=True, text=True)
    if done.returncode:
        sys.exit("{} failed\n{}{}".format(" ".join(command), done.stdout, done.stderr))
    return done.stdout + done.stderr


def write_kerberos_config(folder, port):
    """Returns the environment by which Kerberos finds it."""
    for realm in (REALM, FOREIGN_REALM):
        (folder / realm).mkdir(parents=True, exist_ok=True)
    realms = "".join(KDC_REALM.format(realm=realm, folder=folder) for realm in (REALM, FOREIGN_REALM))
    krb5, kdc = folder / "krb5.conf", folder / "kdc.conf"
    krb5.write_text(KRB5.format(realm=REALM, foreign=FOREIGN_REALM, port=port))
    kdc.write_text(KDC.format(realms=realms.strip(), folder=folder, port=port))
    return dict(os.environ, KRB5_CONFIG=str(krb5), KRB5_KDC_PROFILE=str(kdc))


def serve(state, wait_for_the_end):
    folder = keystone_lab.new_run_folder(state.parent / "runs")
    servers = []
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.callback(keystone_lab.stop, servers)
        facts = start(state / MADE, folder, servers, stack)
        line = json.dumps(facts | {"facts": str(folder / "facts.json")})
        (folder / "facts.json").write_text(line)
        print(line, flush=True)
        wait_for_the_end(servers)


def until_terminated(servers):
    def child_changed(*_):
        for server in servers:
            if server.poll() is not None:
                sys.exit(f"{server.args[0]} ended by itself with status {server.returncode}")

    signal.signal(signal.SIGCHLD, child_changed)
    while True:
        signal.pause()


def start(state, folder, servers, stack):
    listener = socket.create_server(("127.0.0.1", 0), backlog=100)
    behind_apache = socket.create_server(("127.0.0.1", 0), backlog=100)
    keystone_port = behind_apache.getsockname()[1]
    kdc_port, http, https = free_ports(3)
    realms = folder / "realms"
    shutil.copytree(state / "realms", realms)
    environment = write_kerberos_config(realms, kdc_port)
    servers.append(start_kdc(folder, environment))
    database = folder / "keystone.db"
    shutil.copyfile(state / "keystone.db", database)
    plain = f"http://localhost:{http}/plain/v3"
    keystone_lab.move_endpoints(database, plain)
    write_keystone_config(state, folder, database)
    servers.append(keystone_lab.start(folder, listener, behind_apache))
    ports = {"http": http, "https": https, "keystone": keystone_port}
    workers = folder_of_workers(realms, stack)
    servers.append(start_apache(folder, state / "certificates", workers, ports, environment))
    wait_for_port(kdc_port)
    caches = {name: tickets(realms, name, REALM, environment) for name in USERS}
    caches[FOREIGNER] = tickets(realms, FOREIGNER, FOREIGN_REALM, environment)
    # In force for a second, which is over before all users are there.
    caches["expired"] = tickets(realms, "alice", REALM, environment, cache="expired", life="1s")
    # Where no ticket is.
    caches["none"] = f"FILE:{realms}/none.tickets"
    authority = state / "certificates/tokenless-authority.pem"
    keystone_lab.wait_until_it_answers(servers, plain, folder)
    trusted = ssl.create_default_context(cafile=authority)
    keystone_lab.wait_until_it_answers(servers, f"https://localhost:{https}/plain/v3", folder, context=trusted)
    project = seed(plain)
    # Two first logins of a mapped user at the same time are a conflict in Keystone's database.
    for name in ("alice", "fedalice"):
        log_in(state, f"http://localhost:{http}/fed", caches[name], environment)
    return {
        "url": plain,
        "username": keystone_lab.USERNAME,
        "password": keystone_lab.PASSWORD,
        "admin_project": keystone_lab.PROJECT,
        "http": f"http://localhost:{http}",
        "https": f"https://localhost:{https}",
        "authority": str(authority),
        "krb5_config": environment["KRB5_CONFIG"],
        "caches": caches,
        "servers": {"apache": f"http://localhost:{http}", "apache_tls": f"https://localhost:{https}"},
        "python": [DEBIAN_PYTHON, str(state / "python")],
        "pids": {Path(server.args[0]).name: server.pid for server in servers},
        "realm": REALM,
        "foreign_realm": FOREIGN_REALM,
        "project": PROJECT,
        "project_id": project,
        "identity_provider": IDENTITY_PROVIDER,
        "protocol": PROTOCOL,
    }


def free_ports(count):
    """Neither the KDC nor Apache takes an open socket, so the ports are let go for a moment."""
    with contextlib.ExitStack() as held:
        listeners = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [listener.getsockname()[1] for listener in listeners]


def folder_of_workers(realms, stack):
    """What Apache's workers need of Kerberos, in a folder of theirs when they run as another user."""
    if os.geteuid() != 0:
        return realms
    folder = Path(tempfile.mkdtemp(prefix="keystone-kerberos-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    shutil.chown(folder, apache.WORKER)
    for name in (*KEYTABS, "krb5.conf"):
        shutil.chown(shutil.copy(realms / name, folder), apache.WORKER)
    return folder


def start_kdc(folder, environment):
    command = ["/usr/sbin/krb5kdc", "-n", "-P", str(folder / "kdc.pid"), "-r", REALM, "-r", FOREIGN_REALM]
    return background(command, folder / "kdc.out", environment)


def start_apache(folder, certificates, workers, ports, environment):
    folder = folder / "apache"
    folder.mkdir(mode=0o755)
    stale, gssapi = (GSSAPI.format(keytab=workers / keytab) for keytab in KEYTABS)
    sites = SITES.format(gssapi=gssapi, stale=stale, **ports)
    loads = "\n".join(f"LoadModule {name}_module {apache.MODULES}/mod_{name}.so" for name in MODULES)
    user = f"User {apache.WORKER}\nGroup {apache.WORKER}" if os.geteuid() == 0 else ""
    config = folder / "apache.conf"
    values = {"run": folder, "certificates": certificates, "http": ports["http"], "https": ports["https"]}
    config.write_text(APACHE.format(modules=loads, user=user, sites=sites, **values))
    kerberos = {"KRB5_CONFIG": str(workers / "krb5.conf"), "KRB5RCACHENAME": f"file2:{workers}/replays"}
    command = [apache.PROGRAM, "-f", str(config), "-D", "FOREGROUND"]
    return background(command, folder / "apache.out", environment | kerberos)


def background(command, log, environment):
    with open(log, "wb") as output:
        return subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def wait_for_port(port):
    deadline = time.monotonic() + keystone_lab.START_SECONDS
    while time.monotonic() < deadline:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
    sys.exit(f"nobody listens on port {port}")


def tickets(realms, name, realm, environment, cache=None, life="7d"):
    cache = f"FILE:{realms}/{cache or name}.tickets"
    keytab = str(realms / f"{name}.keytab")
    run(["/usr/bin/kinit", "-k", "-t", keytab, "-c", cache, "-l", life, f"{name}@{realm}"], environment)
    return cache


def log_in(state, url, cache, environment):
    options = {"auth_url": url, "identity_provider": IDENTITY_PROVIDER, "protocol": PROTOCOL}
    script = str(Path(__file__).with_name("kerberos_login.py"))
    environment = environment | {"KRB5CCNAME": cache, "PYTHONPATH": str(state / "python")}
    says = run([DEBIAN_PYTHON, script, "v3fedkerb", json.dumps(options)], environment)
    if '"user"' not in says:
        sys.exit(f"no login at {url} with the tickets in {cache}\n{says}")


class Admin:
    """Keystone's own API, as far as it is needed here."""

    def __init__(self, url):
        self.url, self.token = url, None
        domain = {"id": "default"}
        user = {"name": keystone_lab.USERNAME, "password": keystone_lab.PASSWORD, "domain": domain}
        identity = {"methods": ["password"], "password": {"user": user}}
        scope = {"project": {"name": keystone_lab.PROJECT, "domain": domain}}
        self.token = self.call("POST", "/auth/tokens", {"auth": {"identity": identity, "scope": scope}})[0]

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | ({"X-Auth-Token": self.token} if self.token else {})
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as response:
            content = response.read()
            return response.headers.get("X-Subject-Token"), json.loads(content) if content else None

    def make(self, kind, **values):
        return self.call("POST", f"/{kind}s", {kind: values})[1][kind]["id"]

    def put(self, path, body=None):
        self.call("PUT", path, body)


def seed(url):
    """Users, the mapping of the realm's users, and a project for all of them; returns the project's id."""
    admin = Admin(url)
    [role] = admin.call("GET", "/roles?name=member")[1]["roles"]
    project = admin.make("project", name=PROJECT, domain_id="default")
    alice = admin.make("user", name="alice", domain_id="default", default_project_id=project)
    group = admin.make("group", name="kerberos", domain_id="default")
    for kind, subject in (("user", alice), ("group", group)):
        admin.put(f"/projects/{project}/{kind}s/{subject}/roles/{role['id']}")
    remote = [{"type": "REMOTE_USER"}, {"type": "REMOTE_USER", "not_any_of": ["stranger"]}]
    rules = [{"local": [{"user": {"name": "{0}"}, "group": {"id": group}}], "remote": remote}]
    federation = "/OS-FEDERATION"
    provider = f"{federation}/identity_providers/{IDENTITY_PROVIDER}"
    admin.put(f"{federation}/mappings/{IDENTITY_PROVIDER}", {"mapping": {"rules": rules}})
    admin.put(provider, {"identity_provider": {"enabled": True}})
    admin.put(f"{provider}/protocols/{PROTOCOL}", {"protocol": {"mapping_id": IDENTITY_PROVIDER}})
    return project


def main():
    # The orderly way out, whichever way the end is announced.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    match sys.argv[1:]:
        case ["install", _]:
            install()
        case ["bootstrap", state]:
            bootstrap(Path(state).resolve() / MADE)
        case ["serve", state]:
            serve(Path(state).resolve(), keystone_lab.wait_for_the_end)
        case ["keep", state]:
            serve(Path(state).resolve(), until_terminated)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
