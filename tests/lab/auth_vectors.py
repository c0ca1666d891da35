"""Runs cases of tests/vectors/auth through keystoneauth1.

Reads a list of cases from standard input, as JSON with the addresses of running servers, and prints
for each what came of its steps.
"""

import json
import logging
import sys

from keystoneauth1 import adapter, discover, exceptions, loading, plugin, service_token, session
from keystoneauth1.identity import v3


def load(name, options):
    """Makes the plugin called `name`."""
    loader = loading.get_plugin_loader(name)
    if name == "v3multifactor":
        loader._methods = options["auth_methods"]
    return loader.load_from_options(**options)


def method(description):
    """A method of a v3 login."""
    (name, fields), = description.items()
    classes = {"password": v3.PasswordMethod, "token": v3.TokenMethod, "totp": v3.TOTPMethod}
    return classes[name](**fields)


def user_plugin(case):
    if case["plugin"] == "v3":
        options = dict(case["options"])
        methods = [method(one) for one in case["methods"]]
        return v3.Auth(options.pop("auth_url"), methods, **options, **case["constructor"])
    made = load(case["plugin"], case["options"])
    for name, value in case["constructor"].items():
        setattr(made, name, value)
    return made


def make_session(case):
    auth = user_plugin(case)
    if case["service"]:
        own = load(case["service"]["plugin"], case["service"]["options"])
        auth = service_token.ServiceTokenAuthWrapper(user_auth=auth, service_auth=own)
    settings = dict(case["session"])
    # Sessions know no retries by status: adapters and calls say them.
    words = ("status_code_retries", "status_code_retry_delay", "retriable_status_codes", "connect_retry_delay")
    retries = {word: settings.pop(word) for word in words if word in settings}
    made = session.Session(auth=auth, timeout=30, **settings)
    if retries:
        made = adapter.Adapter(made, **call_arguments(retries))
    for one in case["adapters"]:
        made = adapter.Adapter(made, **call_arguments(one))
    return made


def call_arguments(arguments):
    """The same with pauses as numbers, and plugins for their descriptions."""
    arguments = dict(arguments)
    for pause in ("status_code_retry_delay", "connect_retry_delay"):
        if pause in arguments:
            arguments[pause] = float(arguments[pause])
    if "auth" in arguments:
        arguments["auth"] = load(arguments["auth"]["plugin"], arguments["auth"]["options"])
    return arguments


def number(version):
    if not version:
        return None
    return ".".join("latest" if part == discover.LATEST else str(part) for part in version)


def without_nulls(values):
    return {key: value for key, value in values.items() if value is not None}


def version(data):
    return without_nulls(
        {
            "version": number(data["version"]),
            "url": data["url"],
            "collection": data["collection"],
            "status": data["status"],
            "min_microversion": number(data["min_microversion"]),
            "max_microversion": number(data["max_microversion"]),
            "next_min_version": number(data["next_min_version"]),
            "not_before": data["not_before"],
        }
    )


def described(data):
    return without_nulls(
        {
            "url": data.url,
            "api_version": number(data.api_version),
            "min_microversion": number(data.min_microversion),
            "max_microversion": number(data.max_microversion),
            "next_min_version": number(data.next_min_version),
            "not_before": data.not_before,
            "status": data.status,
            "service_type": data.service_type,
            "service_name": data.service_name,
            "service_id": data.service_id,
            "interface": data.interface,
            "region_name": data.region_name,
            "endpoint_id": data.endpoint_id,
        }
    )


def endpoint_filter(arguments):
    arguments = dict(arguments or {})
    if arguments.get("interface") == "auth":
        arguments["interface"] = plugin.AUTH_INTERFACE
    if "at" in arguments:
        arguments["endpoint_override"] = arguments.pop("at")
    return arguments


class Player:
    def __init__(self, case):
        self.case = case
        self.session = make_session(case)
        inner = self.session
        while isinstance(inner, adapter.Adapter):
            inner = inner.session
        self.auth = inner.auth
        self.receipt = None

    def token(self, _):
        token = self.session.get_token()
        if token is None:
            raise exceptions.AuthorizationFailure("no token")
        return {"token": token}

    def access(self, names):
        access = self.auth.get_access(self.session)
        return {"access": {name: getattr(access, name) for name in names}}

    def endpoint(self, arguments):
        url = self.session.get_endpoint(**endpoint_filter(arguments))
        if url is None:
            raise exceptions.EndpointNotFound("no endpoint")
        return {"endpoint": url}

    def endpoint_data(self, arguments):
        arguments = endpoint_filter(arguments)
        if "version" in arguments:
            # Only the way to an address knows this word; elsewhere it is left out in silence.
            low, high = discover._normalize_version_args(arguments.pop("version"), None, None)
            arguments.update(min_version=low, max_version=high)
        data = self.auth.get_endpoint_data(self.session, **arguments)
        if data is None:
            raise exceptions.EndpointNotFound("no endpoint")
        return described(data)

    def versions(self, arguments):
        arguments = dict(arguments)
        found = discover.Discover(self.session, arguments.pop("url"), authenticated=False)
        return {"versions": [version(data) for data in found.version_data(reverse=True, **arguments)]}

    def call(self, arguments):
        arguments = call_arguments(arguments)
        show = arguments.pop("show", None)
        if "endpoint" in arguments:
            arguments["endpoint_filter"] = endpoint_filter(arguments.pop("endpoint"))
        try:
            answer = self.session.request(arguments.pop("url"), arguments.pop("method", "GET"), **arguments)
        except exceptions.HttpError as error:
            if show is None:
                raise
            text = error.message.split(" (HTTP ")[0]
            return {"error": "http", "status": error.http_status, "message": text}
        return {"status": answer.status_code}

    def resume(self, methods):
        options = dict(self.case["options"])
        all_methods = [v3.ReceiptMethod(receipt=self.receipt)] + [method(one) for one in methods]
        auth = v3.Auth(options.pop("auth_url"), all_methods, **options, **self.case["constructor"])
        self.session = session.Session(auth=auth, timeout=30)
        return self.token(None)


def error_of(error):
    """The stage that failed, as both sides can tell it."""
    if isinstance(error, exceptions.MissingAuthMethods):
        return {"error": "receipt", "methods": list(error.methods)}
    if isinstance(error, exceptions.HttpError):
        return {"error": "http", "status": error.http_status}
    for kind, classes in {
        "discovery": (exceptions.CatalogException, exceptions.DiscoveryFailure, exceptions.VersionNotAvailable),
        "answer": (exceptions.InvalidResponse,),
        "transport": (exceptions.ConnectionError,),
        "settings": (exceptions.AuthPluginException, exceptions.AuthorizationFailure, exceptions.ImpliedVersionMismatch, exceptions.ImpliedMinVersionMismatch, exceptions.ImpliedMaxVersionMismatch),
    }.items():
        if isinstance(error, classes):
            return {"error": kind}
    return {"error": type(error).__name__}


def run(case):
    try:
        player = Player(case)
    except Exception as error:
        return [error_of(error)]
    results = []
    for step in case["steps"]:
        word, arguments = (step, None) if isinstance(step, str) else next(iter(step.items()))
        try:
            results.append(getattr(player, word)(arguments))
        except Exception as error:
            player.receipt = getattr(error, "receipt", None)
            results.append(error_of(error))
    return results


logging.disable(logging.CRITICAL)
# The name of the program goes into User-Agent.
sys.argv[0] = "auth_vectors.py"
print(json.dumps([run(case) for case in json.load(sys.stdin)]))
