
// Trying an operation: a form made from its description, and the response.

const LONGEST_BODY = 100_000;

/** What the form holds, by parameter, with a way to read each. */
function tryIt(state, operation) {
  const version = () => state.microversion;
  const inputs = operation.parameters
    .filter((parameter) => ["path", "query", "header"].includes(parameter.in))
    .map((parameter) => parameterInput(state.spec, operation, parameter));
  const body = bodyInput(state, operation, version);
  const result = element("div", { class: "result", role: "status" });
  const button = element("button", { type: "submit", class: operation.method === "delete" ? "danger" : "primary" }, "Send ", operation.method.toUpperCase());
  const copy = element("button", { type: "button", class: "quiet" }, "Copy as curl");
  const form = element("form", { class: "try" }, inputs.map((input) => input.row), body?.row, element("div", { class: "buttons" }, button, copy), result);
  const request = () => buildRequest(state, operation, inputs, body);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const built = request();
    if (built.problem) return result.replaceChildren(element("p", { class: "notice" }, built.problem));
    button.disabled = true;
    result.replaceChildren(element("p", { class: "hint" }, "Sent, waiting for the response .."));
    result.replaceChildren(await send(built));
    button.disabled = false;
  });
  copy.addEventListener("click", async () => {
    const built = request();
    if (built.problem) return result.replaceChildren(element("p", { class: "notice" }, built.problem));
    result.replaceChildren(await copied(curl(built)));
  });
  return form;
}

let inputNumber = 0;

function field(label, notes, input) {
  inputNumber += 1;
  input.id = `input-${inputNumber}`;
  return element("div", { class: "field" }, element("label", { for: input.id }, label, " ", notes), input);
}

function parameterInput(spec, operation, parameter) {
  const schema = resolve(spec, parameter.schema);
  const isRequired = parameter.required === true || parameter.in === "path";
  const kind = text(parameter["x-openstack-type"] ?? schema["x-openstack-type"]);
  const words = typesOf(schema).includes("boolean") ? ["true", "false"] : list(schema.enum).map(text);
  let input;
  let read = () => (input.value === "" ? undefined : input.value);
  if (kind === "flag" || schema.const !== undefined) {
    input = element("input", { type: "checkbox" });
    read = () => (input.checked ? text(schema.const) || String(schema.const ?? "") : undefined);
  } else if (words.length) {
    input = element("select", {}, element("option", { value: "" }, ""), words.map((word) => element("option", { value: word }, word)));
  } else {
    input = element("input", { type: "text", autocomplete: "off", spellcheck: "false", placeholder: typeText(spec, parameter.schema) });
  }
  input.required = isRequired;
  const notes = spaced(chip(`in ${parameter.in}`), isRequired && chip("required", "required"), noteChips({}, parameter));
  return { parameter, read, row: field(element("code", {}, text(parameter.name)), notes, input) };
}

/** The body, with an example that follows the microversion until it is edited. */
function bodyInput(state, operation, version) {
  const content = contentOf(operation.body);
  if (!content) return undefined;
  const made = () => {
    const value = content.example ?? example(state.spec, content.schema, version());
    return typeof value === "string" ? value : pretty(value);
  };
  const input = element("textarea", { spellcheck: "false", rows: 10, autocomplete: "off" });
  let last = (input.value = made());
  state.onChange(() => {
    if (input.value === last) last = input.value = made();
  });
  const isJson = content.kind.includes("json");
  return { kind: content.kind, isJson, read: () => input.value, row: field("Body", element("span", { class: "media" }, content.kind), input) };
}

