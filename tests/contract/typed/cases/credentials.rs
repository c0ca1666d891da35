//! Credentials, those for EC2 and S3, and the tokens that they are exchanged for.

use std::collections::BTreeMap;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use hmac::{Hmac, KeyInit, Mac};
use keystone_sdk::identity::v3::{
    CredentialCreate, CredentialUpdate, Ec2CredentialCreate, Ec2Signature, S3Signature,
};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::world::World;

cases!("credentials", both: [], real: [life, refusals, ec2, s3]);

async fn life(world: &World) {
    let credentials = world.client.credentials();
    let kind = world.name("certificate");
    let new = CredentialCreate::new(&kind, "canary", &world.user)
        .project_id(&world.project)
        .extra("colour", "blue");
    let made = world.ok(credentials.create(new)).await;
    assert_eq!(made.blob.expose(), "canary");
    let shown = world.ok(credentials.get(&made.id)).await;
    assert_eq!(shown.project_id.as_ref(), Some(&world.project));
    let change = CredentialUpdate::new("another canary");
    let changed = world.ok(credentials.update(&made.id, change)).await;
    assert_eq!(changed.blob.expose(), "another canary");
    let listed = credentials.list().r#type(&kind).user_id(&world.user);
    assert_eq!(world.ok(listed.all()).await[0].id, made.id);
    world.ok(credentials.delete(&made.id)).await;
    world.refused(404, credentials.get(&made.id)).await;
}

async fn refusals(world: &World) {
    let credentials = world.client.credentials();
    let nothing = CredentialCreate::new("ec2", "no JSON", &world.user);
    world.refused(400, credentials.create(nothing)).await;
    let change = CredentialUpdate::new("b");
    world
        .refused(404, credentials.update("no-such-credential", change))
        .await;
    world
        .refused(404, credentials.delete("no-such-credential"))
        .await;
    world
        .refused(401, world.stranger().credentials().list().all())
        .await;
}

async fn ec2(world: &World) {
    let credentials = world.client.ec2_credentials(&world.user);
    let new = Ec2CredentialCreate::new(&world.project);
    let made = world.ok(credentials.create(new)).await;
    assert!(!format!("{made:?}").contains(made.secret.expose()));
    assert_eq!(made.tenant_id, world.project);
    let shown = world.ok(credentials.get(&made.access)).await;
    assert_eq!(shown.secret.expose(), made.secret.expose());
    let listed = world.ok(credentials.list().all()).await;
    assert!(listed.iter().any(|other| other.access == made.access));

    let tokens = world.client.tokens();
    let secret = made.secret.expose();
    for signature in [
        version_2(made.access.as_str(), secret),
        version_4(made.access.as_str(), secret),
    ] {
        let issued = tokens.issue_for_ec2(signature);
        let issued = world.ok_token(issued, |issued| &issued.access).await;
        assert_eq!(issued.access.methods, ["ec2credential"]);
        assert_eq!(issued.access.user_id(), world.user.as_str());
        assert!(world.ok(tokens.check(&issued.token)).await);
    }
    let forged = version_2(made.access.as_str(), "not the secret");

    world.refused(401, tokens.issue_for_ec2(forged)).await;

    world.ok(credentials.delete(&made.access)).await;
    world.refused(404, credentials.get(&made.access)).await;
    let gone = version_2(made.access.as_str(), secret);
    world.refused(404, tokens.issue_for_ec2(gone)).await;
}

async fn s3(world: &World) {
    let credentials = world.client.ec2_credentials(&world.user);
    let new = Ec2CredentialCreate::new(&world.project);
    let made = world.ok(credentials.create(new)).await;
    let secret = made.secret.expose();
    let tokens = world.client.tokens();

    let older = "GET\n\n\nTue, 27 Mar 2007 19:36:42 +0000\n/bucket/key";
    let mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).unwrap();
    let mac = mac.chain_update(older).finalize().into_bytes();
    let signature = BASE64_STANDARD.encode(mac);
    let signed = S3Signature::new(&made.access, signature, url_safe(older));
    let access = world
        .ok_token(tokens.validate_for_s3(signed), |access| access)
        .await;
    assert_eq!(access.project_id(), Some(world.project.as_str()));

    let scope = "20890102/RegionOne/s3/aws4_request";
    let newer = format!(
        "AWS4-HMAC-SHA256\n20890102T030405Z\n{scope}\n{}",
        digest("request")
    );
    let signature = hex(&sign_4(secret, scope, &newer));
    let signed = S3Signature::new(&made.access, signature, url_safe(&newer));
    world
        .ok_token(tokens.validate_for_s3(signed), |access| access)
        .await;

    let forged = S3Signature::new(&made.access, "Zm9yZ2Vk", url_safe(older));
    world.refused(401, tokens.validate_for_s3(forged)).await;
    world.ok(credentials.delete(&made.access)).await;
}

/// A request signed by version 2 of AWS's rules.
fn version_2(access: &str, secret: &str) -> Ec2Signature {
    let params = [
        ("Action", "DescribeInstances"),
        ("SignatureMethod", "HmacSHA256"),
        ("SignatureVersion", "2"),
    ];
    let query = params
        .map(|(name, value)| format!("{name}={value}"))
        .join("&");
    let text = format!("GET\nec2.example.org\n/\n{query}");
    let signature = BASE64_STANDARD.encode(hmac_sha256(secret.as_bytes(), &text));
    let params = params.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Ec2Signature::new(access, signature)
        .host("ec2.example.org")
        .verb("GET")
        .path("/")
        .params(BTreeMap::from(params))
}

/// A request signed by version 4, at a time that is not over so soon.
fn version_4(access: &str, secret: &str) -> Ec2Signature {
    let (date, scope) = ("20890102T030405Z", "20890102/RegionOne/ec2/aws4_request");
    let (signed, body) = ("host;x-amz-date", digest(""));
    let request = format!("GET\n/\n\nhost:ec2.example.org\nx-amz-date:{date}\n\n{signed}\n{body}");
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", digest(&request));
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential={access}/{scope}, SignedHeaders={signed}");
    let headers = [
        ("Authorization", authorization.as_str()),
        ("Host", "ec2.example.org"),
        ("X-Amz-Date", date),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Ec2Signature::new(access, hex(&sign_4(secret, scope, &text)))
        .host("ec2.example.org")
        .verb("GET")
        .path("/")
        .params(BTreeMap::new())
        .headers(BTreeMap::from(headers))
        .body_hash(body)
}

/// Signs with the key that belongs to a day, a region and a service.
fn sign_4(secret: &str, scope: &str, text: &str) -> Vec<u8> {
    let key = format!("AWS4{secret}").into_bytes();
    let key = scope
        .split('/')
        .fold(key, |key, part| hmac_sha256(&key, part));
    hmac_sha256(&key, text)
}

fn hmac_sha256(key: &[u8], text: &str) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.chain_update(text).finalize().into_bytes().to_vec()
}

fn digest(text: &str) -> String {
    hex(&Sha256::digest(text))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn url_safe(text: &str) -> String {
    base64::prelude::BASE64_URL_SAFE.encode(text)
}
