"""The cases of OpenID Connect."""

import base64
import hashlib
import secrets
import threading
import time
import webbrowser
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import requests
from keystoneauth1 import exceptions
from keystoneauth1.exceptions.oidc import OidcDeviceAuthorizationTimeOut

from browser import Browser
from lab_client import Case, Refused, new_session, plugin, prove, refused

INTROSPECTION = "mod_auth_openidc, introspection"
JWKS = "mod_auth_openidc, JWKS"
AUDIENCE = "mod_auth_openidc, introspection, audience"
# Nobody listens there: the code is read from the address of the redirect.
REDIRECT = "http://127.0.0.1:1/callback"


def credentials(facts, client="basic"):
    known = facts.client(client)
    return {"client_id": known["id"], "client_secret": known.get("secret")}


def by_password(facts, user="alice", tls=False, url="url", client="basic", **more):
    options = credentials(facts, client) | facts.openid(url)
    options |= {"username": user, "password": facts.password(user), "discovery_endpoint": facts.discovery(tls)}
    return plugin("v3oidcpassword", **(options | more))


def password(facts):
    return prove(facts, by_password(facts), "alice")


def password_of_public_client(facts):
    return prove(facts, by_password(facts, client="public"), "alice")


def password_by_tls(facts):
    return prove(facts, by_password(facts, user="bob", tls=True), "bob", facts["openid"]["authority"])


def password_by_jwks(facts):
    auth = by_password(facts, url="jwks_url", access_token_type="id_token")
    return prove(facts, auth, "alice")


def es256_by_jwks(facts):
    # keystoneauth cannot prove itself by a key, so the token request is by hand.
    token = person(facts, "jwt-es256")["id_token"]
    if jwt.get_unverified_header(token)["alg"] != "ES256":
        raise AssertionError("the id_token is signed by another algorithm")
    return prove(facts, by_access_token(facts, token, "jwks_url"), "bob")


def wrong_password(facts):
    with refused(exceptions.BadRequest):
        return prove(facts, by_password(facts, password="wrong"), "alice")


def wrong_secret(facts):
    with refused(exceptions.Unauthorized):
        return prove(facts, by_password(facts, client_secret="wrong"), "alice")


def provider_down(facts):
    auth = by_password(facts, discovery_endpoint=facts["closed_url"] + "/.well-known/openid-configuration")
    with refused(exceptions.ConnectFailure):
        return prove(facts, auth, "alice")


def client_credentials(facts):
    options = credentials(facts, "service") | facts.openid()
    auth = plugin("v3oidcclientcredentials", discovery_endpoint=facts.discovery(), **options)
    return prove(facts, auth, "service")


def code(facts, client="basic", deny=False, **more):
    """A code that a person has obtained by a browser."""
    query = {"client_id": client, "response_type": "code", "scope": "openid profile", "redirect_uri": REDIRECT}
    query |= {"state": secrets.token_urlsafe(8)} | more
    issuer = facts["openid"]["issuer"]
    browser = Browser("alice", facts.password("alice"), deny)
    ended = browser.visit(f"{issuer}/auth?{urlencode(query)}", stop=REDIRECT)
    if not isinstance(ended, str):
        raise AssertionError(f"HTTP {ended.status_code}: {ended.text}")
    back = parse_qs(urlsplit(ended).query)
    if back["state"] != [query["state"]] or back["iss"] != [issuer]:
        raise AssertionError("another state or issuer came back")
    if "error" in back:
        raise Refused(f"{back['error'][0]}: {back.get('error_description', [''])[0]}")
    return back["code"][0]


def by_code(facts, obtained):
    options = credentials(facts) | facts.openid() | {"discovery_endpoint": facts.discovery()}
    return plugin("v3oidcauthcode", code=obtained, redirect_uri=REDIRECT, **options)


def auth_code(facts):
    return prove(facts, by_code(facts, code(facts)), "alice")


def spent_code(facts):
    obtained = code(facts)
    prove(facts, by_code(facts, obtained), "alice")
    with refused(exceptions.BadRequest):
        return prove(facts, by_code(facts, obtained), "alice")


