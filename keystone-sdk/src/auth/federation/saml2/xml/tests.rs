//! Documents as they should be, and as an attacker writes them.

use super::*;

fn refused(text: &str) -> XmlError {
    Document::read(text.as_bytes()).map(drop).unwrap_err()
}

const SIGNED: &str = "\u{feff}<?xml version=\"1.0\" encoding='UTF-8'?>\n<s:E xmlns:s=\"urn:s\" xmlns=\"urn:d\">\
    <s:H/><!-- <x> --><B a=\"1 &lt; 2\" s:b='&#x41;'>one<![CDATA[<two>]]>&amp;<i>not</i>&#51;</B >\r\n</s:E>\n";

#[test]
fn elements_have_names_attributes_texts_and_their_bytes() {
    let document = Document::read(SIGNED.as_bytes()).unwrap();
    let root = document.root();
    assert!(root.is("urn:s", "E") && !root.is("urn:d", "E") && !root.is("urn:s", "e"));
    assert_eq!(root.children().count(), 2);
    let header = root.child("urn:s", "H").unwrap();
    assert_eq!(document.slice(header.range()), "<s:H/>");
    assert_eq!(document.slice(header.content_range()), "");
    let body = root.child("urn:d", "B").unwrap();
    assert_eq!(body.attribute("a"), Some("1 < 2"));
    assert_eq!(body.attribute("b"), None, "that of a namespace is another");
    assert_eq!(body.text(), "one<two>&3");
    let bytes = document.slice(body.range());
    assert!(
        bytes.starts_with("<B a=\"1 &lt; 2\"") && bytes.ends_with("&#51;</B >"),
        "{bytes}"
    );
    assert_eq!(body.namespaces(), [("s", "urn:s"), ("", "urn:d")]);
}

#[test]
fn a_piece_is_cut_out_and_all_else_stays_byte_by_byte() {
    let document = Document::read(SIGNED.as_bytes()).unwrap();
    let header = document.root().child("urn:s", "H").unwrap().range();
    let plain = SIGNED.trim_start_matches('\u{feff}');
    assert_eq!(
        document.with(&header, "<n/>"),
        plain.replace("<s:H/>", "<n/>")
    );
    assert_eq!(document.with(&header, ""), plain.replace("<s:H/>", ""));
}

#[test]
fn a_document_type_is_refused_with_all_that_comes_with_it() {
    let laughs =
        "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><l>&b;</l>";
    let external = "<!DOCTYPE l [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><l>&x;</l>";
    for text in [
        laughs,
        external,
        "<!DOCTYPE l SYSTEM \"http://127.0.0.1/x.dtd\"><l/>",
        "<!doctype html><html/>",
        "<?xml version=\"1.0\"?><!DOCTYPE l><l/>",
    ] {
        assert_eq!(refused(text), XmlError::DocumentType, "{text}");
    }
    assert!(Document::read(b"<l><!DOCTYPE l></l>").is_err());
}

#[test]
fn an_entity_that_xml_does_not_define_is_refused() {
    for text in [
        "<l>&b;</l>",
        "<l a='&b;'/>",
        "<l>&#0;</l>",
        "<l>&#x110000;</l>",
        "<l>&nbsp;</l>",
    ] {
        assert_eq!(refused(text), XmlError::Entity, "{text}");
    }
}

#[test]
fn what_is_too_much_of_anything_is_refused() {
    let deep = "<a>".repeat(100_000) + &"</a>".repeat(100_000);
    let many = format!("<a>{}</a>", "<b/>".repeat(20_000));
    let attributes: String = (0..50_000).map(|n| format!(" a{n}=''")).collect();
    let namespaces: String = (0..5_000).map(|n| format!(" xmlns:a{n}='u'")).collect();
    let long = format!("<a b='{}'/>", "x".repeat(100_000));
    let big = format!("<a>{}</a>", "x".repeat(2 << 20));
    for text in [deep, many, format!("<a{attributes}/>"), long, big] {
        assert!(
            matches!(refused(&text), XmlError::TooBig(_)),
            "{}",
            text.len()
        );
    }
    assert!(Document::read(format!("<a{namespaces}/>").as_bytes()).is_err());
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for text in [
        "",
        " ",
        "text",
        "<a>",
        "<a></b>",
        "</a>",
        "<a/><b/>",
        "<a/>text",
        "text<a/>",
        "<a b='1' b='2'/>",
        "<x:a/>",
        "<a x:b='1'/>",
        "<a b=1/>",
        "<a><![CDATA[x]]></a><![CDATA[x]]>",
        "<a",
        "<!-- <a/>",
    ] {
        assert!(Document::read(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn another_encoding_is_refused() {
    assert_eq!(
        refused("<?xml version='1.0' encoding='UTF-16'?><a/>"),
        XmlError::Encoding
    );
    assert_eq!(
        Document::read(b"<a>\xff</a>").map(drop).unwrap_err(),
        XmlError::Encoding
    );
}

#[test]
fn errors_say_nothing_of_the_document() {
    for text in ["<canary>", "<a>&canary;</a>", "<!DOCTYPE canary><a/>"] {
        let error = refused(text);
        assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    }
}

#[test]
fn a_text_is_escaped_for_elements_and_attributes() {
    assert_eq!(escaped("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&apos;");
}
