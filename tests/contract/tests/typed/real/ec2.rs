//! EC2 credentials.

use keystone_sdk::identity::v3::{Ec2Credential, Ec2CredentialCreate, Ec2Signature, S3Signature};

use super::world;
use crate::shape::lossless;
use crate::world::status;

#[tokio::test]
async fn ec2_credentials() {
    let world = world().await;
    let credentials = world.client.ec2_credentials(&world.user);
    let new = Ec2CredentialCreate::new(&world.project);
    let made = credentials.create(new).await.unwrap();
    assert!(!format!("{made:?}").contains(made.secret.expose()));
    assert_eq!(made.tenant_id, world.project);
    let shown = credentials.get(&made.access).await.unwrap();
    assert_eq!(shown.secret.expose(), made.secret.expose());
    let listed = credentials.list().all().await.unwrap();
    assert!(listed.iter().any(|other| other.access == made.access));
    let user = world.user.as_str();
    let path = ["users", user, "credentials", "OS-EC2", made.access.as_str()];
    lossless::<Ec2Credential>(world.client.service(), &path, "credential").await;

    // A default installation issues no tokens for them.
    let tokens = world.client.tokens();
    let signature = Ec2Signature::new(&made.access, "canary")
        .host("h")
        .verb("GET")
        .path("/");
    assert!(!format!("{signature:?}").contains("canary"));
    assert_eq!(status(tokens.issue_for_ec2(signature).await), 503);
    let signature = S3Signature::new(&made.access, "canary", "c2lnbmVk");
    assert_eq!(status(tokens.validate_for_s3(signature).await), 503);

    credentials.delete(&made.access).await.unwrap();
    assert_eq!(status(credentials.get(&made.access).await), 404);
}