def expired_code(facts):
    obtained = code(facts, "code-expires")
    # Twice as long as it is in force.
    time.sleep(2)
    form = {"grant_type": "authorization_code", "code": obtained, "redirect_uri": REDIRECT}
    return token_request(facts, "code-expires", **form)


def denied_code(facts):
    return code(facts, deny=True)


def token_request(facts, client="basic", provider="openid", **form):
    """What keystoneauth has no plugin for, by hand."""
    known, auth = facts.client(client, provider), None
    match known["authentication"]:
        case "client_secret_basic":
            auth = (known["id"], known["secret"])
        case "client_secret_post":
            form |= {"client_id": known["id"], "client_secret": known["secret"]}
        case "private_key_jwt":
            kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            form |= {"client_assertion_type": kind, "client_assertion": assertion(facts, known)}
        case "none":
            form["client_id"] = known["id"]
    response = requests.post(facts[provider]["issuer"] + "/token", data=form, auth=auth)
    if response.status_code != 200:
        raise Refused(f"HTTP {response.status_code}: {response.json()['error']}")
    return response.json()


def assertion(facts, known):
    """What a client signs to prove itself: RFC 7523."""
    now = int(time.time())
    claims = {"iss": known["id"], "sub": known["id"], "aud": facts["openid"]["issuer"]}
    claims |= {"jti": secrets.token_urlsafe(8), "iat": now, "exp": now + 60}
    with open(known["key"]) as key:
        return jwt.encode(claims, key.read(), known["algorithm"], {"kid": known["kid"]})


def by_access_token(facts, token, url="url"):
    return plugin("v3oidcaccesstoken", access_token=token, **facts.openid(url))


def person(facts, client="basic", **more):
    form = {"grant_type": "password", "username": "bob", "password": facts.password("bob"), "scope": "openid"}
    return token_request(facts, client, **(form | more))


def access_token_of(client):
    def run(facts):
        return prove(facts, by_access_token(facts, person(facts, client)["access_token"]), "bob")

    return run


def token_of_another_provider(facts):
    token = person(facts, provider="other_openid")["access_token"]
    with refused(exceptions.Unauthorized):
        return prove(facts, by_access_token(facts, token), "bob")


def tampered_id_token(facts):
    head, claims, signature = person(facts)["id_token"].split(".")
    other = jwt.utils.base64url_encode(jwt.utils.base64url_decode(claims).replace(b'"bob"', b'"eve"')).decode()
    with refused(exceptions.Unauthorized):
        return prove(facts, by_access_token(facts, f"{head}.{other}.{signature}", "jwks_url"), "eve")


def garbage_token(facts):
    with refused(exceptions.Unauthorized):
        return prove(facts, by_access_token(facts, "garbage"), "bob")


def revoked_token(facts):
    token = person(facts)["access_token"]
    prove(facts, by_access_token(facts, token), "bob")
    auth = tuple(credentials(facts).values())
    requests.post(facts["openid"]["issuer"] + "/token/revocation", data={"token": token}, auth=auth)
    with refused(exceptions.Unauthorized):
        return prove(facts, by_access_token(facts, token), "bob")


def code_without_pkce(facts):
    return code(facts, "public")


def code_of_public_client(facts):
    # keystoneauth sends no code_verifier, so the exchange is by hand.
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    obtained = code(facts, "public", code_challenge=challenge, code_challenge_method="S256")
    form = {"grant_type": "authorization_code", "code": obtained, "redirect_uri": REDIRECT}
    token = token_request(facts, "public", code_verifier=verifier, **form)
    return prove(facts, by_access_token(facts, token["access_token"]), "alice")


def refresh_token(facts):
    # keystoneauth never uses one, so the renewal is by hand.
    first = person(facts, scope="openid offline_access")
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    renewed = token_request(facts, **form)
    if renewed["refresh_token"] == first["refresh_token"]:
        raise AssertionError("the refresh token does not rotate")
    return prove(facts, by_access_token(facts, renewed["access_token"]), "bob")


