"""The routes of the installed Keystone, read off its own URL map.

Prints a line for each method and path: method, path, policies (joined by commas,
`-` for none), and why the route is none although the map lists it (`-` if it is
one), with tabs between. HEAD and OPTIONS follow from the rest and are left out.

The policies are those that a handler's source names, with the helpers that it
calls. They are no documentation: what is not enforced is not found.
"""

import ast
import functools
import inspect
import os
import re
import sys
import tempfile
import textwrap
import types
import typing
from pathlib import Path

import keystone_lab

PACKAGE = "keystone.api"
REFUSAL = re.compile("method_?not_?allowed", re.IGNORECASE)
PARAMETER = re.compile(r"<(?:[a-z]+:)?(\w+)>")


def application(folder):
    """Keystone's Flask application, with no more behind it than it needs to start."""
    for name in keystone_lab.KEY_REPOSITORIES:
        keystone_lab.write_keys(folder / name)
    keystone_lab.write_config(folder, run=folder, database=folder / "keystone.db")
    os.environ["OS_KEYSTONE_CONFIG_DIR"] = str(folder)
    sys.argv = ["keystone"]
    from keystone.server.wsgi import initialize_public_application

    app = initialize_public_application()
    while not hasattr(app, "url_map"):
        # Middleware calls what it wraps by one of these names.
        app = getattr(app, "app", None) or getattr(app, "_app", None) or app.wsgi_app
    return app


def unwrapped(function):
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return function


@functools.cache
def tree(function):
    return ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]


def name_of(node):
    """The dotted name of an expression: `ENFORCER.enforce_call`."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(node.id)
    return ".".join(reversed(parts))


class Frame(typing.NamedTuple):
    """What the names in a function mean."""

    module: types.ModuleType
    texts: dict
    parameters: set


class Policies(ast.NodeVisitor):
    """Collects the actions that a handler enforces on a route with these arguments."""

    def __init__(self, owner, arguments):
        self.owner = owner
        self.arguments = arguments
        self.found = []
        self.seen = set()
        self.frame = None

    def read(self, function):
        function = unwrapped(function)
        if function in self.seen or not function.__module__.startswith(PACKAGE):
            return
        self.seen.add(function)
        outer, module = self.frame, sys.modules[function.__module__]
        self.frame = Frame(module, {}, set(inspect.signature(function).parameters))
        self.block(tree(function).body)
        self.frame = outer

    def block(self, statements):
        """Reads statements until one surely ends the function."""
        for statement in statements:
            if isinstance(statement, ast.If) and (known := self.is_given(statement.test)) is not None:
                taken = statement.body if known else statement.orelse
                self.block(taken)
                if taken and isinstance(taken[-1], ast.Return):
                    return
            else:
                self.visit(statement)

    def is_given(self, test):
        """Whether a test for a parameter of the route holds; None for any other test."""
        parameters = self.frame.parameters
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.left, ast.Name):
            right, operator = test.comparators[0], test.ops[0]
            if isinstance(right, ast.Constant) and right.value is None and test.left.id in parameters:
                given = test.left.id in self.arguments
                return given == isinstance(operator, ast.IsNot)
        if isinstance(test, ast.Name) and test.id in parameters and test.id.endswith("_id"):
            return test.id in self.arguments
        return None

    def visit_Assign(self, node):
        target = node.targets[0]
        if isinstance(target, ast.Name) and isinstance(node.value, ast.Constant):
            self.frame.texts.setdefault(target.id, []).append(node.value.value)
        self.generic_visit(node)

    def visit_Call(self, node):
        called = name_of(node.func)
        if called.rsplit(".", 1)[-1] == "enforce_call":
            for keyword in node.keywords:
                if keyword.arg == "action":
                    self.add(keyword.value)
        self.generic_visit(node)
        self.follow(called)

    def visit_Attribute(self, node):
        raw = inspect.getattr_static(self.owner, node.attr, None) if name_of(node).startswith("self.") else None
        if isinstance(raw, property):
            self.read(raw.fget)
        self.generic_visit(node)

    def add(self, action):
        actions = [action.value] if isinstance(action, ast.Constant) else self.frame.texts.get(name_of(action), [])
        if not actions:
            sys.exit("cannot tell the action in `{}`".format(ast.unparse(action)))
        for name in actions:
            if str(name).startswith("identity:") and name not in self.found:
                self.found.append(name)

    def follow(self, called):
        """Reads a method of the same class, or a function of the same module."""
        owner, _, name = called.rpartition(".")
        if owner in ("self", "cls"):
            raw = inspect.getattr_static(self.owner, name, None)
        elif not owner:
            raw = getattr(self.frame.module, name, None)
        else:
            return
        raw = getattr(raw, "__func__", raw)
        if inspect.isfunction(raw):
            self.read(raw)


def phantom(function, arguments):
    """Why the handler serves no such route, if it does not."""
    parameters = list(inspect.signature(unwrapped(function)).parameters.values())
    parameters = [parameter for parameter in parameters if parameter.name != "self"]
    missing = [p.name for p in parameters if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD]
    missing = [name for name in missing if name not in arguments]
    if missing:
        return "the handler wants {}, which the path lacks".format(", ".join(missing))
    surplus = sorted(set(arguments) - {parameter.name for parameter in parameters})
    if surplus:
        return "the handler takes no {}".format(", ".join(surplus))
    body = tree(unwrapped(function)).body
    statements = [s for s in body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    if len(statements) == 1 and REFUSAL.search(ast.unparse(statements[0])):
        return "the handler refuses the method"
    return None


def rows(app):
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        view = app.view_functions[rule.endpoint]
        owner = getattr(view, "view_class", None)
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            function = getattr(owner, method.lower()) if owner else view
            reason = phantom(function, rule.arguments)
            policies = Policies(owner, rule.arguments)
            if reason is None:
                policies.read(function)
            path = PARAMETER.sub(r"{\1}", rule.rule)
            yield path, method, ",".join(sorted(policies.found)) or "-", reason or "-"


def main():
    with tempfile.TemporaryDirectory() as folder:
        app = application(Path(folder))
        for path, method, policies, reason in sorted(rows(app)):
            print(method, path, policies, reason, sep="\t")


if __name__ == "__main__":
    main()
