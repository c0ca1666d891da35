"""A person who opens an authorization URL, logs in, and consents or denies.

    login_code.py AUTHORIZATION_URL [--user NAME] [--password PASSWORD] [--deny] [--authority PEM]

Prints the address of the last redirect, to the `redirect_uri` of that URL, which nobody opens: the
code and the state, or the error, are in its query.
"""

from urllib.parse import parse_qs, urlsplit

from approve_device import parser
from browser import Browser


def main():
    arguments = parser(__doc__).parse_args()
    query = parse_qs(urlsplit(arguments.url).query)
    (stop,) = query.get("redirect_uri") or [None]
    if stop is None:
        raise SystemExit("the authorization URL has no redirect_uri")
    browser = Browser(arguments.user, arguments.password, arguments.deny, arguments.authority)
    ended = browser.visit(arguments.url, stop)
    if not isinstance(ended, str):
        raise SystemExit(f"HTTP {ended.status_code} instead of a redirect to {stop}\n{ended.text}")
    print(ended)


if __name__ == "__main__":
    main()
