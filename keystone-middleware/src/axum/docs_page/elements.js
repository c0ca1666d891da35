
// Elements. Texts of the document become text nodes and attributes, never markup.

/** An element with properties (`class`, `onclick`, attributes) and children (elements, texts, nothing). */
function element(name, properties, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else made.setAttribute(key, String(value));
  }
  made.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false && child !== ""));
  return made;
}

/** A path that may break after each slash and underscore. */
function breakable(path) {
  return path.split(/(?<=[/_])/).flatMap((part, index) => (index ? [element("wbr"), part] : [part]));
}

/** Text in which `code` between backquotes is code. */
function prose(text) {
  return String(text ?? "").split(/`([^`\n]+)`/).map((part, index) => (index % 2 ? element("code", {}, part) : part));
}

function chip(text, kind, title) {
  return element("span", { class: kind ? `chip chip-${kind}` : "chip", title }, text);
}

/** What there is of these parts, with spaces between: also for whoever hears or copies them. */
const spaced = (...parts) => parts.flat(Infinity).filter(Boolean).flatMap((part, index) => (index ? [" ", part] : [part]));

/**
 * A table whose rows become blocks on narrow screens. The roles keep it a table for screen readers
 * then, too.
 */
function table(kind, headings, rows) {
  const cell = (name, role) => (content) =>
    element(name, { role, scope: { columnheader: "col", rowheader: "row" }[role] }, content);
  return element(
    "table",
    { role: "table", class: `table ${kind}` },
    element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, headings.map(cell("th", "columnheader")))),
    element(
      "tbody",
      { role: "rowgroup" },
      rows.map(([first, ...others]) =>
        element("tr", { role: "row" }, cell("th", "rowheader")(first), others.map(cell("td", "cell"))),
      ),
    ),
  );
}
