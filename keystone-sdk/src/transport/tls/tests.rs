//! Whom a transport trusts.

use std::sync::Arc;

use http::Method;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::server::WebPkiClientVerifier;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use url::Url;

use super::*;
use crate::clock::{Clock, ManualClock};
use crate::error::TransportErrorKind;
use crate::transport::{Request, Retries, Transport, TransportBuilder};

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

    fn roots(&self) -> Arc<RootCertStore> {
        let mut settings = Settings::default();
        settings.set_roots(self.certificate.as_bytes()).unwrap();
        settings.roots.unwrap()
    }
}

/// A server that answers over TLS, and admits only `client` if there is one.
async fn serve(server: &Identity, client: Option<&Identity>) -> Url {
    serve_versions(server, client, &[&TLS13, &TLS12]).await
}

/// The same, in these versions of TLS.
async fn serve_versions(
    server: &Identity,
    client: Option<&Identity>,
    versions: &[&'static SupportedProtocolVersion],
) -> Url {
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(versions)
        .unwrap();
    let builder = match client {
        None => builder.with_no_client_auth(),
        Some(client) => builder.with_client_cert_verifier(
            WebPkiClientVerifier::builder_with_provider(client.roots(), provider)
                .build()
                .unwrap(),
        ),
    };
    let chain = certificates(server.certificate.as_bytes(), "certificate").unwrap();
    let key = PrivateKeyDer::from_pem_slice(server.key.as_bytes()).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(builder.with_single_cert(chain, key).unwrap()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut head = [0; 1024];
            if stream.read(&mut head).await.is_ok_and(|length| length > 0) {
                let response = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
                stream.write_all(response).await.ok();
                stream.shutdown().await.ok();
            }
        }
    });
    url.parse().unwrap()
}

async fn is_answered(wire: TransportBuilder, url: &Url) -> bool {
    let transport = wire.build().unwrap();
    let request = Request::new(Method::GET, url.clone());
    transport.send(request).await.is_ok()
}

fn trusting(identity: &Identity) -> TransportBuilder {
    let pem = identity.certificate.as_bytes();
    Transport::builder().ca_certificates(pem).unwrap()
}

#[tokio::test]
async fn only_the_authorities_that_were_given_are_trusted() {
    let (own, other) = (Identity::new(), Identity::new());
    let url = serve(&own, None).await;
    assert!(is_answered(trusting(&own), &url).await);
    assert!(!is_answered(trusting(&other), &url).await);
}

#[tokio::test]
async fn broken_trust_is_told_apart_and_never_tried_again() {
    let clock = ManualClock::new("2030-01-01T00:00:00Z".parse().unwrap());
    let url = serve(&Identity::new(), None).await;
    let wire = trusting(&Identity::new()).clock(clock.clone());
    let transport = wire.retries(Retries::new().connect(5)).build().unwrap();
    let request = Request::new(Method::GET, url);
    let Err(Error::Transport(error)) = transport.send(request).await else {
        panic!("a response came")
    };
    assert_eq!(error.kind(), TransportErrorKind::Tls);
    assert!(
        error.to_string().contains("check the URL and the CA"),
        "{error}"
    );
    assert_eq!(clock.now().to_string(), "2030-01-01T00:00:00Z", "no pause");
}

#[tokio::test]
async fn an_older_version_than_the_oldest_allowed_is_not_spoken() {
    let own = Identity::new();
    let url = serve_versions(&own, None, &[&TLS12]).await;
    assert!(is_answered(trusting(&own), &url).await);
    let newest = trusting(&own).min_tls_version(TlsVersion::V1_3);
    assert!(!is_answered(newest, &url).await);
    assert_eq!(TlsVersion::parse("1.3"), Some(TlsVersion::V1_3));
    assert_eq!(TlsVersion::parse("TLSv1.2"), Some(TlsVersion::V1_2));
    assert_eq!(TlsVersion::parse("1.1"), None);
}

#[tokio::test]
async fn any_certificate_is_taken_only_when_that_was_asked_for() {
    let (own, other) = (Identity::new(), Identity::new());
    let url = serve(&own, None).await;
    let wire = || trusting(&other);
    assert!(is_answered(wire().danger_accept_any_certificate(true), &url).await);
    assert!(!is_answered(wire().danger_accept_any_certificate(false), &url).await);
}

#[tokio::test]
async fn a_client_certificate_is_shown_to_a_server_that_asks() {
    let (server, client) = (Identity::new(), Identity::new());
    let url = serve(&server, Some(&client)).await;
    assert!(!is_answered(trusting(&server), &url).await);
    let key = client.key.as_str().into();
    let known = trusting(&server).client_certificate(client.certificate.as_bytes(), &key);
    assert!(is_answered(known.unwrap(), &url).await);
}

#[test]
fn a_key_that_cannot_be_read_is_refused_without_being_shown() {
    let client = Identity::new();
    let error = Transport::builder()
        .client_certificate(client.certificate.as_bytes(), &"canary".into())
        .unwrap_err();
    assert!(
        !format!("{error} {error:?}").contains("canary"),
        "{error:?}"
    );
}
