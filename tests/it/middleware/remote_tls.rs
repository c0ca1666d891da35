//! The TLS options of `[oslo_policy]`, against a server that speaks TLS.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use http::StatusCode;
use keystone_middleware::{PolicyConfig, Routes, policy, routing};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::{behind, get, same, status, tokens};
use crate::policies;

/// A certificate that is its own authority, with its key.
struct Identity {
    certificate: String,
    key: String,
}

impl Identity {
    fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        Self {
            certificate: made.cert.pem(),
            key: made.signing_key.serialize_pem(),
        }
    }

    fn der(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_slice(self.certificate.as_bytes()).unwrap()
    }
}

/// A server that says yes to everybody, or only to who shows the certificate of `client`.
async fn server(own: &Identity, client: Option<&Identity>) -> String {
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = match client {
        None => builder.with_no_client_auth(),
        Some(client) => {
            let mut roots = RootCertStore::empty();
            roots.add(client.der()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
    };
    let key = PrivateKeyDer::from_pem_slice(own.key.as_bytes()).unwrap();
    let config = builder.with_single_cert(vec![own.der()], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut head = [0; 4096];
            if stream.read(&mut head).await.is_ok_and(|length| length > 0) {
                let response =
                    b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\nTrue";
                stream.write_all(response).await.ok();
                stream.shutdown().await.ok();
            }
        }
    });
    address
}

/// A configuration with its files, in a folder that is removed with the value.
struct Conf {
    folder: PathBuf,
    text: String,
}

impl Conf {
    fn new(name: &str) -> Self {
        let name = format!("keystone-it-{}-tls-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        let text = "[oslo_policy]\n".to_owned();
        Self { folder, text }
    }

    fn file(mut self, option: &str, content: &str) -> Self {
        let name = format!("{option}.pem");
        fs::write(self.folder.join(&name), content).unwrap();
        writeln!(self.text, "{option} = {name}").unwrap();
        self
    }

    fn option(mut self, option: &str, value: &str) -> Self {
        writeln!(self.text, "{option} = {value}").unwrap();
        self
    }

    fn trusting(self, authority: &Identity) -> Self {
        self.file("remote_ssl_ca_crt_file", &authority.certificate)
    }

    fn showing(self, client: &Identity) -> Self {
        self.file("remote_ssl_client_crt_file", &client.certificate)
            .file("remote_ssl_client_key_file", &client.key)
    }

    fn read(&self) -> Result<PolicyConfig, keystone_middleware::Error> {
        let path = self.folder.join("service.conf");
        fs::write(&path, &self.text).unwrap();
        PolicyConfig::from_conf(path)
    }

    /// What a caller gets whose policy is decided by the server at `address`.
    async fn response(&self, address: &str) -> StatusCode {
        let rule = format!("\"note:create\": \"https://{address}/may\"\n");
        fs::write(self.folder.join("policy.yaml"), rule).unwrap();
        let config = self.read().unwrap();
        let enforcer = config.enforcer(&policies::DEFAULTS).unwrap();
        let routes = Routes::new(enforcer)
            .remote_checks(config.remote_checks())
            .route("/notes", routing::get(create));
        let app = behind(routes.into_router(), &tokens(), same);
        status(&app, get("/notes", "member")).await
    }

    fn refusal(&self) -> String {
        format!("{:#}", self.read().unwrap_err())
    }
}

impl Drop for Conf {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[policy("note:create")]
async fn create() -> &'static str {
    "created"
}

const OK: StatusCode = StatusCode::OK;
const DOUBT: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

#[tokio::test]
async fn only_the_authority_that_was_named_is_trusted() {
    let (own, other) = (Identity::new(), Identity::new());
    let address = server(&own, None).await;
    assert_eq!(Conf::new("own").trusting(&own).response(&address).await, OK);
    let wrong = Conf::new("other").trusting(&other);
    assert_eq!(wrong.response(&address).await, DOUBT);
    // Servers are verified unless that is turned off; the system knows no such authority.
    assert_eq!(Conf::new("system").response(&address).await, DOUBT);
}

#[tokio::test]
async fn verification_can_be_turned_off() {
    let (own, other) = (Identity::new(), Identity::new());
    let address = server(&own, None).await;
    for (value, expected) in [("false", OK), ("true", DOUBT)] {
        let conf = Conf::new("off").option("remote_ssl_verify_server_crt", value);
        assert_eq!(conf.response(&address).await, expected, "{value}");
        let conf = Conf::new("off")
            .trusting(&other)
            .option("remote_ssl_verify_server_crt", value);
        assert_eq!(conf.response(&address).await, expected, "{value}");
    }
}

#[tokio::test]
async fn a_server_that_asks_is_shown_the_client_certificate() {
    let (own, client, stranger) = (Identity::new(), Identity::new(), Identity::new());
    let address = server(&own, Some(&client)).await;
    let known = Conf::new("known").trusting(&own).showing(&client);
    assert_eq!(known.response(&address).await, OK);
    let unknown = Conf::new("unknown").trusting(&own).showing(&stranger);
    assert_eq!(unknown.response(&address).await, DOUBT);
    let nobody = Conf::new("nobody").trusting(&own);
    assert_eq!(nobody.response(&address).await, DOUBT);
}

#[test]
fn files_that_cannot_be_used_are_refused_at_start() {
    let client = Identity::new();
    let half = Conf::new("half").file("remote_ssl_client_crt_file", &client.certificate);
    assert!(
        half.refusal().contains("remote_ssl_client_key_file"),
        "{}",
        half.refusal()
    );
    let half = Conf::new("key").file("remote_ssl_client_key_file", &client.key);
    assert!(
        half.refusal().contains("remote_ssl_client_crt_file"),
        "{}",
        half.refusal()
    );
    let gone = Conf::new("gone").option("remote_ssl_ca_crt_file", "gone.pem");
    assert!(gone.refusal().contains("gone.pem"), "{}", gone.refusal());
    Conf::new("empty")
        .file("remote_ssl_ca_crt_file", "no certificate")
        .refusal();
    let broken = Conf::new("broken")
        .file("remote_ssl_client_crt_file", &client.certificate)
        .file("remote_ssl_client_key_file", "canary");
    assert!(!broken.refusal().contains("canary"), "{}", broken.refusal());
}
