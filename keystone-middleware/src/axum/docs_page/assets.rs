//! What the page consists of, inside the program.

use std::sync::OnceLock;

use super::file::File;

const PAGE: &str = include_str!("page.html");

/// One script of several files: a module may import others only by addresses without a version.
const SCRIPT_TEXT: &str = concat!(
    "\"use strict\";\n",
    include_str!("elements.js"),
    include_str!("document.js"),
    include_str!("schema.js"),
    include_str!("example.js"),
    include_str!("access.js"),
    include_str!("operation.js"),
    include_str!("try_it.js"),
    include_str!("page.js"),
);

const STYLE_TEXT: &str = concat!(
    include_str!("base.css"),
    include_str!("frame.css"),
    include_str!("operations.css"),
    include_str!("tables.css"),
);

const SCRIPT: &str = "page.js";
const STYLE: &str = "page.css";
const ICON: &str = "icon.svg";

/// The files beside the page, by name.
pub(super) fn all() -> &'static [(&'static str, File); 3] {
    static FILES: OnceLock<[(&str, File); 3]> = OnceLock::new();
    FILES.get_or_init(|| {
        let icon = include_str!("icon.svg");
        [
            (
                SCRIPT,
                File::new("text/javascript; charset=utf-8", SCRIPT_TEXT),
            ),
            (STYLE, File::new("text/css; charset=utf-8", STYLE_TEXT)),
            (ICON, File::new("image/svg+xml", icon)),
        ]
    })
}

/// What differs between the pages of services.
pub(super) struct Html<'a> {
    /// Where the page is, without a slash at the end.
    pub(super) path: &'a str,
    pub(super) title: &'a str,
    pub(super) has_yaml: bool,
    /// Who sees the matrix: `everybody`, `token` or `nobody`.
    pub(super) access: &'a str,
}

impl Html<'_> {
    /// The page. Its addresses are relative to itself, so it also works below a prefix that a proxy
    /// or [`Routes::nest`](crate::Routes::nest) adds.
    pub(super) fn file(&self) -> File {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        let folder = if name.is_empty() {
            "./"
        } else {
            &format!("./{name}/")
        };
        let depth = self.path.matches('/').count();
        let root = match depth {
            0 | 1 => "./".to_owned(),
            more => "../".repeat(more - 1),
        };
        let yaml = match self.has_yaml {
            true => format!(r#"<a href="{}openapi.yaml">YAML</a>"#, escaped(folder)),
            false => String::new(),
        };
        let mut page = PAGE.to_owned();
        for (name, file) in all() {
            let address = format!("{folder}{name}?v={}", file.version());
            page = page.replace(&format!("{{{name}}}"), &escaped(&address));
        }
        for (placeholder, text) in [
            ("{folder}", escaped(folder)),
            ("{root}", root),
            ("{access}", self.access.to_owned()),
            ("{yaml}", yaml),
            // The last one: whatever a title contains is no placeholder.
            ("{title}", escaped(self.title)),
        ] {
            page = page.replace(placeholder, &text);
        }
        File::new("text/html; charset=utf-8", page)
    }
}

/// A text that is no markup, in content and in attributes with double quotes.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c => safe.push(c),
        }
    }
    safe
}
