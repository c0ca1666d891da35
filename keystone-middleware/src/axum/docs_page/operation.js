
// An operation: a line in the list, and all about it when it is opened.

const methodBadge = (method) => element("span", { class: `method method-${METHODS.includes(method) ? method : "other"}` }, method.toUpperCase());
const hashOf = (operation) => `#${encodeURIComponent(operation.id)}`;

/** The element of an operation; its body is made when it is first opened. */
function operationElement(state, operation) {
  const details = element(
    "details",
    { class: "operation", ontoggle: () => details.open && fill() },
    element(
      "summary",
      {},
      element("h3", { class: "call" }, methodBadge(operation.method), element("span", { class: "path" }, breakable(operation.path), operation.action && [" ", element("span", { class: "action" }, operation.action)])),
      element("span", { class: "line" }, element("span", { class: "summary-text" }, operation.summary || operation.id), summaryChips(operation), versionChip(state, operation)),
      state.live(() => element("span", { class: "who" }, shortWho(state, operation)), "span"),
    ),
  );
  let isFilled = false;
  const fill = () => {
    if (!isFilled) details.append(operationBody(state, operation));
    isFilled = true;
  };
  operation.open = () => {
    details.open = true;
    fill();
    details.scrollIntoView({ block: "start" });
    details.querySelector("summary").focus({ preventScroll: true });
  };
  operation.element = details;
  return details;
}

function summaryChips(operation) {
  return spaced(
    operation.isPublic && chip("public", "public"),
    operation.policies.map((name) => chip(name, "policy")),
    operation.since && chip(`since ${operation.since}`, "version"),
    operation.until && chip(`until ${operation.until}`, "version"),
    operation.task && chip("asynchronous", "version"),
    operation.deprecated && chip("deprecated", "warning"),
    operation.gone && chip("gone", "warning"),
  );
}

const versionChip = (state, { since, until }) =>
  state.live(() => !existsIn(state.microversion, since, until) && chip(`not in ${state.microversion}`, "warning"), "span");

function section(title, ...content) {
  return element("section", {}, element("h4", {}, title), content);
}

function operationBody(state, operation) {
  return element(
    "div",
    { class: "operation-body" },
    element("p", { class: "identity" }, element("a", { href: hashOf(operation) }, element("code", {}, operation.id)), operation.alsoHead && " HEAD is served too, without a body."),
    operation.deprecated && element("p", { class: "notice" }, "Deprecated: ", prose(operation.deprecated)),
    operation.gone && element("p", { class: "notice" }, "Services no longer offer this: ", prose(operation.gone)),
    operation.description && element("p", {}, prose(operation.description)),
    operation.task && element("p", {}, "This takes a while: the response is 202, and its ", element("code", {}, "Location"), " is a ", element("code", {}, operation.task), " to be polled."),
    { marker: element("p", {}, "The list comes in pages: go on with ", element("code", {}, "marker"), ", or follow the ", element("code", {}, "next"), " link.") }[operation.page],
    element("section", {}, element("h4", {}, "Who may call it"), state.live(() => accessSection(state, operation))),
    state.live(() => requestSection(state, operation)),
    state.live(() => responseSection(state, operation)),
    section("Try it", tryIt(state, operation)),
  );
}

function requestSection(state, operation) {
  const { spec } = state;
  const content = contentOf(operation.body);
  const parameters = parameterTable(spec, operation.parameters, state.microversion);
  if (!parameters && !content) return section("Request", element("p", { class: "hint" }, "No parameters and no body."));
  return section("Request", parameters, content && [
    element("h5", {}, "Body ", element("span", { class: "media" }, content.kind), " ", operation.body.required !== true && chip("optional")),
    bodyDescription(spec, content.schema, state.microversion, true),
    exampleBlock("Example body", content.example ?? example(spec, content.schema, state.microversion)),
  ]);
}

function bodyDescription(spec, schema, version, isRequest) {
  const attributes = attributeTable(spec, schema, version, isRequest);
  return attributes ?? element("p", { class: "type" }, typeText(spec, schema));
}

function exampleBlock(title, value) {
  const shown = typeof value === "string" ? value : pretty(value);
  return element("details", { class: "example" }, element("summary", {}, title), element("pre", { tabindex: "0", role: "group", "aria-label": title }, shown));
}

function responseSection(state, operation) {
  const { spec } = state;
  const isError = ({ status }) => /^[45]/.test(status) || status === "default";
  const fine = operation.responses.filter((response) => !isError(response));
  const errors = operation.responses.filter(isError);
  return [
    section("Response", fine.map((response) => successBlock(spec, response, state.microversion)), !fine.length && element("p", { class: "hint" }, "The document describes none.")),
    errors.length > 0 && section("Errors", errorTable(errors), errorBody(spec, errors, state.microversion)),
  ];
}

function successBlock(spec, response, version) {
  const content = contentOf(response);
  return [
    element("h5", {}, chip(response.status, "success"), " ", prose(response.description), " ", content && element("span", { class: "media" }, content.kind)),
    headerTable(spec, response),
    content && bodyDescription(spec, content.schema, version, false),
    content && exampleBlock("Example response", content.example ?? example(spec, content.schema, version)),
  ];
}

function headerTable(spec, response) {
  const rows = entries(response.headers).map(([name, given]) => {
    const header = resolve(spec, given);
    return [element("code", { class: "name" }, name), element("span", { class: "type" }, typeText(spec, header.schema ?? {})), prose(header.description)];
  });
  return rows.length ? table("attributes", ["Header", "Type", "Meaning"], rows) : undefined;
}

function errorTable(errors) {
  const rows = errors.map((response) => [
    chip(response.status, "error"),
    [prose(response.description || HTTP_STATUS[response.status]), entries(response.headers).map(([name]) => [", with the header ", element("code", {}, name)])],
  ]);
  return table("errors", ["Status", "Meaning"], rows);
}

/** Errors of a service share one form: the first one shows it. */
function errorBody(spec, errors, version) {
  const first = errors.find(contentOf);
  if (!first) return undefined;
  const content = contentOf(first);
  const made = content.example ?? example(spec, content.schema, version);
  if (isObject(made?.error) && "code" in made.error) {
    Object.assign(made.error, { code: Number(first.status), title: HTTP_STATUS[first.status] ?? made.error.title });
  }
  return exampleBlock("Example of an error", made);
}
