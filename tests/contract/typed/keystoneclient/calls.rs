//! The calls of our client that correspond to the methods of python-keystoneclient.

use std::collections::BTreeMap;
use std::future::IntoFuture;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{Method, Uri};
use keystone_sdk::client::{Map, Value};
use keystone_sdk::identity::v3::{
    AllowedCall, ApplicationCredentialCreate, Client, ConsumerCreate, ConsumerUpdate,
    CredentialCreate, CredentialUpdate, DomainCreate, DomainUpdate, Ec2CredentialCreate,
    EndpointCreate, EndpointGroupCreate, EndpointGroupUpdate, EndpointInterface, EndpointUpdate,
    GroupCreate, GroupUpdate, IdentityProviderCreate, IdentityProviderUpdate, LimitCreate,
    LimitUpdate, MappingCreate, MappingUpdate, PasswordChange, PolicyCreate, PolicyUpdate,
    ProjectCreate, ProjectUpdate, ProtocolCreate, ProtocolUpdate, RegionCreate, RegionUpdate,
    RegisteredLimitCreate, RegisteredLimitUpdate, RoleCreate, RoleRef, RoleUpdate, ServiceCreate,
    ServiceProviderCreate, ServiceProviderUpdate, ServiceUpdate, TrustCreate, UserCreate,
    UserUpdate,
};
use keystone_sdk::{Error, Session};
use serde_json::json;

use super::Request;
use crate::world::NoLogin;

/// A server that hears what our client sends.
pub(super) struct Calls {
    client: Client,
    heard: Arc<Mutex<Vec<Request>>>,
    made: BTreeMap<&'static str, Request>,
    errors: BTreeMap<&'static str, Error>,
}

/// Makes each call under its name.
macro_rules! calls {
    ($self:ident: $($name:literal => $call:expr;)+) => {
        $(
            $self.call($name, $call).await;
        )+
    };
}

impl Calls {
    /// The server responds to everything with `response`.
    pub(super) async fn with_response(response: &'static str) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let noted = heard.clone();
        let handler = move |method: Method, uri: Uri, body: Bytes| {
            noted.lock().unwrap().push(Request {
                method: method.to_string(),
                target: uri.to_string(),
                body: serde_json::from_slice(&body).ok(),
            });
            async move { ([("content-type", "application/json")], response) }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().fallback(handler);
        tokio::spawn(async move { axum::serve(listener, app).await });
        let session = Session::new(NoLogin { renews: false }).unwrap();
        let address = format!("http://{address}/v3").parse().unwrap();
        Self {
            client: Client::at(&session, address),
            heard,
            made: BTreeMap::new(),
            errors: BTreeMap::new(),
        }
    }

    /// What was sent, by the name of the call.
    pub(super) fn made(self) -> BTreeMap<&'static str, Request> {
        self.made
    }

