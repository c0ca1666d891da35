//! The listener over real connections, beside requests that no browser of ours sends.

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinHandle;

use super::*;
use crate::clock::{ManualClock, SystemClock};

const KEYSTONE: &str = "https://cloud.example/identity/v3";
const CANARY: &str = "canary";

/// A listener that waits for its token.
struct Waiting {
    address: SocketAddr,
    /// As a browser names it.
    host: String,
    token: JoinHandle<Result<Token, Error>>,
}

impl Waiting {
    async fn start() -> Self {
        let listener = bind("127.0.0.1").await.unwrap();
        let address = listener.sockets[0].local_addr().unwrap();
        let wait = async move {
            let clock = SystemClock::shared();
            listener.token(&clock, Duration::from_secs(600)).await
        };
        Self {
            address,
            host: address.to_string(),
            token: tokio::spawn(wait),
        }
    }

    async fn send(&self, request: &Request) -> String {
        request.send(self.address).await
    }

    async fn login(self) -> Token {
        let page = self.send(&Request::good(&self.host)).await;
        assert_eq!(status(&page), 200, "{page}");
        self.token.await.unwrap().unwrap()
    }
}

async fn bind(host: &str) -> Result<Listener, Error> {
    Listener::bind(host, 0, &KEYSTONE.parse().unwrap()).await
}

