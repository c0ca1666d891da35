"""shibd, the part of mod_shib that reads assertions."""

from federation import names

CONFIG = """\
<SPConfig xmlns="urn:mace:shibboleth:3.0:native:sp:config" clockSkew="180">
  <OutOfProcess logger="/etc/shibboleth/console.logger"/>
  <InProcess logger="/etc/shibboleth/console.logger"/>
  <TCPListener address="127.0.0.1" port="{port}" acl="127.0.0.1"/>
  <ApplicationDefaults entityID="{entity}" REMOTE_USER="uid openstack_user">
    <Sessions lifetime="28800" timeout="3600" relayState="ss:mem" checkAddress="false" handlerSSL="false"
        cookieProps="http" redirectLimit="none">
      <SSO entityID="{idp}" ECP="true">SAML2</SSO>
      <Logout>Local</Logout>
      <Handler type="MetadataGenerator" Location="/Metadata" signing="false"/>
      <Handler type="Session" Location="/Session" showAttributeValues="true"/>
    </Sessions>
    <Errors supportContact="lab@example.org"/>
    <MetadataProvider type="XML" path="{run}/saml_idp/idp.xml"/>
    <MetadataProvider type="XML" path="{run}/shibd/keystone-a.xml"/>
    <AttributeExtractor type="XML" path="{run}/shibd/attribute-map.xml"/>
    <AttributeFilter type="XML" path="/etc/shibboleth/attribute-policy.xml"/>
    <CredentialResolver type="File" key="{keys}/service-provider.key" certificate="{keys}/service-provider.pem"/>
    <ApplicationOverride id="moved" entityID="{moved}"/>
  </ApplicationDefaults>
  <SecurityPolicyProvider type="XML" path="/etc/shibboleth/security-policy.xml"/>
  <ProtocolProvider type="XML" path="/etc/shibboleth/protocols.xml"/>
</SPConfig>
"""
# Of SimpleSAMLphp, and of what Keystone puts into its own assertions.
ATTRIBUTES = ("uid", "groups")
KEYSTONES = ("user", "roles", "project", "user_domain", "project_domain", "groups")
BASIC = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"


def start(processes, keys, ports):
    folder = processes.run / "shibd"
    folder.mkdir()
    # Keystone A tells its metadata while it runs, from this same file.
    metadata = (processes.run / "keystone_a/metadata.xml").read_text()
    (folder / "keystone-a.xml").write_text(metadata)
    (folder / "attribute-map.xml").write_text(attribute_map())
    values = {"entity": names.SHIBBOLETH_SP, "moved": names.MOVED_SP, "idp": names.SAML_IDP}
    values |= {"port": ports["shibd"], "keys": keys}
    path = config_path(processes.run)
    path.write_text(CONFIG.format(run=processes.run, **values))
    processes.start("shibd", ["/usr/sbin/shibd", "-f", "-F", "-c", path, "-p", folder / "shibd.pid"])


def config_path(run):
    return run / "shibd/shibboleth2.xml"


def attribute_map():
    lines = [f'  <Attribute name="{name}" nameFormat="{BASIC}" id="{name}"/>' for name in ATTRIBUTES]
    lines += [f'  <Attribute name="openstack_{name}" id="openstack_{name}"/>' for name in KEYSTONES]
    body = "\n".join(lines)
    return f'<Attributes xmlns="urn:mace:shibboleth:2.0:attribute-map">\n{body}\n</Attributes>\n'
