//! Responses in which bytes are changed at random: each ends in a token or an error.

use http::Method;

use super::super::paos::{AuthnRequest, AuthnResponse};
use super::super::trust;
use super::super::xml::Document;
use super::adfs::TOKEN;
use super::parties::{PROOF, REQUEST};
use super::servers::{Seen, Stub, response};
use crate::transport::{Request, Response, Transport};

/// A small generator of numbers, the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }
}

/// Changes, drops, doubles or moves a few bytes.
fn mutate(text: &str, numbers: &mut Numbers) -> Vec<u8> {
    const TOKENS: [&[u8]; 12] = [
        b"<",
        b">",
        b"\"",
        b"&",
        b"/>",
        b"]]>",
        b"<!--",
        b"<![CDATA[",
        b"<?",
        b"\xff",
        b"xmlns=''",
        b"&#x0;",
    ];
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len());
        let end = (at + numbers.below(40)).min(bytes.len());
        match numbers.below(4) {
            0 => bytes[at] = u8::try_from(numbers.below(256)).unwrap(),
            1 => _ = bytes.drain(at..end),
            2 => {
                let piece = bytes[at..end].to_vec();
                let to = numbers.below(bytes.len());
                bytes.splice(to..to, piece);
            }
            _ => {
                let token = TOKENS[numbers.below(TOKENS.len())];
                bytes.splice(at..at, token.iter().copied());
            }
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

async fn some_response() -> Response {
    let stub = Stub::start(|_| |_: &Seen| response(200, &[], "")).await;
    let request = Request::new(Method::GET, stub.url.parse().unwrap());
    let transport = Transport::builder().build().unwrap();
    transport.send(request).await.unwrap()
}

#[tokio::test]
async fn no_message_makes_anything_panic_and_no_assertion_is_changed() {
    let some = some_response().await;
    let response = |body: Vec<u8>| {
        let mut response = some.clone();
        response.body = body.into();
        response
    };
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let request = AuthnRequest::read(&response(REQUEST.into())).unwrap();
    let (mut read, mut kept) = (0, 0);
    for _ in 0..4_000 {
        let _ = AuthnRequest::read(&response(mutate(REQUEST, &mut numbers)));
        let bytes = mutate(PROOF, &mut numbers);
        if let Ok(found) = AuthnResponse::read(&response(bytes.clone()), &request) {
            read += 1;
            let text = String::from_utf8(bytes).unwrap();
            let body = text.rfind("<SOAP-ENV:Body").map(|at| &text[at..]);
            kept += usize::from(body.is_some_and(|body| found.envelope.ends_with(body)));
        }
        let bytes = mutate(TOKEN, &mut numbers);
        let changed = response(bytes.clone());
        if let Ok(document) = Document::read(&changed.body)
            && let Ok(token) = trust::token_response(&document, &changed)
        {
            let written = Document::read(token.as_bytes());
            assert!(written.is_ok(), "{token}");
        }
    }
    assert!(read > 50, "{read} of the messages were read");
    assert!(kept * 10 > read * 9, "{kept} of {read}");
}
