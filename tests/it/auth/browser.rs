//! A browser whose person has logged in: it brings the token at once.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;

use keystone_sdk::auth::federation::BrowserOpener;
use keystone_sdk::{Error, Url};

/// Sends Keystone's form, with this token, to the origin in the address that it opens.
pub(crate) struct Browser(pub(crate) &'static str);

impl BrowserOpener for Browser {
    fn open(&self, url: &Url) -> Result<(), Error> {
        let (_, origin) = url
            .query_pairs()
            .find(|(name, _)| name == "origin")
            .unwrap();
        let target = Url::parse(&origin).unwrap();
        let (host, body) = (target.authority().to_owned(), format!("token={}", self.0));
        thread::spawn(move || {
            let mut stream = TcpStream::connect(&host).unwrap();
            let length = body.len();
            let head = format!(
                "POST /auth/websso/ HTTP/1.1\r\nHost: {host}\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\
                 Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n\
                 Sec-Fetch-Dest: document\r\n\r\n"
            );
            stream.write_all((head + &body).as_bytes()).unwrap();
            // Until the end, so that the listener need not cut the page off.
            stream.read_to_end(&mut Vec::new()).unwrap();
        });
        Ok(())
    }
}