/** The request, or what is wrong with the inputs. */
function buildRequest(state, operation, inputs, body) {
  const problem = tokenProblem(state.token);
  if (problem) return { problem };
  const query = new URLSearchParams();
  const headers = {};
  let { path } = operation;
  for (const { parameter, read } of inputs) {
    const value = read();
    if (value === undefined) continue;
    if (parameter.in === "path") path = path.replaceAll(`{${parameter.name}}`, encodeURIComponent(value));
    if (parameter.in === "query") query.append(parameter.name, value);
    if (parameter.in === "header") headers[parameter.name] = value;
  }
  if (/(^|\/)(\.|%2e){1,2}(\/|$)/i.test(path)) return { problem: "A parameter of the path must not be `.` or `..`." };
  const url = new URL(`.${path.startsWith("/") ? "" : "/"}${path}`, state.root);
  url.search = query.toString();
  if (url.origin !== location.origin) return { problem: "This page calls only the service that serves it." };
  if (state.token && operation.needsToken) headers["X-Auth-Token"] = state.token;
  if (state.microversion) headers["OpenStack-API-Version"] = `${state.serviceType} ${state.microversion}`;
  const built = { method: operation.method.toUpperCase(), url, headers };
  if (!body || body.read().trim() === "") return built;
  if (body.isJson) {
    try {
      JSON.parse(body.read());
    } catch (error) {
      return { problem: `The body is not JSON: ${error.message}` };
    }
  }
  headers["Content-Type"] = body.kind;
  return { ...built, body: body.read() };
}

/** Why a text cannot be sent as a token. */
function tokenProblem(token) {
  return /^[\x21-\x7e]*$/.test(token) ? "" : "A token has only letters, digits and signs of ASCII, without spaces: paste it alone.";
}

async function send({ method, url, headers, body }) {
  const started = performance.now();
  try {
    const settings = { method, headers, body, cache: "no-store", credentials: "omit", mode: "same-origin", referrerPolicy: "no-referrer" };
    const response = await fetch(url, settings);
    const shown = await response.text();
    return responseElements(method, url, response, shown, Math.round(performance.now() - started));
  } catch (error) {
    return element("p", { class: "notice" }, `The request failed: ${error.message}`);
  }
}

function responseElements(method, url, response, shown, milliseconds) {
  const kind = response.ok ? "success" : "error";
  const headers = [...response.headers].map(([name, value]) => [element("code", { class: "name" }, name), value]);
  return element(
    "div",
    {},
    element("p", { class: "status-line" }, chip(`${response.status} ${response.statusText}`.trim(), kind), ` ${method} `, element("code", {}, breakable(url.pathname + url.search)), ` in ${milliseconds} ms`),
    element("pre", { tabindex: "0", role: "group", "aria-label": "Body of the response" }, readableBody(shown)),
    element("details", { class: "example" }, element("summary", {}, `${headers.length} headers`), table("headers", ["Header", "Value"], headers)),
  );
}

function readableBody(shown) {
  if (shown === "") return "(no body)";
  let readable = shown;
  try {
    readable = pretty(JSON.parse(shown));
  } catch {
    // Not JSON: as it came.
  }
  return readable.length > LONGEST_BODY ? `${readable.slice(0, LONGEST_BODY)}\n.. and ${readable.length - LONGEST_BODY} more characters` : readable;
}

/** A command for a shell. The token is a variable, so that it does not end up in files. */
function curl({ method, url, headers, body }) {
  const quoted = (value) => `'${value.replaceAll("'", "'\\''")}'`;
  const lines = [`curl -i${method === "HEAD" ? "I" : ` -X ${method}`} ${quoted(url.href)}`];
  for (const [name, value] of Object.entries(headers)) {
    lines.push(name === "X-Auth-Token" ? `-H "X-Auth-Token: $OS_TOKEN"` : `-H ${quoted(`${name}: ${value}`)}`);
  }
  if (body !== undefined) lines.push(`--data-raw ${quoted(body)}`);
  return lines.join(" \\\n  ");
}

async function copied(command) {
  let said = "Copied. Set OS_TOKEN to a token first.";
  try {
    await navigator.clipboard.writeText(command);
  } catch {
    said = "Copy this, and set OS_TOKEN to a token first.";
  }
  return element("div", {}, element("p", { class: "hint" }, said), element("pre", { tabindex: "0", role: "group", "aria-label": "Command" }, command));
}