/// A request, as lines of text.
#[derive(Clone)]
struct Request {
    line: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Request {
    /// What a browser sends for Keystone's form.
    fn good(host: &str) -> Self {
        let body = format!("token={CANARY}");
        let headers = [
            ("Host", host),
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Content-Length", &body.len().to_string()),
            ("Origin", "null"),
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Mode", "navigate"),
            ("Sec-Fetch-Dest", "document"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            line: format!("POST {PATH} HTTP/1.1"),
            headers: headers.into(),
            body,
        }
    }

    fn line(mut self, line: &str) -> Self {
        line.clone_into(&mut self.line);
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(one, _)| one != name);
        self
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn set(self, name: &str, value: &str) -> Self {
        self.without(name).with(name, value)
    }

    fn body(self, body: &str) -> Self {
        let mut request = self.set("Content-Length", &body.len().to_string());
        body.clone_into(&mut request.body);
        request
    }

    fn text(&self) -> String {
        let headers: String = self
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        format!("{}\r\n{headers}\r\n{}", self.line, self.body)
    }

    async fn send(&self, address: SocketAddr) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(self.text().as_bytes()).await.unwrap();
        let mut response = Vec::new();
        stream.read_to_end(&mut response).await.unwrap();
        String::from_utf8(response).unwrap()
    }
}

fn status(response: &str) -> u16 {
    response.split(' ').nth(1).unwrap().parse().unwrap()
}

/// A request that is refused: its name, the status, the request, and why.
type Refused = (&'static str, u16, Request, &'static str);

fn refused(host: &str) -> Vec<Refused> {
    let good = || Request::good(host);
    let port = host.split(':').nth(1).unwrap();
    let other_name = format!("rebound.example:{port}");
    let absolute = format!("POST http://rebound.example:{port}{PATH} HTTP/1.1");
    let large = (64 * 1024 + 1).to_string();
    vec![
        (
            "another host",
            421,
            good().set("Host", &other_name),
            "not for `127.0.0.1:",
        ),
        (
            "another port",
            421,
            good().set("Host", "127.0.0.1:1"),
            "not for `127.0.0.1:",
        ),
        (
            "two hosts",
            400,
            good().with("Host", host),
            "`host` stands twice",
        ),
        (
            "another host in its line",
            421,
            good().line(&absolute),
            "not for `127.0.0.1:",
        ),
        (
            "another path",
            404,
            good().line("POST /favicon.ico HTTP/1.1"),
            "not for `/auth/websso/`",
        ),
        (
            "no slash",
            404,
            good().line("POST /auth/websso HTTP/1.1"),
            "not for `/auth/websso/`",
        ),
        (
            "a query",
            404,
            good().line("POST /auth/websso/?token=canary HTTP/1.1"),
            "not for",
        ),
        (
            "a GET",
            405,
            good().line("GET /auth/websso/ HTTP/1.1"),
            "no POST",
        ),
        (
            "an OPTIONS",
            405,
            good().line("OPTIONS /auth/websso/ HTTP/1.1"),
            "no POST",
        ),
        (
            "JSON",
            415,
            good().set("Content-Type", "application/json"),
            "no form",
        ),
        (
            "a multipart form",
            415,
            good().set("Content-Type", "multipart/form-data"),
            "no form",
        ),
        ("no type", 415, good().without("Content-Type"), "no form"),
        (
            "no length",
            411,
            good().without("Content-Length"),
            "how long",
        ),
        (
            "chunks",
            411,
            good()
                .without("Content-Length")
                .with("Transfer-Encoding", "chunked"),
            "how long",
        ),
        (
            "too much",
            413,
            good().set("Content-Length", &large),
            "larger than 65536 bytes",
        ),
        (
            "a script",
            400,
            good().set("Sec-Fetch-Mode", "cors"),
            "`sec-fetch-mode` is not",
        ),
        (
            "no mode",
            400,
            good().without("Sec-Fetch-Mode"),
            "`sec-fetch-mode` is not",
        ),
        (
            "a frame",
            400,
            good().set("Sec-Fetch-Dest", "iframe"),
            "`sec-fetch-dest` is not",
        ),
        (
            "no destination",
            400,
            good().without("Sec-Fetch-Dest"),
            "`sec-fetch-dest` is not",
        ),
        (
            "typed by hand",
            400,
            good().set("Sec-Fetch-Site", "none"),
            "`sec-fetch-site` is not",
        ),
        (
            "no site",
            400,
            good().without("Sec-Fetch-Site"),
            "`sec-fetch-site` is not",
        ),
        (
            "another origin",
            400,
            good().set("Origin", "https://evil.example"),
            "`Origin` is `https://evil.example`, not that of Keystone, `https://cloud.example`",
        ),
        (
            "Keystone's origin without TLS",
            400,
            good().set("Origin", "http://cloud.example"),
            "`Origin` is",
        ),
        (
            "no origin at all",
            400,
            good().set("Origin", "canary"),
            "`Origin` is `no address`",
        ),
        (
            "two origins",
            400,
            good().with("Origin", "null"),
            "`origin` stands twice",
        ),
        (
            "another referrer",
            400,
            good().with("Referer", "https://evil.example/?canary"),
            "`Referer` is `https://evil.example`",
        ),
        (
            "no token",
            400,
            good().body("tokens=canary"),
            "not one field `token`",
        ),
        ("an empty token", 400, good().body("token="), "no token"),
        ("a blank token", 400, good().body("token=+%20"), "no token"),
        (
            "a broken token",
            400,
            good().body("token=canary%0d%0ax-a:b"),
            "no token",
        ),
        (
            "two tokens",
            400,
            good().body("token=canary&token=canary"),
            "not one field `token`",
        ),
    ]
}

#[tokio::test]
async fn what_is_not_the_form_of_keystone_is_refused_and_the_login_goes_on() {
    let waiting = Waiting::start().await;
    for (name, expected, request, _) in refused(&waiting.host) {
        let page = waiting.send(&request).await;
        assert_eq!(status(&page), expected, "{name}: {page}");
        assert!(!page.contains(CANARY), "{name}: {page}");
        assert!(page.contains("The program still waits"), "{name}: {page}");
    }
    let token = waiting.login().await;
    assert_eq!(token.expose(), CANARY);
}

#[tokio::test]
async fn the_last_refusal_is_told_when_nobody_logs_in_and_shows_no_token() {
    for (name, _, _, why) in refused("127.0.0.1:0") {
        let listener = bind("127.0.0.1").await.unwrap();
        let address = listener.sockets[0].local_addr().unwrap();
        let request = refused(&address.to_string());
        let (_, _, request, _) = request.into_iter().find(|one| one.0 == name).unwrap();
        let refuse = async { request.send(address).await };
        let Either::Right(_) = select(pin!(listener.serve()), pin!(refuse)).await else {
            panic!("{name} is a login");
        };
        let clock: SharedClock = ManualClock::new(jiff::Timestamp::UNIX_EPOCH);
        let error = listener.token(&clock, Duration::from_secs(60)).await;
        let error = error.unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(matches!(error, Error::Authentication(_)), "{name}: {shown}");
        assert!(
            shown.contains("refused requests: 1, the last because"),
            "{name}: {shown}"
        );
        assert!(shown.contains(why), "{name}: {shown}");
        assert!(!shown.contains(CANARY), "{name}: {shown}");
    }
}

#[tokio::test]
async fn keystones_own_origin_and_referrer_are_taken_and_other_fields_ignored() {
    for (name, value) in [
        ("Origin", "https://cloud.example"),
        (
            "Referer",
            "https://cloud.example/identity/v3/auth/OS-FEDERATION/websso",
        ),
        ("Sec-Fetch-Site", "same-site"),
        (
            "Content-Type",
            "Application/X-WWW-Form-Urlencoded; charset=utf-8",
        ),
    ] {
        let waiting = Waiting::start().await;
        let request = Request::good(&waiting.host).set(name, value);
        let request = request.body("next=%2F&token=c%61nary&csrf=x");
        let page = waiting.send(&request).await;
        assert_eq!(status(&page), 200, "{name}: {page}");
        let token = waiting.token.await.unwrap().unwrap();
        assert_eq!(token.expose(), CANARY, "{name}");
    }
}

#[tokio::test]
async fn a_browser_that_names_no_origin_is_believed() {
    let waiting = Waiting::start().await;
    let request = Request::good(&waiting.host).without("Origin");
    assert_eq!(status(&waiting.send(&request).await), 200);
    assert_eq!(waiting.token.await.unwrap().unwrap().expose(), CANARY);
}

#[tokio::test]
async fn the_page_is_not_stored_and_holds_nothing_of_the_request() {
    let waiting = Waiting::start().await;
    let page = waiting.send(&Request::good(&waiting.host)).await;
    let lower = page.to_ascii_lowercase();
    for header in [
        "cache-control: no-store",
        "referrer-policy: no-referrer",
        "content-security-policy: default-src 'none'; frame-ancestors 'none'",
        "content-type: text/html; charset=utf-8",
        "x-content-type-options: nosniff",
        "connection: close",
    ] {
        assert!(
            lower.contains(&format!("\r\n{header}\r\n")),
            "{header}: {page}"
        );
    }
    for never in [CANARY, "<script", "set-cookie", "access-control", "http://"] {
        assert!(!lower.contains(never), "{never}: {page}");
    }
    assert!(page.contains("You can close this page."), "{page}");
}

#[tokio::test]
async fn a_second_token_is_a_conflict() {
    let listener = bind("127.0.0.1").await.unwrap();
    let address = listener.sockets[0].local_addr().unwrap();
    let good = Request::good(&address.to_string());
    // Both are connected, and the first has all but the end of its form.
    let mut first = TcpStream::connect(address).await.unwrap();
    let text = good.text();
    let (head, end) = text.split_at(text.len() - 1);
    let talk = async {
        first.write_all(head.as_bytes()).await.unwrap();
        first.flush().await.unwrap();
        let callback = Arc::clone(&listener.callback);
        assert!(callback.token().is_none());
        // As if another one had come in between.
        let other = Token::new("other".into(), None).unwrap();
        callback.put(other);
        first.write_all(end.as_bytes()).await.unwrap();
        let mut page = String::new();
        first.read_to_string(&mut page).await.unwrap();
        page
    };
    let Either::Right((page, _)) = select(pin!(listener.serve()), pin!(talk)).await else {
        panic!("the second token is taken");
    };
    assert_eq!(status(&page), 409, "{page}");
    assert_eq!(listener.callback.token().unwrap().expose(), "other");
}

#[tokio::test]
async fn neither_a_hundred_bad_requests_nor_silent_connections_keep_the_login_out() {
    let waiting = Waiting::start().await;
    let address = waiting.address;
    let connect = || async { TcpStream::connect(address).await.unwrap() };
    // These say nothing, or stop within their head or their form.
    let mut silent = join_all((0..300).map(|_| connect())).await;
    for (number, stream) in silent.iter_mut().enumerate() {
        let text = Request::good(&waiting.host).text();
        let part = [0, 20, text.len() - 1][number % 3];
        // The oldest may have been dropped meanwhile.
        let _ = stream.write_all(&text.as_bytes()[..part]).await;
    }
    for number in 0..100 {
        let bad = refused(&waiting.host);
        let (name, expected, request, _) = &bad[number % bad.len()];
        assert_eq!(status(&waiting.send(request).await), *expected, "{name}");
    }
    let garbage = TcpStream::connect(address).await;
    garbage.unwrap().write_all(&[0; 1000]).await.unwrap();
    assert_eq!(waiting.login().await.expose(), CANARY);
    drop(silent);
}

#[tokio::test]
async fn the_listener_is_gone_with_the_login_that_waited() {
    let waiting = Waiting::start().await;
    waiting.token.abort();
    assert!(waiting.token.await.unwrap_err().is_cancelled());
    let error = TcpStream::connect(waiting.address).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn localhost_is_listened_at_by_every_address_that_browsers_take_it_for() {
    for host in ["localhost", "LOCALHOST", "login.localhost"] {
        let listener = bind(host).await.unwrap();
        let ports: Vec<_> = listener
            .sockets
            .iter()
            .map(|one| one.local_addr().unwrap())
            .collect();
        assert!(
            ports
                .iter()
                .all(|one| one.ip().is_loopback() && one.port() == ports[0].port())
        );
        assert_eq!(
            listener.address(),
            format!("http://{host}:{}{PATH}", ports[0].port())
        );
        let ipv6 = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await.is_ok();
        assert_eq!(ports.len(), 1 + usize::from(ipv6), "{host}");
    }
}

#[tokio::test]
async fn a_host_that_others_reach_is_refused() {
    for (host, says) in [
        ("0.0.0.0", "is the address 0.0.0.0, which others reach"),
        ("::", "is the address ::, which others reach"),
        ("192.0.2.1", "is the address 192.0.2.1, which others reach"),
        (
            "[2001:db8::1]",
            "is the address 2001:db8::1, which others reach",
        ),
        ("::ffff:192.0.2.1", "which others reach"),
        ("", "is not the name of a host"),
        ("local host", "is not the name of a host"),
        ("localhost/x", "is not the name of a host"),
        ("localhost:1", "is not the name of a host"),
        ("me@localhost", "is not the name of a host"),
        ("localhost/?", "is not the name of a host"),
        ("localhost#", "is not the name of a host"),
    ] {
        let error = bind(host).await.unwrap_err();
        assert!(
            matches!(error, Error::Configuration(_)),
            "{host}: {error:?}"
        );
        let error = error.to_string();
        assert!(
            error.starts_with(&format!("`redirect_host` is `{host}`")),
            "{error}"
        );
        assert!(error.contains(says), "{host}: {error}");
        assert!(error.contains("such as `localhost`"), "{host}: {error}");
    }
}

#[tokio::test]
async fn a_port_that_is_taken_at_one_of_the_addresses_is_refused() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = taken.local_addr().unwrap().port();
    for host in ["127.0.0.1", "localhost"] {
        let error = Listener::bind(host, port, &KEYSTONE.parse().unwrap()).await;
        let error = error.unwrap_err().to_string();
        let says = format!("another program listens at 127.0.0.1:{port}; choose another");
        assert!(error.starts_with(&says), "{error}");
    }
}
