"""Names that several servers have to agree on. None depends on a port, since databases hold them."""

import keystone_lab

# A SAML entity is known by its id, which nobody opens as an address.
SHIBBOLETH_SP = "https://sp.example/shibboleth"
MELLON_SP = "https://sp.example/mellon"
# One whose assertions its IdP sends to another place than it asks for, where nobody listens.
MOVED_SP = "https://sp.example/moved"
SAML_IDP = "https://idp.example/simplesamlphp"
KEYSTONE_IDP = "https://keystone-a.example/v3/OS-FEDERATION/saml2/idp"
# The WS-Trust stand-in for ADFS, and who its assertions are for.
ADFS_ISSUER = "https://adfs-stand-in.example/adfs/services/trust"
ADFS_RELYING_PARTY = "https://sp.example/adfs"

# What the databases hold until a start puts the real addresses there.
WEB = "http://web.example"
KEYSTONE_A = "http://keystone-a.example"
PROVIDER = "http://provider.example"
PROVIDER_TLS = "https://provider.example"

ADMIN = keystone_lab.USERNAME
ADMIN_PASSWORD = keystone_lab.PASSWORD
REGION = keystone_lab.REGION

# Who can log in at the OpenID Provider, the SAML IdP and the stand-in for ADFS.
USERS = {"alice": "wonderland", "bob": "builder"}
# A local user of Keystone A, who goes to Keystone B by Keystone2Keystone.
LOCAL_USER = "carol"
LOCAL_PASSWORD = "carols-secret"
LOCAL_PROJECT = "local-project"

# Where federated users land in Keystone B. A domain called `federated` makes Keystone answer 500.
DOMAIN = "fed-domain"
PROJECTS = ("fed-project", "fed-other-project")
GROUP = "fed-users"
ROLE = "member"
SERVICE_PROVIDER = "keystone-b"
# mod_shib and mod_auth_mellon face one IdP, hence one domain, where a name stands for one user.
MELLON_SUFFIX = "-by-mellon"

# The audience that the vhost `web_audience` demands, and that token exchange issues tokens for.
AUDIENCE = "https://keystone-b.example"