def spent_refresh_token(facts):
    first = person(facts, scope="openid offline_access")
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    token_request(facts, **form)
    return token_request(facts, **form)


def exchange(facts, audience):
    kind = "urn:ietf:params:oauth:token-type:access_token"
    form = {"subject_token": person(facts)["access_token"], "subject_token_type": kind, "audience": audience}
    return token_request(facts, "post", grant_type="urn:ietf:params:oauth:grant-type:token-exchange", **form)


def exchanged_token(facts):
    token = exchange(facts, facts["openid"]["audience"])
    return prove(facts, by_access_token(facts, token["access_token"], "audience_url"), "bob")


def exchange_for_others(facts):
    return exchange(facts, "https://elsewhere.example")


def wrong_audience(facts):
    token = person(facts)["access_token"]
    with refused(exceptions.Unauthorized, exceptions.Forbidden):
        return prove(facts, by_access_token(facts, token, "audience_url"), "bob")


def device(facts, client="device", act=True, deny=False):
    """The plugin waits while a person approves or denies, or does nothing."""
    options = credentials(facts, client) | facts.openid()
    auth = plugin("v3oidcdeviceauthz", discovery_endpoint=facts.discovery(), **options)
    ended = threading.Event()

    def approve():
        while not getattr(auth, "verification_uri_complete", None):
            if ended.wait(0.05):
                return
        Browser("alice", facts.password("alice"), deny).visit(auth.verification_uri_complete)

    thread = threading.Thread(target=approve, daemon=True)
    if act:
        thread.start()
    try:
        return prove(facts, auth, "alice")
    finally:
        ended.set()


def device_denied(facts):
    with refused(exceptions.BadRequest):
        return device(facts, deny=True)


def device_without_interval(facts):
    return device(facts, "device-without-interval")


def device_expires(facts):
    with refused(OidcDeviceAuthorizationTimeOut, exceptions.BadRequest):
        return device(facts, "device-expires", act=False)


def device_slow_down(facts):
    # RFC 8628 wants the client to go on, five seconds slower; keystoneauth gives up.
    with refused(exceptions.BadRequest):
        return device(facts, "device-slow-down", act=False)


def websso(facts, provider, protocol, user):
    """keystoneauth opens a browser: ours."""
    options = {"auth_url": facts["keystone"]["url"], "identity_provider": provider, "protocol": protocol}
    port = facts["websso_ports"][-1]
    auth = plugin("v3websso", redirect_host="127.0.0.1", redirect_port=port, **options, **facts.scope())
    known = Browser("alice", facts.password("alice"))

    def visit(url, **_):
        threading.Thread(target=known.visit, args=[url], daemon=True).start()
        return True

    opened, webbrowser.open = webbrowser.open, visit
    try:
        return prove(facts, auth, user)
    finally:
        webbrowser.open = opened


def websso_openid(facts):
    return websso(facts, facts["openid"]["identity_provider"], facts["openid"]["protocol"], "alice")


def auth_path(facts):
    known = facts["openid"]
    return f"/OS-FEDERATION/identity_providers/{known['identity_provider']}/protocols/{known['protocol']}/auth"


def no_bearer(facts):
    response = requests.post(facts["keystone"]["url"] + auth_path(facts), allow_redirects=False)
    if response.status_code == 302 and "X-Subject-Token" not in response.headers:
        raise Refused("HTTP 302 to the provider, without a token")
    return f"HTTP {response.status_code}"


def forged_claims(facts):
    """A client that sends the claims itself, to a place that Apache does not protect."""
    forged = {"OIDC-sub": "alice", "OIDC-iss": facts["openid"]["issuer"]}
    path = "/auth/OS-FEDERATION/websso/openid?origin=" + facts["keystone"]["url"]
    for url in (facts["keystone"]["jwks_url"] + path, facts["keystone"]["jwks_url"] + auth_path(facts)):
        response = requests.get(url, headers=forged, allow_redirects=False)
        if response.status_code not in (401, 403) or "X-Subject-Token" in response.headers:
            return f"HTTP {response.status_code} at {url}"
    raise Refused("HTTP 403 and 401 at two places")


