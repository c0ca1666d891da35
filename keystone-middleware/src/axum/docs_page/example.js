
// Example values made from schemas.

const BY_FORMAT = {
  date: "2026-01-31",
  "date-time": "2026-01-31T12:00:00Z",
  email: "somebody@example.org",
  hostname: "www.example.org",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uri: "https://www.example.org/",
  uuid: "6b0a4f9e-5a1c-4d0e-9a53-2c6f1f1d7a10",
};

/** An example of a schema in a microversion. */
function example(spec, given, version, name = "", seen = []) {
  const schema = merged(spec, given);
  const known = nameOf(given) ? [...seen, nameOf(given)] : seen;
  if (known.length > 2 * DEEPEST) return null;
  const [first] = list(schema.examples);
  const said = [schema.example, first, schema.const, schema.default, wordsOf(schema)[0]].find((value) => value !== undefined);
  if (said !== undefined) return said;
  const variant = variantsOf(schema).find((one) => !typesOf(resolve(spec, one)).includes("null"));
  if (variant && !isObject(schema.properties)) return example(spec, variant, version, name, known);
  const types = typesOf(schema);
  if (types.includes("object") || isObject(schema.properties)) return exampleObject(spec, schema, version, known);
  if (types.includes("array")) {
    const isCircle = seen.includes(nameOf(schema.items)) || known.length > DEEPEST;
    return isCircle ? [] : [example(spec, schema.items ?? {}, version, name, known)];
  }
  if (types.includes("integer") || types.includes("number")) return schema.minimum ?? 1;
  if (types.includes("boolean")) return true;
  return types.length && !types.includes("string") ? null : exampleText(schema, name);
}

function exampleObject(spec, schema, version, seen) {
  const made = {};
  for (const [key, value] of entries(schema.properties)) {
    const attribute = resolve(spec, value);
    if (!existsIn(version, attribute["x-openstack-since"], attribute["x-openstack-until"])) continue;
    if (attribute["x-openstack-type"] === "links" || key === "links") continue;
    if (seen.includes(nameOf(value)) || seen.length > DEEPEST) continue;
    // `__proto__` is an attribute like others.
    Object.defineProperty(made, key, { value: example(spec, value, version, key, seen), enumerable: true, configurable: true, writable: true });
  }
  return made;
}

function exampleText(schema, name) {
  const own = text(schema["x-openstack-type"]);
  if (own === "id" || own.startsWith("id of") || /(^|_)id$/.test(name)) return "6b0a4f9e5a1c4d0e9a532c6f1f1d7a10";
  if (own === "url" || /(^|_)url$/.test(name)) return "https://www.example.org/";
  if (own.startsWith("time")) return BY_FORMAT["date-time"];
  return BY_FORMAT[text(schema.format)] ?? ({ domain: "www.example.org", email: BY_FORMAT.email }[name] || "text");
}

const pretty = (value) => JSON.stringify(value, null, 2);
