//! A matrix as a page that needs nothing but itself.

use keystone_policy::analysis::{Cell, Matrix, MatrixColumn};

use crate::policy::labels::{role, sign};
use crate::policy::service::Guarded;

const HEAD: &str = "<!DOCTYPE html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<title>Policies</title>
<style>
body { font: 14px/1.4 system-ui, sans-serif; margin: 1rem; color: #1a1a1a; background: #fff; }
table { border-collapse: collapse; }
th, td { border: 1px solid #d0d0d0; padding: .2rem .5rem; text-align: center; vertical-align: top; }
thead th { position: sticky; top: 0; background: #f4f4f4; }
tbody th { text-align: left; font-weight: 500; white-space: nowrap; }
tbody th small { color: #555; font-weight: 400; }
.allowed { background: #d9f0dd; } .denied { background: #fff; color: #777; }
.depends { background: #fdf1c7; } .wrong_scope { background: #ececec; color: #999; }
.unknown { background: #f6d5d5; }
details ul { text-align: left; margin: .2rem 0 0; padding-left: 1.1rem; max-width: 24rem; }
summary { cursor: pointer; }
</style>
</head>
<body>
<h1>Policies</h1>
<p>+ allowed &nbsp; - denied &nbsp; ? depends, open it to see on what &nbsp; . not for tokens of this
scope &nbsp; ! too complex to tell</p>
<p><label>Show policies with <input id=\"filter\" type=\"search\" autofocus></label></p>
";

const TAIL: &str = "<script>
document.getElementById('filter').addEventListener('input', (event) => {
  for (const row of document.querySelectorAll('tbody tr')) {
    row.hidden = !row.firstElementChild.textContent.includes(event.target.value);
  }
});
</script>
</body>
</html>";

/// The page.
pub(super) fn page(matrix: &Matrix, guarded: &Guarded<'_>) -> String {
    let mut page = HEAD.to_owned();
    page.push_str("<table>\n<thead><tr><th>policy</th>");
    for column in &matrix.columns {
        page.push_str(&head(column));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in &matrix.rows {
        let operations = guarded.by(&row.policy);
        let operations = operations.map(|(method, path)| {
            format!("<br><small>{} {}</small>", escaped(method), escaped(path))
        });
        let operations: String = operations.collect();
        page.push_str(&format!(
            "<tr><th>{}{operations}</th>",
            escaped(&row.policy)
        ));
        page.extend(row.cells.iter().map(cell));
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n");
    page.push_str(TAIL);
    page
}

fn head(column: &MatrixColumn) -> String {
    format!(
        "<th>{}<br><small>{}</small></th>",
        escaped(role(column)),
        column.scope.name()
    )
}

fn cell(cell: &Cell) -> String {
    let (class, sign) = (cell.verdict.name(), sign(cell.verdict));
    if cell.grants.is_empty() {
        return format!("<td class=\"{class}\">{sign}</td>");
    }
    let grants = cell
        .grants
        .iter()
        .map(|grant| format!("<li>{}</li>", escaped(&grant.to_string())));
    let grants: String = grants.collect();
    format!(
        "<td class=\"{class}\"><details><summary>{sign}</summary><ul>{grants}</ul></details></td>"
    )
}

/// A text that means nothing to a browser.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use keystone_policy::analysis::{Analysis, TokenScope};
    use keystone_policy::{Rules, parse_rule};

    use super::*;

    #[test]
    fn names_cannot_smuggle_markup_into_the_page() {
        let rule = parse_rule("role:<b> and project_id:%(<i>)s").unwrap();
        let rules = Rules::new([("<script>", rule)]);
        let matrix =
            Analysis::new(&rules).matrix(["<script>"], [Some("<b>")], [TokenScope::Project]);
        let page = page(&matrix, &Guarded::default());
        let body = page.split("<tbody>").nth(1).unwrap();
        assert!(
            body.contains("&lt;script&gt;") && body.contains("target.&lt;i&gt;"),
            "{body}"
        );
        assert_eq!(body.matches("<script>").count(), 1, "{body}");
    }
}
