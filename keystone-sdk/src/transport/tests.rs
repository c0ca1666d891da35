//! The transport against servers that misbehave.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::{HeaderName, HeaderValue, Method};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use super::*;

const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

/// A server that promises to keep each connection and closes it after one response, as stock uWSGI
/// does. Counts the requests that it has read.
struct Rude {
    url: Url,
    seen: Arc<AtomicUsize>,
}

impl Rude {
    async fn start(serve: fn(TcpStream, Arc<AtomicUsize>) -> tokio::task::JoinHandle<()>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let seen = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serve(stream, Arc::clone(&counter));
            }
        });
        Self {
            url: url.parse().unwrap(),
            seen,
        }
    }

    fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }
}

/// Reads one request head; false when the client has closed.
async fn read_head(stream: &mut TcpStream) -> bool {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte).await {
            Ok(1) => head.push(byte[0]),
            _ => return false,
        }
    }
    true
}

/// The request is read and answered by closing the connection.
fn no_response(mut stream: TcpStream, seen: Arc<AtomicUsize>) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        if read_head(&mut stream).await {
            seen.fetch_add(1, Ordering::SeqCst);
        }
    })
}

/// One response, then the connection is dropped.
fn one_response(mut stream: TcpStream, seen: Arc<AtomicUsize>) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        if read_head(&mut stream).await {
            seen.fetch_add(1, Ordering::SeqCst);
            stream.write_all(RESPONSE).await.unwrap();
        }
    })
}

/// One response; the second request is read and answered by closing the connection.
fn second_dies(mut stream: TcpStream, seen: Arc<AtomicUsize>) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        if read_head(&mut stream).await {
            seen.fetch_add(1, Ordering::SeqCst);
            stream.write_all(RESPONSE).await.unwrap();
        }
        if read_head(&mut stream).await {
            seen.fetch_add(1, Ordering::SeqCst);
        }
    })
}

fn get(url: &Url) -> Request {
    Request::new(Method::GET, url.clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_repeatable_call_fails_on_a_server_that_closes_kept_connections() {
    let server = Rude::start(one_response).await;
    let transport = Transport::builder().build().unwrap();
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let (transport, url) = (transport.clone(), server.url.clone());
            tokio::spawn(async move {
                let mut failed = Vec::new();
                for _ in 0..100 {
                    failed.extend(transport.send(get(&url)).await.err());
                }
                failed
            })
        })
        .collect();
    for task in tasks {
        let failed = task.await.unwrap();
        assert!(
            failed.is_empty(),
            "{} of 100 failed: {failed:?}",
            failed.len()
        );
    }
    assert_eq!(server.seen(), 800);
}

#[tokio::test]
async fn a_repeatable_call_on_a_dead_connection_is_sent_once_more() {
    let server = Rude::start(second_dies).await;
    let transport = Transport::builder().build().unwrap();
    transport.send(get(&server.url)).await.unwrap();
    transport.send(get(&server.url)).await.unwrap();
    assert_eq!(
        server.seen(),
        3,
        "the second call was read twice, once in vain"
    );
}

#[tokio::test]
async fn a_post_takes_no_reused_connection_unless_it_may_be_repeated() {
    let server = Rude::start(second_dies).await;
    let transport = Transport::builder().build().unwrap();
    let post = Request::new(Method::POST, server.url.clone());
    transport.send(get(&server.url)).await.unwrap();
    transport.send(post.clone()).await.unwrap();
    assert_eq!(server.seen(), 2, "the dead connection was not tried");

    transport.send(post.replayable(true)).await.unwrap();
    assert_eq!(server.seen(), 4, "read in vain, then answered");
}

#[tokio::test]
async fn a_post_whose_connection_ends_without_an_response_is_not_repeated() {
    let server = Rude::start(no_response).await;
    let transport = Transport::builder().build().unwrap();
    let post = Request::new(Method::POST, server.url.clone());
    let error = transport.send(post).await.unwrap_err();
    let Error::Transport(error) = error else {
        panic!("{error}")
    };
    assert_eq!(error.kind(), TransportErrorKind::Interrupted);
    assert_eq!(server.seen(), 1);
}

#[tokio::test]
async fn a_connection_that_broke_is_tried_again_only_for_what_may_be_repeated() {
    let server = Rude::start(no_response).await;
    let clock = crate::clock::ManualClock::new("2030-01-01T00:00:00Z".parse().unwrap());
    let wire = Transport::builder()
        .clock(clock)
        .retries(Retries::new().connect(2));
    let transport = wire.build().unwrap();
    let post = Request::new(Method::POST, server.url.clone());
    transport.send(post.clone()).await.unwrap_err();
    assert_eq!(server.seen(), 1);
    transport.send(get(&server.url)).await.unwrap_err();
    assert_eq!(
        server.seen(),
        7,
        "three tries, each replayed once on a fresh connection"
    );
    let mut asked_for = post.clone();
    asked_for.retries = Retries::new().any_method(true);
    transport.send(asked_for).await.unwrap_err();
    assert_eq!(server.seen(), 10);
    transport.send(post.replayable(false)).await.unwrap_err();
    assert_eq!(server.seen(), 11);
}

