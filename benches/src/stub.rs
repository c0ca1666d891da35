//! A server on loopback that sends prepared responses, on threads of its own.

use std::io::{BufRead, BufReader, Error, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use serde_json::Value;

/// Serves these bodies: the first one, or that whose index is the `marker` of the request. They are
/// made from the address of the server, which ends in `/v3` and is returned.
pub(crate) fn serve(bodies: impl FnOnce(&str) -> Vec<Value>) -> Result<String, Error> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/v3", listener.local_addr()?);
    let responses: Vec<String> = bodies(&url).iter().map(response).collect();
    let responses: &'static [String] = responses.leak();
    thread::spawn(move || {
        for connection in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || respond(connection, responses));
        }
    });
    Ok(url)
}

fn respond(connection: TcpStream, responses: &[String]) -> Result<(), Error> {
    let mut writer = connection.try_clone()?;
    let mut lines = BufReader::new(connection).lines();
    while let Some(request) = lines.next().transpose()? {
        while lines
            .next()
            .transpose()?
            .is_some_and(|line| !line.is_empty())
        {}
        let marker = request.split_once("marker=").map(|(_, rest)| rest);
        let index = marker.and_then(|rest| rest.split([' ', '&']).next()?.parse().ok());
        let index: usize = index.unwrap_or_default();
        let response = responses.get(index).map_or("", String::as_str);
        writer.write_all(response.as_bytes())?;
    }
    Ok(())
}

fn response(body: &Value) -> String {
    let body = body.to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}
