"""Has the administrator grant a consumer of OAuth 1.0a a role on the project, and prints the keys.

Reads OS_AUTH_URL, OS_USERNAME, OS_PASSWORD, OS_PROJECT_NAME and the domain ids, prints
{"consumer_key": .., "consumer_secret": .., "access_key": .., "access_secret": ..}.
"""

import json
import os
import urllib.parse

from keystoneauth1 import session
from keystoneauth1.identity import v3
from oauthlib import oauth1

URL = os.environ["OS_AUTH_URL"] + "/OS-OAUTH1"

admin = session.Session(
    auth=v3.Password(
        auth_url=os.environ["OS_AUTH_URL"],
        username=os.environ["OS_USERNAME"],
        password=os.environ["OS_PASSWORD"],
        project_name=os.environ["OS_PROJECT_NAME"],
        user_domain_id=os.environ["OS_USER_DOMAIN_ID"],
        project_domain_id=os.environ["OS_PROJECT_DOMAIN_ID"],
    )
)


def request(method, url, **more):
    # This server closes connections without a word, which keystoneauth1 takes for a failure.
    return admin.request(url, method, connect_retries=5, connect_retry_delay=0.01, **more)


def signed(path, client, **headers):
    """The keys in the answer to a signed request."""
    url = f"{URL}/{path}"
    _, signature, _ = client.sign(url, http_method="POST", headers=headers)
    answer = request("POST", url, headers=signature, authenticated=False)
    return dict(urllib.parse.parse_qsl(answer.text))


consumer = request("POST", f"{URL}/consumers", json={"consumer": {"description": "test"}}).json()["consumer"]
keys = {"client_key": consumer["id"], "client_secret": consumer["secret"], "signature_method": oauth1.SIGNATURE_HMAC}
project = admin.get_project_id()
asked = signed("request_token", oauth1.Client(**keys, callback_uri="oob"), **{"Requested-Project-Id": project})
role = next(one["id"] for one in admin.auth.get_access(admin)._data["token"]["roles"] if one["name"] == "admin")
grant = {"roles": [{"id": role}]}
token = request("PUT", f"{URL}/authorize/{asked['oauth_token']}", json=grant).json()["token"]
access = signed(
    "access_token",
    oauth1.Client(
        **keys,
        resource_owner_key=asked["oauth_token"],
        resource_owner_secret=asked["oauth_token_secret"],
        verifier=token["oauth_verifier"],
    ),
)
print(
    json.dumps(
        {
            "consumer_key": consumer["id"],
            "consumer_secret": consumer["secret"],
            "access_key": access["oauth_token"],
            "access_secret": access["oauth_token_secret"],
        }
    )
)
