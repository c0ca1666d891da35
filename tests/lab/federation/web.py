"""Apache in front of Keystone B: mod_auth_openidc, mod_shib and mod_auth_mellon decide who comes in."""

import os

import apache
from federation import material, names, openid, saml_idp, shibboleth

MODULES = {
    name: f"mod_{name}.so"
    for name in (
        *("mpm_event", "authn_core", "authz_core", "authz_user", "alias", "mime", "env"),
        *("proxy", "proxy_uwsgi", "auth_openidc", "auth_mellon"),
    )
}

SERVER = """\
ServerRoot {run}/web
PidFile {run}/web/apache.pid
DefaultRuntimeDir {run}/web
Mutex file:{run}/web default
ErrorLog {run}/web/error.log
LogLevel warn auth_openidc:info auth_mellon:info
LogFormat "%t %m %U -> %>s" lab
CustomLog {run}/web/access.log lab
{user}
{modules}
LoadModule mod_shib {folder}/mod_shib.so
TypesConfig /etc/mime.types
StartServers 1
ServerLimit 2
ThreadsPerChild 25
MaxRequestWorkers 50
ShibConfig {shibboleth}
ShibCompatValidUser On
{hosts}
"""

HOST = """\
Listen 127.0.0.1:{port}
<VirtualHost 127.0.0.1:{port}>
  ServerName {url}
  UseCanonicalName On
  OIDCCryptoPassphrase of-the-lab
  OIDCClaimPrefix OIDC-
  OIDCCABundlePath {keys}/provider-authority.pem
  # Closed, unless opened below: a federation URL without protection would believe whatever OIDC-*
  # headers a client sends, and give a token for them.
  <LocationMatch "^/v3/(auth/)?OS-FEDERATION/(websso/|identity_providers/[^/]+/protocols/[^/]+/(auth|websso))">
    Require all denied
  </LocationMatch>
{protection}
  ProxyPass / uwsgi://127.0.0.1:{keystone}/
</VirtualHost>
"""