REFUSED = "refused"
CASES = [
    Case("v3oidcpassword", "confidential client", INTROSPECTION, password),
    Case("v3oidcpassword", "public client", INTROSPECTION, password_of_public_client),
    Case("v3oidcpassword", "private authority", INTROSPECTION, password_by_tls),
    Case("v3oidcpassword", "id_token", JWKS, password_by_jwks),
    Case("v3oidcpassword", "wrong password", INTROSPECTION, wrong_password, REFUSED),
    Case("v3oidcpassword", "wrong client secret", INTROSPECTION, wrong_secret, REFUSED),
    Case("v3oidcpassword", "provider down", INTROSPECTION, provider_down, REFUSED),
    Case("v3oidcclientcredentials", "confidential client", INTROSPECTION, client_credentials),
    Case("v3oidcauthcode", "confidential client", INTROSPECTION, auth_code),
    Case("v3oidcauthcode", "spent code", INTROSPECTION, spent_code, REFUSED),
    Case("v3oidcauthcode", "expired code", INTROSPECTION, expired_code, REFUSED),
    Case("v3oidcauthcode", "denied by the person", INTROSPECTION, denied_code, REFUSED),
    Case("v3oidcauthcode", "public client without PKCE", INTROSPECTION, code_without_pkce, REFUSED),
    Case("v3oidcaccesstoken", "client_secret_basic", INTROSPECTION, access_token_of("basic")),
    Case("v3oidcaccesstoken", "client_secret_post", INTROSPECTION, access_token_of("post")),
    Case("v3oidcaccesstoken", "private_key_jwt, ES256", INTROSPECTION, access_token_of("jwt-es256")),
    Case("v3oidcaccesstoken", "private_key_jwt, RS256", INTROSPECTION, access_token_of("jwt-rs256")),
    Case("v3oidcaccesstoken", "id_token by ES256", JWKS, es256_by_jwks),
    Case("v3oidcaccesstoken", "by code and PKCE", INTROSPECTION, code_of_public_client),
    Case("v3oidcaccesstoken", "by refresh token", INTROSPECTION, refresh_token),
    Case("v3oidcaccesstoken", "spent refresh token", INTROSPECTION, spent_refresh_token, REFUSED),
    Case("v3oidcaccesstoken", "garbage", INTROSPECTION, garbage_token, REFUSED),
    Case("v3oidcaccesstoken", "of another provider", INTROSPECTION, token_of_another_provider, REFUSED),
    Case("v3oidcaccesstoken", "tampered id_token", JWKS, tampered_id_token, REFUSED),
    Case("v3oidcaccesstoken", "revoked", INTROSPECTION, revoked_token, REFUSED),
    Case("v3oidcaccesstoken", "by token exchange", AUDIENCE, exchanged_token),
    Case("v3oidcaccesstoken", "exchange for another audience", AUDIENCE, exchange_for_others, REFUSED),
    Case("v3oidcaccesstoken", "wrong audience", AUDIENCE, wrong_audience, REFUSED),
    Case("v3oidcaccesstoken", "no bearer token", INTROSPECTION, no_bearer, REFUSED),
    Case("v3oidcaccesstoken", "claims sent by the client", JWKS, forged_claims, REFUSED),
    Case("v3oidcdeviceauthz", "approved", INTROSPECTION, device),
    Case("v3oidcdeviceauthz", "without interval", INTROSPECTION, device_without_interval),
    Case("v3oidcdeviceauthz", "denied", INTROSPECTION, device_denied, REFUSED),
    Case("v3oidcdeviceauthz", "expired", INTROSPECTION, device_expires, REFUSED),
    Case("v3oidcdeviceauthz", "slow_down", INTROSPECTION, device_slow_down, REFUSED),
    Case("v3websso", "OpenID Connect", INTROSPECTION, websso_openid),
]
