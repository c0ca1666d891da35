
// The page as a whole.

const byId = (id) => document.getElementById(id);

/** What the page knows, and the parts that show it. */
function createState() {
  const { folder, root, access } = document.documentElement.dataset;
  const parts = new Set();
  const state = {
    folder: new URL(folder, location.href),
    root: new URL(root, location.href),
    visibility: access,
    token: "",
    microversion: "",
    access: undefined,
    accessProblem: "",
    operations: [],
    onChange: (update) => parts.add(update),
    changed: () => parts.forEach((update) => update()),
    /** An element whose content is made anew when the state changes. */
    live(render, name = "div") {
      const part = element(name, { class: "live" });
      const update = () => part.replaceChildren(...[render()].flat(Infinity).filter(Boolean));
      parts.add(update);
      update();
      return part;
    },
  };
  return state;
}

async function fetchJson(state, name, headers = {}) {
  const url = new URL(name, state.folder);
  const response = await fetch(url, { headers, credentials: "omit", mode: "same-origin" });
  if (!response.ok) throw Object.assign(new Error(`${url.pathname}: ${response.status} ${response.statusText}`), { status: response.status });
  return response.json();
}

/** Fetches the rules in force, as far as this page may see them. */
async function fetchAccess(state) {
  if (state.visibility === "nobody" || (state.visibility === "token" && !state.token)) return;
  state.accessProblem = "";
  try {
    state.access = await fetchJson(state, "access.json", state.token ? { "X-Auth-Token": state.token } : {});
  } catch (error) {
    state.access = undefined;
    state.accessProblem =
      { 401: "The service does not accept this token: it is wrong or has expired.", 403: "This token may not see the rules." }[error.status] ??
      `The rules cannot be fetched: ${error.message}`;
  }
  state.changed();
}

function showService(state) {
  const { spec } = state;
  const info = isObject(spec.info) ? spec.info : {};
  const service = isObject(info["x-openstack-service"]) ? info["x-openstack-service"] : {};
  const versions = microversionsOf(spec);
  state.serviceType = text(service.type);
  const facts = [
    text(info.version) && `Version ${text(info.version)}`,
    state.serviceType && ["service type ", element("code", {}, state.serviceType)],
    versions && `microversions ${versions.all.at(-1)} to ${versions.all[0]}`,
  ].filter(Boolean);
  byId("facts").append(...facts.flatMap((fact, index) => (index ? [" · ", fact] : [fact])).flat(Infinity));
  if (text(info.description)) byId("facts").after(element("p", { class: "lead" }, prose(info.description)));
  byId("settings").hidden = false;
  if (!versions) return;
  byId("microversion-setting").hidden = false;
  byId("microversion").append(...versions.all.map((version) => element("option", { value: version }, version)));
  state.microversion = versions.all[0];
  byId("microversion").addEventListener("change", (event) => {
    state.microversion = event.target.value;
    state.changed();
  });
}

function setUpToken(state) {
  const { token, forget, settings } = { token: byId("token"), forget: byId("forget"), settings: byId("settings") };
  const say = (said) => (byId("token-state").textContent = said);
  settings.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = token.value.trim();
    const problem = given ? tokenProblem(given) : "Paste a token first.";
    token.setAttribute("aria-invalid", String(Boolean(problem)));
    if (problem) return say(problem);
    state.token = given;
    forget.hidden = false;
    say("This token is used until it is forgotten or the page is left.");
    await fetchAccess(state);
    if (state.accessProblem) say(state.accessProblem);
    state.changed();
  });
  forget.addEventListener("click", () => {
    token.value = state.token = "";
    forget.hidden = true;
    if (state.visibility === "token") state.access = undefined;
    state.accessProblem = "";
    say("Forgotten.");
    token.focus();
    state.changed();
  });
  // Pages that a browser keeps for its Back button keep no token.
  window.addEventListener("pagehide", () => forget.hidden || forget.click());
}

/** Operations by tag, in the list of contents and on the page. */
function showOperations(state) {
  const tags = new Map(list(state.spec.tags).map((tag) => [text(tag?.name), { about: text(tag?.description), operations: [] }]));
  for (const operation of state.operations) {
    if (!tags.has(operation.tag)) tags.set(operation.tag, { about: "", operations: [] });
    tags.get(operation.tag).operations.push(operation);
  }
  const main = byId("operations");
  const contents = byId("contents-list");
  for (const [tag, { about, operations }] of tags) {
    if (!operations.length) continue;
    const name = tag.replaceAll("_", " ") || "operations";
    main.append(element("section", { class: "group" }, element("h2", {}, name), about && element("p", { class: "lead" }, prose(about)), operations.map((one) => operationElement(state, one))));
    contents.append(element("section", { class: "group" }, element("h2", {}, name), element("ul", {}, operations.map(contentsEntry))));
  }
  main.append(element("section", { class: "group", id: "access" }, element("h2", {}, "Who may call what"), state.live(() => overview(state)), refreshButton(state)));
  byId("contents").hidden = false;
}

function contentsEntry(operation) {
  operation.entry = element("li", {}, element("a", { href: hashOf(operation), title: operation.summary }, methodBadge(operation.method), " ", element("span", {}, breakable(operation.path), operation.action && ` ${operation.action}`)));
  return operation.entry;
}

function refreshButton(state) {
  const button = element("button", { type: "button", class: "quiet" }, "Fetch the rules again");
  button.addEventListener("click", () => fetchAccess(state));
  return state.live(() => state.access && button);
}

function setUpSearch(state) {
  const texts = new Map(state.operations.map((one) => [one, [one.id, one.method, one.path, one.action, one.summary, one.tag, ...one.policies].join(" ").toLowerCase()]));
  byId("search").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const [operation, said] of texts) {
      const isFound = words.every((word) => said.includes(word));
      found += isFound ? 1 : 0;
      operation.element.hidden = operation.entry.hidden = !isFound;
    }
    for (const group of document.querySelectorAll(".group:not(#access)")) {
      group.hidden = !group.querySelector("details.operation:not([hidden]), li:not([hidden])");
    }
    byId("found").textContent = words.length ? `${found} of ${texts.size} operations` : "";
  });
}

/** Opens the operation that the address names. */
function followHash(state) {
  let wanted = location.hash.slice(1);
  try {
    wanted = decodeURIComponent(wanted);
  } catch {
    // Taken as it is.
  }
  state.operations.find((operation) => operation.id === wanted)?.open();
}

async function start() {
  const state = createState();
  try {
    state.spec = await fetchJson(state, "openapi.json");
  } catch (error) {
    byId("failure").textContent = `The OpenAPI document cannot be fetched: ${error.message}`;
    byId("failure").hidden = false;
    return;
  }
  state.operations = operationsOf(state.spec);
  showService(state);
  setUpToken(state);
  showOperations(state);
  setUpSearch(state);
  followHash(state);
  window.addEventListener("hashchange", () => followHash(state));
  document.addEventListener("click", (event) => {
    // A link to the operation that the address names already.
    const link = event.target.closest("a[href^='#']");
    if (link && link.hash === location.hash) followHash(state);
  });
  await fetchAccess(state);
  document.documentElement.dataset.ready = "";
}

start();
