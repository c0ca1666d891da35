
// The OpenAPI document.

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
const HTTP_STATUS = { 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict" };

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const list = (value) => (Array.isArray(value) ? value : []);
const text = (value) => (typeof value === "string" || typeof value === "number" ? String(value) : "");
/** The entries of a mapping; of anything else none. */
const entries = (value) => (isObject(value) ? Object.entries(value) : []);

/** What a value refers to by `$ref`; itself if it refers to nothing. */
function resolve(spec, value) {
  let found = value;
  for (let steps = 0; isObject(found) && typeof found.$ref === "string" && steps < 16; steps += 1) {
    found = lookUp(spec, found.$ref);
  }
  return isObject(found) ? found : {};
}

function lookUp(spec, reference) {
  if (!reference.startsWith("#/")) return undefined;
  return reference
    .slice(2)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((node, part) => (isObject(node) && Object.hasOwn(node, part) ? node[part] : undefined), spec);
}

/** The name of the schema that a `$ref` refers to. */
const nameOf = (value) => (isObject(value) && typeof value.$ref === "string" ? value.$ref.split("/").pop() : "");

/** The operations in the order of the document. HEAD is shown with GET if it is described alike. */
function operationsOf(spec) {
  const found = [];
  for (const [path, given] of entries(spec.paths)) {
    const item = resolve(spec, given);
    for (const method of Object.keys(item)) {
      if (!METHODS.includes(method) || !isObject(item[method])) continue;
      const operation = item[method];
      const twin = method === "head" && isObject(item.get) && text(operation.operationId) === `${text(item.get.operationId)}.head`;
      if (!twin) found.push(...actionsOf(spec, operation).map((one) => readOperation(spec, path, method, item, one)));
    }
  }
  return found;
}

function readOperation(spec, path, method, item, given) {
  const security = given.security ?? spec.security;
  const names = given["x-openstack-policies"];
  return {
    id: text(given.operationId) || `${method} ${path} ${text(given["x-openstack-actions"])}`.trim(),
    method,
    path,
    tag: text(list(given.tags)[0]),
    summary: text(given.summary),
    description: text(given.description),
    policies: list(names).map(text).filter(Boolean),
    isPublic: Array.isArray(names) && names.length === 0,
    needsToken: list(security).some((one) => Object.keys(one ?? {}).length > 0),
    alsoHead: method === "get" && isObject(item.head),
    parameters: mergedParameters(spec, item.parameters, given.parameters),
    body: given.requestBody ? resolve(spec, given.requestBody) : undefined,
    responses: entries(given.responses).map(([status, value]) => ({ status, ...resolve(spec, value) })),
    since: text(given["x-openstack-since"]),
    until: text(given["x-openstack-until"]),
    deprecated: given.deprecated === true ? text(given["x-openstack-deprecated"]) || "It is deprecated." : "",
    gone: text(given["x-openstack-gone"]),
    hides: given["x-openstack-hide"] === true,
    task: text(given["x-openstack-task"]),
    action: text(given["x-openstack-actions"]),
    scopeTypes: list(given["x-openstack-scope-types"]).map(text),
    page: text(given["x-openstack-page"]),
  };
}

/** An operation for each action that shares method and path, with its own body and responses; else the operation itself. */
function actionsOf(spec, given) {
  const actions = entries(given["x-openstack-actions"]).filter(([, action]) => isObject(action));
  if (!actions.length) return [given];
  const [kind, media] = entries(resolve(spec, given.requestBody).content)[0] ?? [];
  const variants = list(media?.schema?.oneOf);
  const errors = entries(given.responses).filter(([status]) => !status.startsWith("2"));
  return actions.map(([name, action]) => {
    const schema = variants.find((one) => Object.hasOwn(merged(spec, one).properties ?? {}, name)) ?? media?.schema;
    const requestBody = kind ? { required: true, content: { [kind]: { schema } } } : undefined;
    const responses = Object.fromEntries([...entries(action.responses), ...errors]);
    return { ...given, requestBody, ...action, responses, "x-openstack-actions": name };
  });
}

/** Parameters of an operation replace those of its path. */
function mergedParameters(spec, shared, own) {
  const merged = new Map();
  for (const given of [...list(shared), ...list(own)]) {
    const parameter = resolve(spec, given);
    if (text(parameter.name)) merged.set(`${parameter.in} ${parameter.name}`, parameter);
  }
  return [...merged.values()];
}

/** The media type of a body that is shown, JSON if there is any, and its schema. */
function contentOf(body) {
  const kinds = entries(body?.content);
  const found = kinds.find(([kind]) => kind.includes("json")) ?? kinds[0];
  return found ? { kind: found[0], schema: found[1]?.schema ?? {}, example: exampleOf(found[1]) } : undefined;
}

function exampleOf(media) {
  if (media?.example !== undefined) return media.example;
  const [first] = Object.values(isObject(media?.examples) ? media.examples : {});
  return first?.value;
}

/** The microversions of the service, if it has any. */
function microversionsOf(spec) {
  const given = spec.info?.["x-openstack-service"];
  const range = isObject(given) ? given.microversions : undefined;
  const [min, max] = [range?.min, range?.max].map((version) => numbers(text(version)));
  if (!min || !max || min[0] !== max[0] || max[1] - min[1] > 1000) return undefined;
  const all = [];
  for (let minor = max[1]; minor >= min[1]; minor -= 1) all.push(`${min[0]}.${minor}`);
  return { type: text(given.type), all };
}

function numbers(version) {
  const found = /^v?(\d+)\.(\d+)$/.exec(version);
  return found ? [Number(found[1]), Number(found[2])] : undefined;
}

/** Whether something that has `since` and `until` exists in a microversion. */
function existsIn(version, since, until) {
  const [at, from, to] = [version, since, until].map((one) => numbers(text(one)));
  const isBefore = (a, b) => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
  if (!at) return true;
  return !(from && isBefore(at, from)) && !(to && isBefore(to, at));
}
