//! The reasons that servers give for refusing a login, without the secrets that were sent to them.

use http::header::CONTENT_TYPE;
use percent_encoding::percent_decode_str;

use crate::transport::Response;

/// The most characters of a reason in an error.
const LONGEST: usize = 600;
/// Shorter passwords are not looked for: they are a part of many words.
const SHORTEST_SECRET: usize = 4;
/// A shorter word of the message may be a word of the server's own.
const SHORTEST_WORD: usize = 16;
/// How many characters of the message's markup are looked for in a page.
const PIECE: usize = 24;

/// What was sent to a server, and must not be repeated in an error.
#[derive(Clone, Copy, Default)]
pub(super) struct Sent<'a> {
    /// Hidden wherever it stands.
    pub(super) password: &'a str,
    /// Whose long words are hidden.
    pub(super) message: &'a str,
}

impl Sent<'_> {
    /// A server's text as a reason: one line, of bounded length, without what was sent.
    pub(super) fn clean(self, text: &str) -> Option<String> {
        let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if self.password.len() >= SHORTEST_SECRET {
            text = text.replace(self.password, "***");
        }
        let shown: String = self.without_words(&text).chars().take(LONGEST).collect();
        (!shown.is_empty()).then_some(shown)
    }

    /// The reason in an error response: the message of its JSON, its plain text, or the text of its page.
    pub(super) fn reason_of(self, response: &Response) -> Option<String> {
        let content_type = response.headers.get(CONTENT_TYPE);
        let content_type = content_type.map(|it| it.as_bytes().to_ascii_lowercase());
        let is_a = |media_type: &[u8]| {
            let declared = content_type.as_ref();
            declared.is_some_and(|declared| declared.starts_with(media_type))
        };
        let body = String::from_utf8_lossy(&response.body);
        let text = if is_a(b"text/html") {
            page(&body)
        } else if is_a(b"text/plain") {
            body.clone().into_owned()
        } else if response.is_html() {
            // Never of XML, which may be an assertion.
            return None;
        } else {
            return self.clean(response.to_error().message()?);
        };
        // As it is, or as a page or a form writes it.
        let spaced = body.replace('+', " ");
        let of_form = percent_decode_str(&spaced).decode_utf8_lossy();
        let forms = [&*body, &*decoded(&body), &*of_form];
        let is_repeated = forms.into_iter().any(|form| self.is_repeated(form));
        self.clean(&text).filter(|_| !is_repeated)
    }

    /// Whether a page holds a piece of the message with its markup: all of it may be there then.
    fn is_repeated(self, page: &str) -> bool {
        let pieces = self.message.match_indices('<').filter_map(|(at, _)| {
            // Pages have declarations of XML too.
            let rest = self.message.get(at..).filter(|it| !it.starts_with("<?"))?;
            let end = rest.char_indices().nth(PIECE).map(|(end, _)| end)?;
            rest.get(..end)
        });
        pieces.into_iter().any(|piece| page.contains(piece))
    }

    fn without_words(self, text: &str) -> String {
        let is_inside = |one: char| one.is_ascii_alphanumeric() || "+=_-.".contains(one);
        let mut shown = String::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.find(|one| !is_inside(one)).unwrap_or(rest.len());
            let (word, behind) = rest.split_at(end);
            let is_sent = word.len() >= SHORTEST_WORD && self.message.contains(word);
            shown.push_str(if is_sent { "***" } else { word });
            let end = behind.find(is_inside).unwrap_or(behind.len());
            let (between, behind) = behind.split_at(end);
            shown.push_str(between);
            rest = behind;
        }
        shown
    }
}

/// The text of a web page.
fn page(html: &str) -> String {
    let mut words = String::new();
    let mut rest = html;
    while let Some((text, behind)) = rest.split_once('<') {
        words.push_str(text);
        words.push(' ');
        let name: String = behind.chars().take(6).collect();
        let end = match name.to_ascii_lowercase().as_str() {
            "script" => "</script>",
            name if name.starts_with("style") => "</style>",
            name if name.starts_with("!--") => "-->",
            _ => ">",
        };
        rest = behind.split_once(end).map_or("", |(_, behind)| behind);
    }
    words.push_str(rest);
    decoded(&words)
}

/// A text with its character references decoded.
fn decoded(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, behind)) = rest.split_once("&#") {
        text.push_str(before);
        let number = behind.split_once(';').and_then(|(number, behind)| {
            let number = number.parse().ok().filter(|_| number.len() <= 7)?;
            Some((char::from_u32(number)?, behind))
        });
        let (character, behind) = number.unwrap_or(('?', behind));
        text.push(character);
        rest = behind;
    }
    text.push_str(rest);
    for (entity, character) in [
        ("&quot;", "\""),
        ("&nbsp;", " "),
        ("&gt;", ">"),
        ("&lt;", "<"),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, character);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_of_a_page_is_its_text() {
        let html = "<html><head><title>Refused</title><style>p{}</style><script>x<y</script></head>\
                    <body><!-- a <b> --><p class=\"a\">No&nbsp;such\n user &amp;co&#58; &#x;&#99999999;</p>";
        assert_eq!(
            Sent::default().clean(&page(html)).unwrap(),
            "Refused No such user &co: ?x;?99999999;"
        );
        assert_eq!(Sent::default().clean(&page("<p")), None);
    }

    #[test]
    fn what_was_sent_is_hidden() {
        let sent = Sent {
            password: "hunter2",
            message: "<saml:Assertion ID=\"_0123456789abcdef0123\"><b>c2lnbmF0dXJl/YmFzZTY0Zm9yZXZlcg==</b>",
        };
        let reason = sent
            .clean(
                "hunter2 hunter22 '_0123456789abcdef0123': c2lnbmF0dXJl/YmFzZTY0Zm9yZXZlcg== bad",
            )
            .unwrap();
        assert_eq!(reason, "*** ***2 '***': c2lnbmF0dXJl/*** bad");
    }

    #[test]
    fn a_reason_has_a_bounded_length() {
        let reason = Sent::default().clean(&"ä ".repeat(1000)).unwrap();
        assert_eq!(reason.chars().count(), LONGEST);
    }
}