#[tokio::test]
async fn a_server_that_does_not_listen_is_named_with_a_remedy() {
    // Taken, so that nobody else can listen there.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url: Url = format!("http://{}/v3?x=canary", socket.local_addr().unwrap())
        .parse()
        .unwrap();
    let transport = Transport::builder().build().unwrap();
    let error = transport.send(get(&url)).await.unwrap_err().to_string();
    assert!(
        error.contains(&format!("GET {}: no connection", redact::address(&url))),
        "{error}"
    );
    assert!(
        error.contains("check the URL") && !error.contains("canary"),
        "{error}"
    );
}

#[tokio::test]
async fn a_server_that_says_nothing_is_a_timeout() {
    let server = Rude::start(|stream, _| {
        tokio::spawn(async move {
            let _open = stream;
            std::future::pending::<()>().await;
        })
    })
    .await;
    let transport = Transport::builder().build().unwrap();
    let mut request = get(&server.url);
    request.timeout = Some(Duration::from_millis(50));
    let Err(Error::Transport(error)) = transport.send(request).await else {
        panic!("a response came")
    };
    assert_eq!(error.kind(), TransportErrorKind::Timeout);
}

#[tokio::test]
async fn a_body_above_the_limit_is_refused() {
    let server = Rude::start(one_response).await;
    let transport = Transport::builder().max_body(1).build().unwrap();
    let error = transport
        .send(get(&server.url))
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("is larger than 1 bytes"), "{error}");
    let roomy = Transport::builder().max_body(2).build().unwrap();
    assert_eq!(&*roomy.send(get(&server.url)).await.unwrap().body, b"{}");
}

#[tokio::test]
async fn a_body_in_many_pieces_comes_whole() {
    let server = Rude::start(|mut stream, _| {
        tokio::spawn(async move {
            read_head(&mut stream).await;
            let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            stream.write_all(head).await.unwrap();
            for chunk in [
                &b"3\r\n[1,\r\n"[..],
                b"2\r\n2,\r\n",
                b"2\r\n3]\r\n",
                b"0\r\n\r\n",
            ] {
                stream.write_all(chunk).await.unwrap();
                stream.flush().await.unwrap();
            }
        })
    })
    .await;
    let transport = Transport::builder().build().unwrap();
    let response = transport.send(get(&server.url)).await.unwrap();
    assert_eq!(response.json::<Vec<u8>>().unwrap(), [1, 2, 3]);
}

#[tokio::test]
async fn an_address_of_another_scheme_is_refused() {
    let transport = Transport::builder().build().unwrap();
    let error = transport
        .send(get(&"ftp://h/".parse().unwrap()))
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("`ftp` is not a scheme of HTTP"),
        "{error}"
    );
}

#[cfg(not(feature = "tls"))]
#[tokio::test]
async fn https_without_the_feature_says_which_one() {
    let transport = Transport::builder().build().unwrap();
    let error = transport
        .send(get(&"https://h/".parse().unwrap()))
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("turn on the feature `tls`"),
        "{error}"
    );
}

#[cfg(feature = "tls")]
#[test]
fn unreadable_certificates_are_refused_when_they_are_given() {
    let error = Transport::builder()
        .ca_certificates(b"canary")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("CA certificates cannot be read") && !error.contains("canary"),
        "{error}"
    );
}

#[test]
fn neither_a_proxy_nor_a_request_shows_its_secrets() {
    let builder = Transport::builder().http_proxy("http://user:canary@proxy:3128");
    assert!(!format!("{builder:?} {:?}", builder.clone().build().unwrap()).contains("canary"));
    let error = builder
        .http_proxy("http://user:canary@[")
        .build()
        .unwrap_err();
    assert!(
        !format!("{error:?} {error}").contains("canary"),
        "{error:?}"
    );

    let mut request = get(&"http://h/?x=canary".parse().unwrap()).header(
        HeaderName::from_static("x-auth-token"),
        HeaderValue::from_static("canary"),
    );
    request.body = Some(Bytes::from_static(b"canary"));
    assert!(!format!("{request:?}").contains("canary"), "{request:?}");
}

#[tokio::test]
async fn a_proxy_is_used_except_for_the_hosts_that_need_none() {
    let proxy = Rude::start(one_response).await;
    let server = Rude::start(one_response).await;
    let transport = Transport::builder()
        .http_proxy(proxy.url.as_str())
        .no_proxy("127.0.0.1")
        .build()
        .unwrap();
    let elsewhere = "http://host.invalid/".parse().unwrap();
    transport.send(get(&elsewhere)).await.unwrap();
    transport.send(get(&server.url)).await.unwrap();
    assert_eq!((proxy.seen(), server.seen()), (1, 1));
}
