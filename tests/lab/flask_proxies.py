"""The proxies API in Flask, with keystonemiddleware and oslo.policy.

It has the requests, the responses and the configuration of examples/proxy-service; a test there calls
both. PROXIES_CONFIG names the configuration file; any WSGI server runs `application`.
"""

import itertools
import os
import re
import time
import uuid

import flask
import jsonschema
import sqlalchemy
from keystonemiddleware import auth_token
from oslo_config import cfg
from oslo_context import context
from oslo_policy import policy
from sqlalchemy import orm
from werkzeug import exceptions

LONGEST_PAGE = 1000
VERSIONS = ["1.0", "1.1", "1.2"]

proxies = flask.Blueprint("proxies", __name__, url_prefix="/v1/proxies")
sessions = orm.sessionmaker(expire_on_commit=False)


# Policies


RULES = [
    policy.RuleDefault("admin", "role:admin"),
    policy.RuleDefault("owner", "project_id:%(project_id)s"),
    policy.DocumentedRuleDefault(
        name="proxy:index",
        check_str="",
        description="List the proxies.",
        operations=[{"method": "GET", "path": "/v1/proxies"}],
    ),
    policy.DocumentedRuleDefault(
        name="proxy:view",
        check_str="",
        description="Show a proxy.",
        operations=[{"method": "GET", "path": "/v1/proxies/{id}"}],
    ),
    policy.DocumentedRuleDefault(
        name="proxy:create",
        check_str="rule:admin",
        description="Create a proxy.",
        operations=[{"method": "POST", "path": "/v1/proxies"}],
        scope_types=["project"],
    ),
    policy.DocumentedRuleDefault(
        name="proxy:update",
        check_str="rule:admin and rule:owner",
        description="Change a proxy of one's own project.",
        operations=[{"method": "PATCH", "path": "/v1/proxies/{id}"}],
        scope_types=["project"],
        deprecated_rule=policy.DeprecatedRule(
            name="proxy:modify",
            check_str="rule:admin",
            deprecated_reason="An administrator of one project could change the proxies of all others.",
            deprecated_since="0.1.0",
        ),
    ),
    policy.DocumentedRuleDefault(
        name="proxy:delete",
        check_str="rule:admin and rule:owner",
        description="Delete a proxy of one's own project.",
        operations=[{"method": "DELETE", "path": "/v1/proxies/{id}"}],
        scope_types=["project"],
    ),
    policy.DocumentedRuleDefault(
        name="proxy:purge",
        check_str="rule:admin",
        description="Delete the proxies of all projects.",
        operations=[{"method": "DELETE", "path": "/v1/proxies"}],
        scope_types=["system"],
    ),
]


def authorize(rule, proxy=None):
    target = proxy.target() if proxy else {}
    flask.current_app.enforcer.authorize(rule, target, flask.g.context, do_raise=True)


def is_allowed(rule, proxy):
    return flask.current_app.enforcer.authorize(rule, proxy.target(), flask.g.context)


# Storage


class Base(orm.DeclarativeBase):
    pass


class Proxy(Base):
    __tablename__ = "proxies"

    id: orm.Mapped[str] = orm.mapped_column(primary_key=True, default=lambda: uuid.uuid4().hex)
    project_id: orm.Mapped[str]
    domain: orm.Mapped[str] = orm.mapped_column(unique=True)
    backends: orm.Mapped[list] = orm.mapped_column(sqlalchemy.JSON)
    note: orm.Mapped[str | None]
    created_at: orm.Mapped[int] = orm.mapped_column(sqlalchemy.BigInteger, default=time.time_ns)

    def target(self):
        return {"id": self.id, "project_id": self.project_id, "domain": self.domain, "note": self.note}

    def show(self):
        shown = {"id": self.id, "project_id": self.project_id, "domain": self.domain, "backends": self.backends}
        if flask.g.version >= "1.1":
            shown["note"] = self.note
        return shown


def find(session, proxy_id, lock=False):
    proxy = session.get(Proxy, proxy_id, with_for_update=lock)
    if proxy is None:
        raise exceptions.NotFound("There is no such proxy.")
    return proxy


# Requests


TEXT = {"type": "string", "pattern": "^[^\0]*$"}
DOMAIN = TEXT | {"maxLength": 253}
BACKENDS = {"type": "array", "items": TEXT}
NOTE = TEXT | {"type": ["string", "null"]}
LIMIT = TEXT | {"pattern": "^[1-9][0-9]*$"}


def validate(given, schema):
    try:
        jsonschema.validate(given, schema)
    except jsonschema.ValidationError as error:
        raise exceptions.BadRequest(f"{error.json_path}: {error.message}") from error


def closed(properties, required=()):
    """The schema of an object with these keys and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def read_body(required=(), **properties):
    """The proxy in the request's body, with a note where the microversion has one."""
    if flask.g.version >= "1.1":
        properties["note"] = NOTE
    body = flask.request.get_json()
    validate(body, closed({"proxy": closed(properties, required)}, ["proxy"]))
    return body["proxy"]


def read_query():
    """The filters and the page that the request asks for."""
    parameters = {"domain": TEXT, "limit": LIMIT, "marker": TEXT}
    if flask.g.version >= "1.2":
        parameters["editable"] = TEXT
    query = flask.request.args.to_dict()
    validate(query, closed(parameters))
    return query


class UnsupportedVersion(exceptions.NotAcceptable):
    description = f"This service has the microversions {VERSIONS[0]} to {VERSIONS[-1]}."


