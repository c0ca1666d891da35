"""A person who opens the address of a device flow, logs in, and approves or denies.

    approve_device.py URL [--user NAME] [--password PASSWORD] [--deny] [--authority PEM]

URL is `verification_uri_complete`. Prints the last page's status.
"""

import argparse

from browser import Browser


def main():
    arguments = parser(__doc__).parse_args()
    browser = Browser(arguments.user, arguments.password, arguments.deny, arguments.authority)
    response = browser.visit(arguments.url)
    # oidc-provider says so of a request that was denied.
    if response.status_code >= 400 and not arguments.deny:
        raise SystemExit(f"HTTP {response.status_code}\n{response.text}")
    print(response.status_code)


def parser(documentation):
    parsed = argparse.ArgumentParser(description=documentation, formatter_class=argparse.RawTextHelpFormatter)
    parsed.add_argument("url")
    parsed.add_argument("--user", default="alice")
    parsed.add_argument("--password", default="wonderland")
    parsed.add_argument("--deny", action="store_true")
    parsed.add_argument("--authority", help="the PEM of a private authority")
    return parsed


if __name__ == "__main__":
    main()