# Only HTTPS is taken for introspection, and the tokens of a client that logs in for itself have no `sub`.
INTROSPECTION = """\
  OIDCOAuthClientID {client}
  OIDCOAuthClientSecret {secret}
  OIDCOAuthIntrospectionEndpoint {provider_tls}/token/introspection
  OIDCOAuthIntrospectionEndpointAuth client_secret_basic
  OIDCOAuthRemoteUserClaim client_id
"""
AUDIENCE = """\
  <Location /v3/OS-FEDERATION/identity_providers/op/protocols/openid/auth>
    AuthType oauth20
    # Nothing is kept: a revoked token is refused from then on.
    OIDCOAuthTokenIntrospectionInterval -1
    Require claim aud:{audience}
  </Location>
"""
# Tokens that carry their own proof, such as an id_token.
JWKS = """\
  OIDCOAuthVerifyJwksUri {provider_tls}/jwks
  OIDCOAuthRemoteUserClaim sub
  <Location /v3/OS-FEDERATION/identity_providers/op/protocols/openid/auth>
    AuthType oauth20
    Require valid-user
  </Location>
"""
# `auth-openidc` takes a bearer token where there is one, and starts a login by a browser otherwise.
OPENID = """\
  OIDCProviderMetadataURL {provider}/.well-known/openid-configuration
  OIDCClientID {client}
  OIDCClientSecret {secret}
  OIDCRedirectURI {url}/oidc/redirect
  OIDCScope "openid profile email"
  OIDCCookieSameSite Off
  <Location /v3/OS-FEDERATION/identity_providers/op/protocols/openid/auth>
    AuthType auth-openidc
    OIDCOAuthTokenIntrospectionInterval -1
    Require valid-user
  </Location>
  <LocationMatch "^/v3/auth/OS-FEDERATION/(websso/openid|identity_providers/op/protocols/openid/websso)$">
    AuthType openid-connect
    Require valid-user
  </LocationMatch>
  <Location /oidc/redirect>
    AuthType openid-connect
    Require valid-user
  </Location>
  ProxyPass /oidc/redirect !
"""
SHIBBOLETH = """\
  <LocationMatch "^/v3/(auth/)?OS-FEDERATION/identity_providers/saml-idp/protocols/saml2/(auth|websso)$">
    AuthType shibboleth
    ShibRequestSetting requireSession 1
    ShibRequestSetting entityID {saml_idp}
    Require valid-user
  </LocationMatch>
  <Location /v3/OS-FEDERATION/identity_providers/saml-idp/protocols/moved/auth>
    AuthType shibboleth
    ShibRequestSetting requireSession 1
    ShibRequestSetting entityID {saml_idp}
    ShibRequestSetting applicationId moved
    Require valid-user
  </Location>
  <Location /v3/OS-FEDERATION/identity_providers/keystone-a/protocols/saml2/auth>
    AuthType shibboleth
    ShibRequestSetting requireSession 1
    ShibRequestSetting entityID {keystone_idp}
    Require valid-user
  </Location>
  <Location /Shibboleth.sso>
    SetHandler shib
    AuthType none
    Require all granted
  </Location>
  ProxyPass /Shibboleth.sso !
  # The stand-in for ADFS keeps its own sessions, in front of Keystone's application.
  <Location /v3/OS-FEDERATION/identity_providers/adfs-stand-in/protocols/saml2/auth>
    Require all granted
  </Location>
"""
MELLON = """\
  <LocationMatch "^/v3/(auth/)?OS-FEDERATION/identity_providers/saml-idp/protocols/mapped/(auth|websso)$">
    AuthType Mellon
    MellonEnable auth
    Require valid-user
  </LocationMatch>
  <Location /v3>
    MellonSPPrivateKeyFile {keys}/service-provider.key
    MellonSPCertFile {keys}/service-provider.pem
    MellonSPMetadataFile {run}/web/mellon.xml
    MellonIdPMetadataFile {run}/saml_idp/idp.xml
    MellonEndpointPath /v3/mellon
    MellonIdP IDP
    MellonSecureCookie Off
    MellonSubjectConfirmationDataAddressCheck Off
  </Location>
  ProxyPass /v3/mellon !
"""
MELLON_METADATA = """\
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"
    entityID="{entity}">
  <SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true"
      protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate>
    </ds:X509Data></ds:KeyInfo></KeyDescriptor>
    <NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</NameIDFormat>
    <AssertionConsumerService index="0" isDefault="true" Binding="{post}" Location="{url}/v3/mellon/postResponse"/>
    <AssertionConsumerService index="1" Binding="{paos}" Location="{url}/v3/mellon/paosResponse"/>
  </SPSSODescriptor>
</EntityDescriptor>
"""

# Each vhost, by the name of its port.
HOSTS = {
    "web": INTROSPECTION + OPENID + SHIBBOLETH + MELLON,
    "web_jwks": JWKS,
    "web_audience": INTROSPECTION + AUDIENCE,
}


def start(processes, keys, ports):
    run = processes.run
    (run / "web").mkdir()
    values = {
        "keys": keys,
        "run": run,
        "keystone": ports["keystone_b"],
        "client": openid.RESOURCE_SERVER,
        "secret": openid.secret(openid.RESOURCE_SERVER),
        "provider": ports.url("provider"),
        "provider_tls": ports.url("provider_tls", "https"),
        "audience": names.AUDIENCE,
        "saml_idp": names.SAML_IDP,
        "keystone_idp": names.KEYSTONE_IDP,
    }
    hosts = []
    for name, protection in HOSTS.items():
        values |= {"port": ports[name], "url": ports.url(name)}
        hosts.append(HOST.format(protection=protection.format(**values), **values))
    certificate = material.body(keys / "service-provider.pem")
    metadata = {"entity": names.MELLON_SP, "certificate": certificate, "url": ports.url("web")}
    metadata |= {"post": saml_idp.POST, "paos": saml_idp.PAOS}
    (run / "web/mellon.xml").write_text(MELLON_METADATA.format(**metadata))
    modules = "\n".join(f"LoadModule {name}_module {apache.MODULES}/{file}" for name, file in MODULES.items())
    user = f"User {apache.WORKER}\nGroup {apache.WORKER}" if os.geteuid() == 0 else ""
    server = {"run": run, "user": user, "modules": modules, "folder": apache.MODULES, "hosts": "\n".join(hosts)}
    config = run / "web/apache.conf"
    config.write_text(SERVER.format(shibboleth=shibboleth.config_path(run), **server))
    processes.start("web", [apache.PROGRAM, "-f", config, "-D", "FOREGROUND"])