def negotiate_version():
    """The microversion of a header such as `OpenStack-API-Version: proxy 1.2`, which may name several services."""
    flask.g.version = VERSIONS[0]
    for asked in flask.request.headers.get("OpenStack-API-Version", "").split(","):
        service, _, version = asked.strip().partition(" ")
        if service != "proxy":
            continue
        if version != "latest" and not re.fullmatch(r"\d+\.\d+", version):
            raise exceptions.BadRequest(f"`{version}` is not a microversion.")
        if version not in [*VERSIONS, "latest"]:
            raise UnsupportedVersion()
        flask.g.version = VERSIONS[-1] if version == "latest" else version
        return


# Handlers


@proxies.get("")
def index():
    authorize("proxy:index")
    query = read_query()
    editable = query.get("editable", "false").lower() not in ("0", "false")
    limit = min(int(query.get("limit", LONGEST_PAGE)), LONGEST_PAGE)
    select = sqlalchemy.select(Proxy).order_by(Proxy.created_at, Proxy.id)
    if "domain" in query:
        select = select.where(Proxy.domain == query["domain"])
    with sessions() as session:
        if "marker" in query:
            marker = session.get(Proxy, query["marker"])
            if marker is None:
                raise exceptions.BadRequest("There is no proxy with the id in `marker`.")
            position = sqlalchemy.tuple_(Proxy.created_at, Proxy.id)
            select = select.where(position > (marker.created_at, marker.id))
        found = session.scalars(select.execution_options(yield_per=100))
        wanted = (proxy for proxy in found if not editable or is_allowed("proxy:update", proxy))
        # One more tells whether there are more.
        page = list(itertools.islice(wanted, limit + 1))
    links = {"self": flask.request.url, "next": None}
    if len(page) > limit:
        following = query | {"marker": page[limit - 1].id}
        links["next"] = flask.url_for(".index", _external=True, **following)
    body = {"proxies": [proxy.show() for proxy in page[:limit]], "links": links}
    if links["next"]:
        body["proxies_links"] = [{"rel": "next", "href": links["next"]}]
    return body


@proxies.post("")
def create():
    authorize("proxy:create")
    proxy = Proxy(
        project_id=flask.g.context.project_id,
        **read_body(required=["domain", "backends"], domain=DOMAIN, backends=BACKENDS),
    )
    try:
        with sessions.begin() as session:
            session.add(proxy)
    except sqlalchemy.exc.IntegrityError as error:
        raise exceptions.Conflict("Another proxy already has this domain.") from error
    return {"proxy": proxy.show()}, 201


@proxies.delete("")
def purge():
    authorize("proxy:purge")
    with sessions.begin() as session:
        session.execute(sqlalchemy.delete(Proxy))
    return "", 204


@proxies.get("/<proxy_id>")
def view(proxy_id):
    authorize("proxy:view")
    with sessions() as session:
        return {"proxy": find(session, proxy_id).show()}


@proxies.patch("/<proxy_id>")
def update(proxy_id):
    with sessions.begin() as session:
        proxy = find(session, proxy_id, lock=True)
        authorize("proxy:update", proxy)
        for name, value in read_body(backends=BACKENDS).items():
            setattr(proxy, name, value)
        return {"proxy": proxy.show()}


@proxies.delete("/<proxy_id>")
def remove(proxy_id):
    with sessions.begin() as session:
        proxy = find(session, proxy_id, lock=True)
        authorize("proxy:delete", proxy)
        session.delete(proxy)
    return "", 204


# The application


def error_response(error):
    body = {"error": {"code": error.code, "title": error.name, "message": error.description}}
    if isinstance(error, UnsupportedVersion):
        # As the API-SIG's guideline on microversions has it.
        unsupported = {"status": error.code, "title": error.name, "detail": error.description}
        unsupported |= {"code": "proxy.microversion-unsupported"}
        unsupported |= {"min_version": VERSIONS[0], "max_version": VERSIONS[-1]}
        body["errors"] = [unsupported]
    response = flask.jsonify(body)
    response.status_code = error.code
    # Such as `Allow` of a 405.
    response.headers.extend(pair for pair in error.get_headers() if pair[0] != "Content-Type")
    return response


def refused(error):
    return error_response(exceptions.Forbidden("You are not authorized to perform the requested action."))


def out_of_order(error):
    flask.current_app.logger.error("the database is unavailable: %s", error)
    return error_response(exceptions.ServiceUnavailable("The service is temporarily unavailable."))


def read_context():
    flask.g.context = context.RequestContext.from_environ(flask.request.environ)


def add_version(response):
    response.headers["OpenStack-API-Version"] = f"proxy {flask.g.version}"
    response.vary.add("OpenStack-API-Version")
    return response


def create_app(config_file):
    conf = cfg.ConfigOpts()
    conf.register_opts([cfg.StrOpt("connection", default="sqlite://", secret=True)], group="database")
    conf(["--config-file", config_file], project="proxies")

    engine = sqlalchemy.create_engine(conf.database.connection)
    Base.metadata.create_all(engine)
    sessions.configure(bind=engine)

    app = flask.Flask(__name__)
    app.enforcer = policy.Enforcer(conf)
    app.enforcer.register_defaults(RULES)
    app.register_blueprint(proxies)
    app.before_request(negotiate_version)
    app.before_request(read_context)
    app.after_request(add_version)
    app.register_error_handler(exceptions.HTTPException, error_response)
    app.register_error_handler(policy.PolicyNotAuthorized, refused)
    app.register_error_handler(policy.InvalidScope, refused)
    app.register_error_handler(sqlalchemy.exc.OperationalError, out_of_order)
    app.wsgi_app = auth_token.AuthProtocol(app.wsgi_app, {"oslo_config_config": conf})
    return app


if "PROXIES_CONFIG" in os.environ:
    application = create_app(os.environ["PROXIES_CONFIG"])