    /// The calls that failed.
    pub(super) fn errors(self) -> BTreeMap<&'static str, Error> {
        self.errors
    }

    /// Makes a call and notes what was sent, and whether the response was taken for one.
    async fn call<T>(
        &mut self,
        name: &'static str,
        call: impl IntoFuture<Output = Result<T, Error>>,
    ) {
        if let Err(error) = call.into_future().await {
            self.errors.insert(name, error);
        }
        let mut heard = std::mem::take(&mut *self.heard.lock().unwrap());
        assert_eq!(heard.len(), 1, "{name}");
        let before = self.made.insert(name, heard.remove(0).in_order());
        assert_eq!(before, None, "{name} twice");
    }

    pub(super) async fn make(&mut self) {
        self.people().await;
        self.projects().await;
        self.catalog().await;
        self.endpoint_filters().await;
        self.endpoint_policies().await;
        self.credentials().await;
        self.federation().await;
        self.identity_providers().await;
        self.limits().await;
        self.roles().await;
        self.grants().await;
        self.grants_of_groups().await;
        self.old().await;
    }

    async fn people(&mut self) {
        let users = self.client.users();
        let groups = self.client.groups();
        let members = self.client.group_users("ARG-group");
        calls! { self:
            "users.create" => users.create(UserCreate::new("ARG-name").enabled(true));
            "users.create 1" => users.create(
                UserCreate::new("ARG-name").domain_id("ARG-domain").default_project_id("ARG-project")
                    .password("p").email("e").description("d").enabled(true)
            );
            "users.delete" => users.delete("ARG-user");
            "users.get" => users.get("ARG-user");
            "users.list" => users.list().all();
            "users.list 1" => members.list().all();
            "users.list 2" => users.list().domain_id("ARG-domain").name("n").all();
            "users.list 3" => users.list().enabled(true).all();
            "users.update" => users.update("ARG-user", UserUpdate::new().name("n").password("p")
                .email("e").description("d").enabled(true));
            "users.update 1" => users.update("ARG-user", UserUpdate::new().clear_email());
            "users.update_password" => users.change_password("ARG-self", PasswordChange::new("old", "new"));
            "users.add_to_group" => members.add("ARG-user");
            "users.check_in_group" => members.check("ARG-user");
            "users.remove_from_group" => members.remove("ARG-user");
            "groups.create" => groups.create(
                GroupCreate::new("ARG-name").domain_id("ARG-domain").description("d")
            );
            "groups.delete" => groups.delete("ARG-group");
            "groups.get" => groups.get("ARG-group");
            "groups.list" => groups.list().all();
            "groups.list 1" => users.groups("ARG-user").all();
            "groups.list 2" => groups.list().domain_id("ARG-domain").name("n").all();
            "groups.update" => groups.update("ARG-group", GroupUpdate::new().name("n").description("d"));
        }
    }

    async fn projects(&mut self) {
        let domains = self.client.domains();
        let projects = self.client.projects();
        let tags = self.client.project_tags("ARG-project");
        let configs = self.client.domain_configs("ARG-domain");
        let settings = json!({"ldap": {"url": "u"}});
        calls! { self:
            "domains.create" => domains.create(DomainCreate::new("ARG-name").description("d").enabled(true));
            "domains.delete" => domains.delete("ARG-domain");
            "domains.get" => domains.get("ARG-domain");
            "domains.list" => domains.list().all();
            "domains.list 1" => domains.list().name("n").all();
            "domains.list 2" => domains.list().enabled(true).all();
            "domains.update" => domains.update(
                "ARG-domain", DomainUpdate::new().name("n").description("d").enabled(true)
            );
            "domains.update 1" => domains.update("ARG-domain", DomainUpdate::new().clear_description());
            "domain_configs.create" => configs.put(settings.clone());
            "domain_configs.delete" => configs.delete();
            "domain_configs.get" => configs.get();
            "domain_configs.update" => configs.update(settings);
            "projects.create" => projects.create(
                ProjectCreate::new("ARG-name").domain_id("ARG-domain").parent_id("ARG-parent")
                    .tags(["t"]).description("d").enabled(true)
            );
            "projects.create 1" => projects.create(
                ProjectCreate::new("ARG-name").domain_id("ARG-domain").enabled(true)
            );
            "projects.delete" => projects.delete("ARG-project");
            "projects.get" => projects.get("ARG-project");
            "projects.get 1" => projects.get("ARG-project").parents_as_list(true);
            "projects.get 2" => projects.get("ARG-project").subtree_as_list(true);
            "projects.get 3" => projects.get("ARG-project").parents_as_ids(true);
            "projects.get 4" => projects.get("ARG-project").subtree_as_ids(true);
            "projects.list" => projects.list().all();
            "projects.list 1" => self.client.users().projects("ARG-user").all();
            "projects.list 2" => projects.list().domain_id("ARG-domain").name("n").all();
            "projects.list 3" => projects.list().parent_id("ARG-parent").all();
            "projects.list 4" => projects.list().tags(["a", "b"]).all();
            "projects.list 5" => projects.list().enabled(true).all();
            "projects.update" => projects.update(
                "ARG-project", ProjectUpdate::new().name("n").description("d").enabled(true)
            );
            "projects.add_tag" => tags.add("ARG-tag");
            "projects.check_tag" => tags.check("ARG-tag");
            "projects.delete_tag" => tags.remove("ARG-tag");
            "projects.list_tags" => tags.list();
            "projects.update_tags" => tags.set(["a", "b"]);
            "auth.domains" => self.client.own_scopes().domains().all();
            "auth.projects" => self.client.own_scopes().projects().all();
            "auth.systems" => self.client.own_scopes().system();
        }
    }

    async fn catalog(&mut self) {
        let endpoints = self.client.endpoints();
        let regions = self.client.regions();
        let services = self.client.services();
        calls! { self:
            "endpoints.create" => endpoints.create(
                EndpointCreate::new("ARG-service", EndpointInterface::Public, "http://u")
                    .region("r").enabled(true)
            );
            "endpoints.delete" => endpoints.delete("ARG-endpoint");
            "endpoints.get" => endpoints.get("ARG-endpoint");
            "endpoints.list" => endpoints.list().all();
            "endpoints.list 1" => endpoints.list().service_id("ARG-service")
                .interface(EndpointInterface::Public).region_id("r").all();
            "endpoints.update" => endpoints.update("ARG-endpoint", EndpointUpdate::new()
                .url("http://u").interface(EndpointInterface::Admin).enabled(false));
            "regions.create" => regions.create(
                RegionCreate::new().id("ARG-id").description("d").parent_region_id("ARG-parent")
            );
            "regions.delete" => regions.delete("ARG-region");
            "regions.get" => regions.get("ARG-region");
            "regions.list" => regions.list().all();
            "regions.list 1" => regions.list().parent_region_id("ARG-parent").all();
            "regions.update" => regions.update(
                "ARG-region", RegionUpdate::new().description("d").parent_region_id("ARG-parent")
            );
            "services.create" => services.create(
                ServiceCreate::new("compute").name("ARG-name").description("d").enabled(true)
            );
            "services.delete" => services.delete("ARG-service");
            "services.get" => services.get("ARG-service");
            "services.list" => services.list().all();
            "services.list 1" => services.list().name("n").r#type("compute").all();
            "services.update" => services.update("ARG-service", ServiceUpdate::new()
                .name("n").r#type("t").description("d").enabled(true));
        }
    }

    async fn endpoint_filters(&mut self) {
        let groups = self.client.endpoint_groups();
        let of_group = self.client.endpoint_group_projects("ARG-endpoint_group");
        let of_project = self.client.project_endpoints("ARG-project");
        let filters: Map<String, Value> =
            [("region_id".to_owned(), json!("r"))].into_iter().collect();
        calls! { self:
            "endpoint_filter.add_endpoint_group_to_project" => of_group.add("ARG-project");
            "endpoint_filter.add_endpoint_to_project" => of_project.add("ARG-endpoint");
            "endpoint_filter.check_endpoint_group_in_project" => of_group.check("ARG-project");
            "endpoint_filter.check_endpoint_in_project" => of_project.check("ARG-endpoint");
            "endpoint_filter.delete_endpoint_from_project" => of_project.remove("ARG-endpoint");
            "endpoint_filter.delete_endpoint_group_from_project" => of_group.remove("ARG-project");
            "endpoint_filter.list_endpoint_groups_for_project" =>
                self.client.projects().endpoint_groups("ARG-project").all();
            "endpoint_filter.list_endpoints_for_project" => of_project.list().all();
            "endpoint_filter.list_projects_for_endpoint" =>
                self.client.endpoints().projects("ARG-endpoint").all();
            "endpoint_filter.list_projects_for_endpoint_group" => of_group.list().all();
            "endpoint_groups.create" => groups.create(
                EndpointGroupCreate::new("ARG-name", filters).description("d")
            );
            "endpoint_groups.delete" => groups.delete("ARG-endpoint_group");
            "endpoint_groups.get" => groups.get("ARG-endpoint_group");
            "endpoint_groups.list" => groups.list().all();
            "endpoint_groups.list 1" => groups.list().name("n").all();
            "endpoint_groups.update" => groups.update(
                "ARG-endpoint_group", EndpointGroupUpdate::new().name("n").description("d")
            );
        }
    }

    async fn endpoint_policies(&mut self) {
        let endpoints = self.client.policy_endpoints("ARG-policy");
        let services = self.client.policy_services("ARG-policy");
        let regions = self
            .client
            .policy_service_regions("ARG-policy", "ARG-service");
        calls! { self:
            "endpoint_policy.check_policy_association_for_endpoint" => endpoints.check("ARG-endpoint");
            "endpoint_policy.check_policy_association_for_region_and_service" => regions.check("ARG-region");
            "endpoint_policy.check_policy_association_for_service" => services.check("ARG-service");
            "endpoint_policy.create_policy_association_for_endpoint" => endpoints.add("ARG-endpoint");
            "endpoint_policy.create_policy_association_for_region_and_service" => regions.add("ARG-region");
            "endpoint_policy.create_policy_association_for_service" => services.add("ARG-service");
            "endpoint_policy.delete_policy_association_for_endpoint" => endpoints.remove("ARG-endpoint");
            "endpoint_policy.delete_policy_association_for_region_and_service" => regions.remove("ARG-region");
            "endpoint_policy.delete_policy_association_for_service" => services.remove("ARG-service");
            "endpoint_policy.get_policy_for_endpoint" => self.client.endpoints().policy("ARG-endpoint");
            "endpoint_policy.list_endpoints_for_policy" => endpoints.list().all();
        }
    }

    async fn credentials(&mut self) {
        let applications = self.client.application_credentials("ARG-user");
        let rules = self.client.access_rules("ARG-user");
        let credentials = self.client.credentials();
        let ec2 = self.client.ec2_credentials("ARG-user_id");
        let trusts = self.client.trusts();
        let image = AllowedCall::new().method("GET").path("/p").service("image");
        calls! { self:
            "access_rules.delete" => rules.delete("ARG-access_rule");
            "access_rules.get" => rules.get("ARG-access_rule");
            "access_rules.list" => rules.list().all();
            "application_credentials.create" => applications.create(
                ApplicationCredentialCreate::new("ARG-name")
            );
            "application_credentials.create 1" => applications.create(
                ApplicationCredentialCreate::new("ARG-name").secret("s").description("d")
                    .roles([RoleRef::new().id("ARG-role")]).unrestricted(true).access_rules([image])
            );
            "application_credentials.delete" => applications.delete("ARG-ac");
            "application_credentials.get" => applications.get("ARG-ac");
            "application_credentials.list" => applications.list().all();
            "credentials.create" => credentials.create(
                CredentialCreate::new("ec2", "b", "ARG-user").project_id("ARG-project")
            );
            "credentials.delete" => credentials.delete("ARG-credential");
            "credentials.get" => credentials.get("ARG-credential");
            "credentials.list" => credentials.list().all();
            "credentials.list 1" => credentials.list().user_id("ARG-user").r#type("ec2").all();
            "credentials.update" => credentials.update("ARG-credential", CredentialUpdate::new("b"));
            "ec2.create" => ec2.create(Ec2CredentialCreate::new("ARG-project_id"));
            "ec2.delete" => ec2.delete("ARG-access");
            "ec2.get" => ec2.get("ARG-access");
            "ec2.list" => ec2.list().all();
            "trusts.create" => trusts.create(
                TrustCreate::new("ARG-trustor", "ARG-trustee", true).project_id("ARG-project")
                    .roles([RoleRef::new().name("admin")]).remaining_uses(2)
            );
            "trusts.delete" => trusts.delete("ARG-trust");
            "trusts.get" => trusts.get("ARG-trust");
            "trusts.list" => trusts.list().all();
            "trusts.list 1" => trusts.list().trustee_user_id("ARG-trustee")
                .trustor_user_id("ARG-trustor").all();
        }
    }

    async fn federation(&mut self) {
        let mappings = self.client.mappings();
        let protocols = self.client.protocols("ARG-identity_provider");
        let assertions = self.client.saml_assertions();
        let consumers = self.client.consumers();
        let rules = || [json!({"local": []})];
        let auth = json!({
            "identity": {"methods": ["token"], "token": {"id": "ARG-token_id"}},
            "scope": {"service_provider": {"id": "ARG-service_provider"}},
        });
        calls! { self:
            "federation.mappings.create" => mappings.create("ARG-mapping", MappingCreate::new(rules()));
            "federation.mappings.delete" => mappings.delete("ARG-mapping");
            "federation.mappings.get" => mappings.get("ARG-mapping");
            "federation.mappings.list" => mappings.list().all();
            "federation.mappings.update" => mappings.update("ARG-mapping", MappingUpdate::new().rules(rules()));
            "federation.protocols.create" => protocols.create("ARG-protocol_id", ProtocolCreate::new("ARG-mapping"));
            "federation.protocols.delete" => protocols.delete("ARG-protocol");
            "federation.protocols.get" => protocols.get("ARG-protocol");
            "federation.protocols.list" => protocols.list().all();
            "federation.protocols.update" => protocols.update("ARG-protocol", ProtocolUpdate::new("ARG-mapping"));
            "federation.saml.create_ecp_assertion" => assertions.create_for_ecp(auth.clone());
            "federation.saml.create_saml_assertion" => assertions.create(auth);
            "oauth1.consumers.create" => consumers.create(ConsumerCreate::new().description("d"));
            "oauth1.consumers.delete" => consumers.delete("ARG-consumer");
            "oauth1.consumers.get" => consumers.get("ARG-consumer");
            "oauth1.consumers.list" => consumers.list().all();
            "oauth1.consumers.update" => consumers.update("ARG-consumer", ConsumerUpdate::new().description("d"));
            "oauth1.request_tokens.authorize" => self.client.request_tokens()
                .authorize("ARG-request_token", [RoleRef::new().id("ARG-role")]);
        }
    }

    async fn identity_providers(&mut self) {
        let providers = self.client.identity_providers();
        let services = self.client.service_providers();
        calls! { self:
            "federation.identity_providers.create" => providers.create("ARG-id",
                IdentityProviderCreate::new().remote_ids(["r"]).description("d").enabled(true));
            "federation.identity_providers.delete" => providers.delete("ARG-identity_provider");
            "federation.identity_providers.get" => providers.get("ARG-identity_provider");
            "federation.identity_providers.list" => providers.list().all();
            "federation.identity_providers.list 1" => providers.list().enabled(true).all();
            "federation.identity_providers.update" => providers.update("ARG-identity_provider",
                IdentityProviderUpdate::new().description("d").enabled(true));
            "federation.service_providers.create" => services.create("ARG-id",
                ServiceProviderCreate::new("http://a", "http://s").description("d").enabled(true));
            "federation.service_providers.delete" => services.delete("ARG-service_provider");
            "federation.service_providers.get" => services.get("ARG-service_provider");
            "federation.service_providers.list" => services.list().all();
            "federation.service_providers.list 1" => services.list().enabled(true).all();
            "federation.service_providers.update" => services.update("ARG-service_provider",
                ServiceProviderUpdate::new().description("d").enabled(true));
        }
    }

    async fn limits(&mut self) {
        let limits = self.client.limits();
        let registered = self.client.registered_limits();
        calls! { self:
            "limits.create" => limits.create([LimitCreate::new("ARG-service", "cores", 1)
                .project_id("ARG-project").region_id("ARG-region").description("d")]);
            "limits.delete" => limits.delete("ARG-limit");
            "limits.get" => limits.get("ARG-limit");
            "limits.list" => limits.list().all();
            "limits.list 1" => limits.list().service_id("ARG-service").region_id("ARG-region")
                .resource_name("cores").all();
            "limits.update" => limits.update("ARG-limit", LimitUpdate::new().resource_limit(2).description("d"));
            "registered_limits.create" => registered.create([
                RegisteredLimitCreate::new("ARG-service", "cores", 1)
                    .region_id("ARG-region").description("d")
            ]);
            "registered_limits.delete" => registered.delete("ARG-registered_limit");
            "registered_limits.get" => registered.get("ARG-registered_limit");
            "registered_limits.list" => registered.list().all();
            "registered_limits.list 1" => registered.list().service_id("ARG-service")
                .region_id("ARG-region").resource_name("cores").all();
            "registered_limits.update" => registered.update("ARG-limit",
                RegisteredLimitUpdate::new().default_limit(2).description("d"));
        }
    }

    async fn roles(&mut self) {
        let roles = self.client.roles();
        let implied = self.client.implied_roles("ARG-prior_role");
        let inferences = self.client.role_inferences();
        let assignments = || self.client.role_assignments().list();
        let listed = [
            assignments(),
            assignments()
                .user_id("ARG-user")
                .scope_project_id("ARG-project")
                .effective(true)
                .include_names(true),
            assignments()
                .group_id("ARG-group")
                .scope_domain_id("ARG-domain")
                .role_id("ARG-role"),
            assignments().user_id("ARG-user").scope_system("all"),
            assignments()
                .scope_project_id("ARG-project")
                .include_subtree(true),
            assignments().user_id("ARG-user").inherited_to("projects"),
        ];
        let names = [
            "role_assignments.list",
            "role_assignments.list 1",
            "role_assignments.list 2",
            "role_assignments.list 3",
            "role_assignments.list 4",
            "role_assignments.list 5",
        ];
        for (name, list) in names.into_iter().zip(listed) {
            self.call(name, list.all()).await;
        }
        calls! { self:
            "roles.create" => roles.create(RoleCreate::new("ARG-name").domain_id("ARG-domain").description("d"));
            "roles.delete" => roles.delete("ARG-role");
            "roles.get" => roles.get("ARG-role");
            "roles.list" => roles.list().all();
            "roles.list 1" => roles.list().domain_id("ARG-domain").name("n").all();
            "roles.update" => roles.update("ARG-role", RoleUpdate::new().name("n"));
            "roles.update 1" => roles.update("ARG-role", RoleUpdate::new().clear_description());
            "roles.check_implied" => implied.check("ARG-implied_role");
            "roles.create_implied" => implied.add("ARG-implied_role");
            "roles.delete_implied" => implied.remove("ARG-implied_role");
            "roles.get_implied" => implied.get("ARG-implied_role");
            "roles.list_role_inferences" => inferences.list().all();
            "inference_rules.check" => implied.check("ARG-implied_role");
            "inference_rules.create" => implied.add("ARG-implied_role");
            "inference_rules.delete" => implied.remove("ARG-implied_role");
            "inference_rules.get" => implied.get("ARG-implied_role");
            "inference_rules.list" => implied.list();
            "inference_rules.list_inference_roles" => inferences.list().all();
        }
    }

    async fn grants(&mut self) {
        let client = self.client.clone();
        let project = client.project_user_roles("ARG-project", "ARG-user");
        let domain = client.domain_user_roles("ARG-domain", "ARG-user");
        let system = client.system_user_roles("ARG-user");
        let below_project = client.inherited_project_user_roles("ARG-project", "ARG-user");
        let below_domain = client.inherited_domain_user_roles("ARG-domain", "ARG-user");
        calls! { self:
            "roles.check" => project.check("ARG-role");
            "roles.check 1" => domain.check("ARG-role");
            "roles.check 2" => system.check("ARG-role");
            "roles.check 3" => below_project.check("ARG-role");
            "roles.check 4" => below_domain.check("ARG-role");
            "roles.grant" => project.add("ARG-role");
            "roles.grant 1" => domain.add("ARG-role");
            "roles.grant 2" => system.add("ARG-role");
            "roles.grant 3" => below_project.add("ARG-role");
            "roles.grant 4" => below_domain.add("ARG-role");
            "roles.list 2" => project.list().all();
            "roles.list 3" => domain.list().all();
            "roles.list 4" => system.list().all();
            "roles.list 6" => below_domain.list().all();
            "roles.revoke" => project.remove("ARG-role");
            "roles.revoke 1" => domain.remove("ARG-role");
            "roles.revoke 2" => system.remove("ARG-role");
            "roles.revoke 3" => below_project.remove("ARG-role");
            "roles.revoke 4" => below_domain.remove("ARG-role");
        }
    }

    async fn grants_of_groups(&mut self) {
        let client = self.client.clone();
        let project = client.project_group_roles("ARG-project", "ARG-group");
        let domain = client.domain_group_roles("ARG-domain", "ARG-group");
        let system = client.system_group_roles("ARG-group");
        let below_project = client.inherited_project_group_roles("ARG-project", "ARG-group");
        let below_domain = client.inherited_domain_group_roles("ARG-domain", "ARG-group");
        calls! { self:
            "roles.check 5" => project.check("ARG-role");
            "roles.check 6" => domain.check("ARG-role");
            "roles.check 7" => system.check("ARG-role");
            "roles.check 8" => below_project.check("ARG-role");
            "roles.check 9" => below_domain.check("ARG-role");
            "roles.grant 5" => project.add("ARG-role");
            "roles.grant 6" => domain.add("ARG-role");
            "roles.grant 7" => system.add("ARG-role");
            "roles.grant 8" => below_project.add("ARG-role");
            "roles.grant 9" => below_domain.add("ARG-role");
            "roles.list 7" => project.list().all();
            "roles.list 8" => domain.list().all();
            "roles.list 9" => system.list().all();
            "roles.list 11" => below_domain.list().all();
            "roles.revoke 5" => project.remove("ARG-role");
            "roles.revoke 6" => domain.remove("ARG-role");
            "roles.revoke 7" => system.remove("ARG-role");
            "roles.revoke 8" => below_project.remove("ARG-role");
            "roles.revoke 9" => below_domain.remove("ARG-role");
        }
    }

    #[expect(deprecated, reason = "clouds still serve it")]
    async fn old(&mut self) {
        let policies = self.client.policies();
        let certificates = self.client.signing_certificates();
        let tokens = self.client.tokens();
        calls! { self:
            "policies.create" => policies.create(PolicyCreate::new("application/json", "b"));
            "policies.delete" => policies.delete("ARG-policy");
            "policies.get" => policies.get("ARG-policy");
            "policies.list" => policies.list().all();
            "policies.list 1" => policies.list().r#type("application/json").all();
            "policies.update" => policies.update("ARG-policy", PolicyUpdate::new().blob("b").r#type("t"));
            "simple_cert.get_ca_certificates" => certificates.ca();
            "simple_cert.get_certificates" => certificates.all();
            "tokens.get_revoked" => tokens.revoked();
            "tokens.get_token_data" => tokens.validate("ARG-token");
            "tokens.get_token_data 1" => tokens.validate("ARG-token").nocatalog(true).allow_expired(true);
            "tokens.revoke_token" => tokens.revoke("ARG-token");
        }
    }
}
