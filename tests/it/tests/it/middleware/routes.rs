//! `Routes`: which policy protects which route.

use axum::Router;
use http::StatusCode;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::routing::{get, post};
use keystone_middleware::{Routes, policy};

use super::{behind, same, send, status, tokens};
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
async fn handlers_of_one_path_answer_by_method() {
    let app = behind(notes(enforcer("role:admin")).into_router(), &tokens(), same);
    let response = send(&app, super::get("/notes", "member")).await;
    assert_eq!(super::text(response).await, "index");
    let delete = super::request("DELETE", "/notes").header("X-Auth-Token", "admin");
    let response = send(&app, delete.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
}
