//! `Routes`: which policy protects which route.

use axum::Router;
use http::StatusCode;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::routing::{get, post, put};
use keystone_middleware::{Routes, policy};

use super::{behind, same, send, status, tokens};
use crate::log::Log;
use crate::policies;

#[policy("note:index")]
async fn index() -> &'static str {
    "index"
}

#[policy("note:create")]
async fn create() -> &'static str {
    "create"
}

#[policy(public)]
async fn versions() -> &'static str {
    "v1"
}

fn enforcer(admin: &str) -> Enforcer {
    let enforcer = Enforcer::builder(&policies::DEFAULTS);
    enforcer.override_rule("admin", admin).build().unwrap()
}

fn notes(enforcer: Enforcer) -> Routes {
    Routes::new(enforcer).route("/notes", get(index).post(create))
}

#[test]
fn the_table_shows_each_route_with_its_policy_and_rule() {
    let drafts = Enforcer::builder(&policies::DEFAULTS).override_rule("note:create", "role:boss");
    let drafts = drafts.build().unwrap();
    let routes: Routes = Routes::new(enforcer("role:admin"))
        .route("/", get(versions))
        .nest("/v1", notes(enforcer("role:admin")))
        .merge(Routes::new(drafts).route("/drafts", post(create)));
    let table = "\
GET     /         (public)
GET     /v1/notes note:index  @
POST    /v1/notes note:create rule:admin
POST    /drafts   note:create role:boss
";
    assert_eq!(routes.table().to_string(), table);
    let table = routes.table();
    let open = table.iter().filter(|entry| entry.policy.is_none());
    assert_eq!(
        open.map(|entry| entry.path.as_str()).collect::<Vec<_>>(),
        ["/"]
    );
}

#[tokio::test]
async fn nested_routes_keep_the_enforcer_that_they_came_with() {
    let routes = notes(enforcer("role:admin")).nest("/own", notes(enforcer("role:member")));
    let app: Router = behind(routes.into_router(), &tokens(), same);
    let create = |path: &str, token: &str| {
        let request = super::request("POST", path).header("X-Auth-Token", token);
        request.body(axum::body::Body::empty()).unwrap()
    };
    assert_eq!(
        status(&app, create("/notes", "admin")).await,
        StatusCode::OK
    );
    assert_eq!(
        status(&app, create("/notes", "member")).await,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        status(&app, create("/own/notes", "member")).await,
        StatusCode::OK
    );
    assert_eq!(
        status(&app, create("/own/notes", "admin")).await,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn handlers_of_one_path_respond_by_method() {
    let app = behind(notes(enforcer("role:admin")).into_router(), &tokens(), same);
    let response = send(&app, super::get("/notes", "member")).await;
    assert_eq!(super::text(response).await, "index");
    let delete = super::request("DELETE", "/notes").header("X-Auth-Token", "admin");
    let response = send(&app, delete.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
}

mod other_table {
    use keystone_middleware::{PolicyTarget, policies, policy};

    policies!("middleware/other_policies.yaml");

    #[derive(Clone, PolicyTarget)]
    pub struct Draft {
        pub owner_id: String,
    }

    /// A policy of a name that the enforcer has too, of another table.
    #[policy("note:create", table = self::policies)]
    pub async fn create() -> &'static str {
        "created"
    }

    #[policy("draft:update", table = self::policies, target = &draft())]
    pub async fn update() -> axum::response::Response {
        axum::response::IntoResponse::into_response("updated")
    }

    fn draft() -> Draft {
        Draft {
            owner_id: "u-admin".to_owned(),
        }
    }
}

fn with_handlers_of_another_table(enforcer: Enforcer) -> Routes {
    Routes::new(enforcer)
        .route("/notes", get(index))
        .route("/others", post(other_table::create))
        .nest(
            "/drafts",
            Routes::new(enforcer_of_notes()).route("/{id}", put(other_table::update)),
        )
}

fn enforcer_of_notes() -> Enforcer {
    enforcer("role:admin")
}

#[tokio::test]
async fn a_handler_whose_table_the_enforcer_lacks_responds_500_to_everybody() {
    for default in [None, Some("@"), Some("!")] {
        let mut enforcer = Enforcer::builder(&policies::DEFAULTS);
        if let Some(rule) = default {
            enforcer = enforcer.override_rule("default", rule);
        }
        let routes = with_handlers_of_another_table(enforcer.build().unwrap());
        let app = behind(routes.into_router(), &tokens(), same);
        for (method, path) in [("POST", "/others"), ("PUT", "/drafts/1")] {
            for token in ["admin", "member"] {
                let request = super::request(method, path).header("X-Auth-Token", token);
                let request = request.body(axum::body::Body::empty()).unwrap();
                let response = status(&app, request).await;
                assert_eq!(
                    response,
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "{path} {token}"
                );
            }
        }
        assert_eq!(
            status(&app, super::get("/notes", "member")).await,
            StatusCode::OK
        );
    }
}

#[test]
fn routes_whose_table_the_enforcer_lacks_are_named() {
    let routes = with_handlers_of_another_table(enforcer("role:admin"));
    let error = routes.check().unwrap_err();
    let named: Vec<_> = error
        .routes()
        .map(|entry| (entry.path.as_str(), entry.policy.unwrap()))
        .collect();
    assert_eq!(
        named,
        [("/others", "note:create"), ("/drafts/{id}", "draft:update")]
    );
    let told = error.to_string();
    assert!(
        told.contains("`draft:update` of PUT /drafts/{id}"),
        "{told}"
    );
    let log = Log::start();
    let _: Router = routes.into_router();
    let logged = log.text();
    assert!(
        logged.contains("ERROR") && logged.contains("POST /others"),
        "{logged}"
    );

    assert!(notes(enforcer("role:admin")).check().is_ok());
    let log = Log::start();
    let _: Router = notes(enforcer("role:admin")).into_router();
    assert!(!log.text().contains("ERROR"), "{}", log.text());
}

#[test]
fn an_enforcer_of_the_other_table_serves_its_handlers() {
    let enforcer = Enforcer::builder(&other_table::policies::DEFAULTS)
        .build()
        .unwrap();
    let routes: Routes = Routes::new(enforcer).route("/others", post(other_table::create));
    assert!(routes.check().is_ok());
}
