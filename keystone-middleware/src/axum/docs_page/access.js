
// Who may call what, under the rules that were in force when the service was asked.

const VERDICTS = {
  allowed: "yes",
  denied: "no",
  depends: "depends",
  unknown: "too complex",
  wrong_scope: "no",
};

/** Why there is no matrix. */
function accessHint(state) {
  if (state.visibility === "nobody") return "This service does not show its rules.";
  if (state.accessProblem) return state.accessProblem;
  if (state.visibility === "token" && !state.token) return "Use a token above to see the rule in force and who may call this.";
  return "The rules are being fetched ..";
}

/** The policies of an operation: names, rules in force, and who they allow. */
function accessSection(state, operation) {
  if (operation.isPublic) return element("p", {}, "Everybody may call this, with or without a token.");
  const names = operation.policies;
  if (!names.length) return element("p", {}, "The document names no policy.");
  return [
    names.length > 1 && element("p", {}, "Each of these policies must allow the call."),
    operation.hides && element("p", {}, "A caller whom the policy refuses gets 404, as for an object that does not exist."),
    !state.access && operation.scopeTypes.length > 0 && element("p", {}, "Token scope: ", spaced(operation.scopeTypes.map((scope) => chip(scope)))),
    names.map((name) => policyCard(state, name)),
  ];
}

function policyCard(state, name) {
  const known = state.access?.policies?.[name];
  const heading = element("h5", {}, element("code", {}, name));
  if (!known) return element("div", { class: "policy" }, heading, element("p", { class: "hint" }, accessHint(state)));
  return element(
    "div",
    { class: "policy" },
    heading,
    known.description && element("p", {}, prose(known.description)),
    !known.declared && element("p", { class: "notice" }, "The service does not declare this policy."),
    element("dl", { class: "pairs" }, policyFacts(known)),
    matrixTable(state.access, known),
  );
}

function policyFacts(known) {
  const pair = (name, ...content) => element("div", {}, element("dt", {}, name), element("dd", {}, content));
  return [
    pair("Who", whoList(known)),
    pair("Token scope", known.scope_types ? spaced(known.scope_types.map((scope) => chip(scope))) : "any"),
    pair("Rule in force", ruleText(known.rule)),
    Object.entries(known.uses).map(([name, rule]) => pair(element("code", {}, `rule:${name}`), ruleText(rule))),
    known.replaces && pair("Replaces", element("code", {}, known.replaces.name), ` since ${known.replaces.since}. `, known.replaces.reason),
    known.removal && pair("Will be removed", `Since ${known.removal.since}. `, known.removal.reason),
  ];
}

function whoList(known) {
  if (!known.who) return "too complex to tell";
  if (!known.who.length) return "nobody";
  return element("ul", { class: "plain" }, known.who.map((sentence) => element("li", {}, capital(sentence))));
}

const capital = (sentence) => sentence.charAt(0).toUpperCase() + sentence.slice(1);

function ruleText(rule) {
  const shown = (text) => element("code", { class: "rule" }, text === "@" ? "@ (always)" : text === "!" ? "! (never)" : text);
  if (rule.text === null) return "none: this is decided by the rule `default`, or refused";
  return [
    shown(rule.text),
    rule.default !== null && element("p", { class: "changed" }, chip("changed by the operator", "warning"), " The service's default: ", shown(rule.default)),
  ];
}

/** Roles by scopes. */
function matrixTable(access, known) {
  const scopes = access.scopes.map((scope) => element("th", { scope: "col" }, scope));
  const rows = [...access.roles, null].map((role, index) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, role === null ? otherRoles(access) : element("code", {}, role)),
      list(known.cells[index]).map((cell) =>
        element("td", { class: `verdict verdict-${cell.verdict}`, title: reason(cell) }, VERDICTS[cell.verdict] ?? ""),
      ),
    ),
  );
  return element(
    "table",
    { class: "matrix" },
    element("caption", {}, "By role and scope of the token"),
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "role"), scopes)),
    element("tbody", {}, rows),
  );
}

const reason = (cell) => (cell.verdict === "wrong_scope" ? "The policy does not accept tokens of this scope." : cell.if.map(capital).join("; ") || undefined);

const otherRoles = (access) => (access.roles.length ? "other or none" : "any or none");

/** Who is allowed, in a few words for a list of operations. */
function shortWho(state, operation) {
  if (operation.isPublic) return "everybody";
  const known = operation.policies.map((name) => state.access?.policies?.[name]);
  if (known.length !== 1 || !known[0]) return "";
  const { access } = state;
  const open = (cells) => list(cells).filter((cell) => cell.verdict === "allowed" || cell.verdict === "depends");
  const cells = known[0].cells;
  const others = open(cells.at(-1));
  const roles = access.roles.filter((_, index) => open(cells[index]).length);
  if (!others.length && !roles.length) return "nobody";
  const all = others.length ? others : roles.flatMap((role) => open(cells[access.roles.indexOf(role)]));
  const who = others.length ? "every token" : roles.join(", ");
  const scopes = known[0].scope_types ? ` (${known[0].scope_types.join(", ")})` : "";
  return who + scopes + (all.every((cell) => cell.verdict === "depends") ? ", with conditions" : "");
}

/** All operations by roles: with tokens of which scopes they may be called. */
function overview(state) {
  if (!state.access) return element("p", { class: "hint" }, accessHint(state));
  const { access } = state;
  const headings = ["Operation", ...access.roles.map((role) => element("code", {}, role)), otherRoles(access)];
  const labels = [...access.roles, otherRoles(access)];
  const rows = state.operations.map((operation) => [
    element("a", { href: hashOf(operation), class: "call" }, methodBadge(operation.method), " ", breakable(operation.path), operation.action && ` ${operation.action}`),
    ...labels.map((label, index) => element("div", { class: "labelled", "data-label": label }, scopesOf(access, operation, index))),
  ]);
  return [table("overview", headings, rows), element("p", { class: "hint" }, "A scope in italics: it depends on the object or on more of the token; open the operation to see on what. Roles count with those they imply: admin, manager, member, reader.")];
}

/** With which scopes a role may call an operation. */
function scopesOf(access, operation, index) {
  if (operation.isPublic) return element("span", { class: "verdict-allowed" }, "everybody");
  const policies = operation.policies.map((name) => access.policies[name]).filter(Boolean);
  if (!policies.length) return "not known";
  const at = (scope) => policies.map((policy) => policy.cells[index]?.[scope]?.verdict);
  const found = access.scopes.map((name, scope) => ({ name, verdicts: at(scope) })).filter(({ verdicts }) => verdicts.every((one) => one !== "denied" && one !== "wrong_scope"));
  if (!found.length) return element("span", { class: "verdict-denied" }, "no");
  const isSure = ({ verdicts }) => verdicts.every((one) => one === "allowed");
  if (found.length === access.scopes.length && found.every(isSure)) return element("span", { class: "verdict-allowed" }, "any scope");
  return found.map((scope) => [isSure(scope) ? element("span", { class: "verdict-allowed" }, scope.name) : element("em", { class: "verdict-depends" }, scope.name), " "]);
}
