"""A person with a browser, for pages of plain forms: logs in, consents or denies, follows redirects."""

import html.parser
from urllib.parse import urljoin, urlsplit

import requests

# Logins take about ten steps; what goes on for longer goes in circles.
STEPS = 30
# Keystone's page that posts the token of a login by a browser to where the login began.
CALLBACK = "sso"
# What a browser says of a form that a page of another site submits.
NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "cross-site"}


class Form(html.parser.HTMLParser):
    """The first form of a page."""

    def __init__(self, response):
        super().__init__()
        self.action, self.name, self.fields, self.page = None, None, {}, response.url
        self.method = "GET"
        self.open = False
        self.feed(response.text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form" and self.action is None:
            self.open, self.name = True, attributes.get("id")
            self.action = urljoin(self.page, attributes.get("action") or self.page)
            self.method = attributes.get("method", "get").upper()
        elif tag in ("input", "button") and attributes.get("name"):
            # A button may stand elsewhere on the page and name its form.
            own = self.open or (self.name is not None and attributes.get("form") == self.name)
            if own:
                self.fields[attributes["name"]] = attributes.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = False

    def fill_in(self, user, password, deny):
        """What to send: an offer to abort is taken only by who denies."""
        may_abort = self.fields.pop("abort", None) is not None
        for name in ("login", "username"):
            if name in self.fields:
                self.fields |= {name: user, "password": password}
                return self.fields
        if deny and may_abort:
            self.fields["abort"] = "yes"
        return self.fields


class Browser:
    def __init__(self, user, password, deny=False, authority=None):
        self.user, self.password, self.deny = user, password, deny
        self.session = requests.Session()
        # No proxy, and no ~/.netrc.
        self.session.trust_env = False
        self.session.verify = authority or True

    def visit(self, url, stop=None):
        """Goes on until a redirect to `stop` (and returns its address), or a page without a form."""
        method, fields, headers = "GET", None, {}
        for _ in range(STEPS):
            sent = {"params": fields} if method == "GET" else {"data": fields}
            response = self.session.request(method, url, allow_redirects=False, headers=headers, **sent)
            denied = fields is not None and "abort" in fields
            method, fields, headers = "GET", None, {}
            if response.is_redirect:
                url = urljoin(response.url, response.headers["Location"])
                if stop and without_query(url) == without_query(stop):
                    return url
                continue
            form = Form(response)
            if response.status_code >= 400 or form.action is None or denied:
                return response
            url, method, fields = form.action, form.method, form.fill_in(self.user, self.password, self.deny)
            if form.name == CALLBACK:
                page = urlsplit(form.page)
                headers = NAVIGATION | {"Origin": f"{page.scheme}://{page.netloc}"}
        raise RuntimeError(f"no end of redirects and forms at {without_query(url)}")


def without_query(url):
    return urlsplit(url)._replace(query="", fragment="").geturl()
