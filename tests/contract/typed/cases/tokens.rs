//! Tokens: issued, looked at, checked and revoked.

use serde_json::{Value, json};

use crate::world::{PASSWORD, World};

cases!("tokens", both: [life, refusals], real: []);

fn login(user: &str, password: &str) -> Value {
    json!({"identity": {
        "methods": ["password"],
        "password": {"user": {"id": user, "password": password}},
    }})
}

async fn life(world: &World) {
    let user = world.make_user("token").await.id;
    let roles = world.client.project_user_roles(&world.project, &user);
    world.ok(roles.add(&world.member)).await;
    let tokens = world.client.tokens();
    let mut auth = login(user.as_str(), PASSWORD);
    let unscoped = world
        .ok_token(tokens.issue(auth.clone()), |issued| &issued.access)
        .await;
    assert!(!unscoped.access.is_scoped());
    auth["scope"] = json!({"project": {"id": world.project}});
    let request = tokens.issue(auth.clone());
    assert!(!format!("{request:?}").contains(PASSWORD));
    let issued = world.ok_token(request, |issued| &issued.access).await;
    assert!(issued.access.has_role("member") && issued.access.catalog.is_some());
    assert!(!format!("{issued:?}").contains(issued.token.expose()));
    let lean = world
        .ok_token(tokens.issue(auth).nocatalog(true), |issued| &issued.access)
        .await;
    assert!(lean.access.catalog.is_none());

    let shown = tokens.validate(&issued.token).nocatalog(true);
    let shown = world.ok_token(shown, |access| access).await;
    assert_eq!(shown.user_id(), user.as_str());
    let expired = tokens.validate(&issued.token).allow_expired(true);
    world.ok_token(expired, |access| access).await;
    assert!(world.ok(tokens.check(&issued.token)).await);
    world.ok(tokens.revoke(&issued.token)).await;
    assert!(!world.ok(tokens.check(&issued.token)).await);
    world.refused(404, tokens.validate(&issued.token)).await;
    world.ok(world.client.users().delete(&user)).await;
}

async fn refusals(world: &World) {
    let user = world.make_user("token").await.id;
    let tokens = world.client.tokens();
    let wrong = login(user.as_str(), "canary");
    let error = world.refused(401, tokens.issue(wrong)).await;
    assert!(
        !format!("{error} {error:?}").contains("canary"),
        "{error:?}"
    );
    world
        .refused(400, tokens.issue(json!({"identity": {}})))
        .await;
    world.refused(404, tokens.validate("no-such-token")).await;
    world.refused(404, tokens.revoke("no-such-token")).await;
    let stranger = world.stranger().tokens();
    world.refused(401, stranger.validate("no-such-token")).await;
    world.ok(world.client.users().delete(&user)).await;
}
