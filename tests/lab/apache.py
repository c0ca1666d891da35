"""Apache in front of Keystone, for clients that prove themselves by certificates."""

import os
import socket
import subprocess

# Debian's package apache2-bin.
PROGRAM = "/usr/sbin/apache2"
MODULES = "/usr/lib/apache2/modules"
# The user that Apache's workers become when it is started by root.
WORKER = "www-data"

CONFIG = """\
ServerRoot {run}
ServerName localhost
PidFile {run}/apache.pid
DefaultRuntimeDir {run}
ErrorLog {run}/apache.log
{modules}
{user}
Listen 127.0.0.1:{port}
StartServers 1
ThreadsPerChild 16
MaxRequestWorkers 64
<VirtualHost 127.0.0.1:{port}>
  ProxyPass / uwsgi://127.0.0.1:{keystone}/
  SSLEngine on
  SSLCertificateFile {certificates}/server.pem
  SSLCertificateKeyFile {certificates}/server.key
  SSLCACertificateFile {certificates}/authorities.pem
  # Of the whole host, and not of a place in it: clients of TLS 1.3 are asked once, at the start.
  SSLVerifyClient optional
  SSLVerifyDepth 2
  # Keystone reads who the client is from SSL_CLIENT_S_DN_CN and the like, and SSL_CLIENT_CERT.
  SSLOptions +StdEnvVars +ExportCertData
</VirtualHost>
"""


def start(run, certificates, keystone):
    """Serves Keystone's uwsgi port `keystone` by TLS; returns the process and the port."""
    if not os.path.exists(PROGRAM):
        raise SystemExit(f"there is no {PROGRAM}; install it (Debian: apt-get install apache2-bin)")
    run = run / "apache"
    run.mkdir(mode=0o755)
    port = free_port()
    names = ("mpm_event", "authn_core", "authz_core", "env", "proxy", "proxy_uwsgi", "socache_shmcb", "ssl")
    loads = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in names)
    user = f"User {WORKER}\nGroup {WORKER}" if os.geteuid() == 0 else ""
    config = run / "apache.conf"
    values = {"run": run, "certificates": certificates, "keystone": keystone, "port": port}
    config.write_text(CONFIG.format(modules=loads, user=user, **values))
    # In the foreground, so that it is this process's child and ends by its pid.
    command = [PROGRAM, "-f", str(config), "-D", "FOREGROUND"]
    with open(run / "apache.out", "wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    return process, port


def free_port():
    """Apache takes no open socket, so the port is let go for a moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
