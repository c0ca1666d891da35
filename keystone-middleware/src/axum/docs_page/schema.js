
// Schemas in words and tables.

const DEEPEST = 6;

/** The alternatives of a schema, if it has any. */
const variantsOf = (schema) => list(schema.oneOf ?? schema.anyOf);
const typesOf = (schema) => (Array.isArray(schema.type) ? schema.type.map(text) : [text(schema.type)].filter(Boolean));

/** A schema with the attributes of all parts of its `allOf`. */
function merged(spec, given, depth = 0) {
  const schema = resolve(spec, given);
  if (depth > DEEPEST) return schema;
  return list(schema.allOf).reduce((all, part) => {
    const { properties, required, ...others } = merged(spec, part, depth + 1);
    return {
      ...others,
      ...all,
      properties: { ...properties, ...all.properties },
      required: [...list(required), ...list(all.required)],
    };
  }, schema);
}

/** The type in words, such as `list of url` or `string or null`. */
function typeText(spec, given, depth = 0) {
  const schema = resolve(spec, given);
  const own = text(schema["x-openstack-type"]);
  const types = typesOf(schema);
  const orNull = types.includes("null") ? " or null" : "";
  if (own) return own + orNull;
  const words = wordsOf(schema);
  if (words.length) return words.map((word) => JSON.stringify(word)).join(" | ") + orNull;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const variants = variantsOf(schema);
  // Within a type the name of one with alternatives is enough, which may be among its own alternatives.
  if (variants.length && depth < DEEPEST && !(depth && nameOf(given))) {
    return [...new Set(variants.map((one) => typeText(spec, one, depth + 1)))].join(" or ") + orNull;
  }
  if (types.join() === "null") return "null";
  const plain = types.filter((type) => type !== "null").map((type) => {
    if (type === "array") return depth < DEEPEST ? `list of ${typeText(spec, schema.items ?? {}, depth + 1)}` : "list";
    if (type === "object") return nameOf(given) || (isObject(schema.additionalProperties) ? `map of ${typeText(spec, schema.additionalProperties, depth + 1)}` : "object");
    return schema.format ? `${type} (${text(schema.format)})` : type;
  });
  return (plain.join(" or ") || nameOf(given) || "any value") + orNull;
}

const wordsOf = (schema) => list(schema.enum ?? schema["x-extensible-enum"]).filter((word) => word !== null);

/** What values are limited to, in words. */
function limits(schema) {
  const said = [
    ["minimum", "at least"],
    ["exclusiveMinimum", "more than"],
    ["maximum", "at most"],
    ["exclusiveMaximum", "less than"],
    ["minLength", "characters: at least"],
    ["maxLength", "characters: at most"],
    ["minItems", "entries: at least"],
    ["maxItems", "entries: at most"],
  ];
  const found = said.filter(([key]) => schema[key] !== undefined).map(([key, words]) => `${words} ${text(schema[key])}`);
  if (schema.pattern) found.push(`pattern ${text(schema.pattern)}`);
  if (schema.default !== undefined) found.push(`default ${JSON.stringify(schema.default)}`);
  if (schema["x-extensible-enum"]) found.push("other words may be added");
  return found.join("; ");
}

/** The attributes of a schema and of what is nested in it, with their path. */
function attributesOf(spec, given, path = [], seen = []) {
  const schema = merged(spec, given);
  const name = nameOf(given);
  if (path.length > DEEPEST || (name && seen.includes(name))) return [];
  const known = name ? [...seen, name] : seen;
  const required = list(schema.required);
  const found = [];
  for (const [key, value] of entries(schema.properties)) {
    const attribute = merged(spec, value);
    const at = [...path, key];
    found.push({ path: at, given: value, schema: attribute, required: required.includes(key) });
    found.push(...attributesOf(spec, value, at, known));
  }
  if (typesOf(schema).includes("array")) found.push(...attributesOf(spec, schema.items ?? {}, marked(path, "[]"), known));
  if (isObject(schema.additionalProperties)) found.push(...attributesOf(spec, schema.additionalProperties, marked(path, ".*"), known));
  for (const variant of variantsOf(schema)) {
    for (const attribute of attributesOf(spec, variant, path, known)) {
      const at = attribute.path.join(".");
      if (!found.some((other) => other.path.join(".") === at)) found.push({ ...attribute, required: attribute.required && path.length < attribute.path.length - 1 });
    }
  }
  return found;
}

/** A path whose last part stands for the entries of a list or a map. */
const marked = (path, mark) => (path.length ? [...path.slice(0, -1), path.at(-1) + mark] : [mark]);

/** Since when, until when, and for whom there is an attribute or a parameter. */
function noteChips(schema, parameter = {}) {
  const value = (key) => parameter[key] ?? schema[key];
  const since = text(value("x-openstack-since"));
  const until = text(value("x-openstack-until"));
  return [
    since && chip(`since ${since}`, "version"),
    until && chip(`until ${until}`, "version"),
    list(value("x-openstack-policies")).map((name) => chip(text(name), "policy", "Only callers whom this policy allows see or set it")),
    value("x-openstack-once") === true && chip("only when created", "version"),
    value("deprecated") === true && chip("deprecated", "warning"),
    schema.readOnly === true && chip("read only"),
    schema.writeOnly === true && chip("write only"),
  ];
}

const meaning = (description, schema) =>
  spaced(description && element("span", {}, prose(description)), limits(schema) && element("span", { class: "limits" }, limits(schema)));

/** A table of attributes; nothing if there are none. */
function attributeTable(spec, given, version, isRequest) {
  const rows = attributesOf(spec, given).map(({ path, given: value, schema, required }) => [
    spaced(
      element("code", { class: "name" }, path.length > 1 && element("span", { class: "parents" }, `${path.slice(0, -1).join(".")}.`), path.at(-1)),
      required && (isRequest ? chip("required", "required") : undefined),
      !required && !isRequest && chip("optional"),
      noteChips(schema),
      !existsIn(version, schema["x-openstack-since"], schema["x-openstack-until"]) && chip(`not in ${version}`, "warning"),
    ),
    element("span", { class: "type" }, typeText(spec, value)),
    meaning(schema.description, schema),
  ]);
  return rows.length ? table("attributes", ["Attribute", "Type", "Meaning"], rows) : undefined;
}

function parameterTable(spec, parameters, version) {
  const rows = parameters.map((parameter) => {
    const schema = resolve(spec, parameter.schema);
    return [
      spaced(
        element("code", { class: "name" }, text(parameter.name)),
        chip(`in ${text(parameter.in)}`),
        parameter.required === true && chip("required", "required"),
        noteChips(schema, parameter),
        !existsIn(version, parameter["x-openstack-since"], parameter["x-openstack-until"]) && chip(`not in ${version}`, "warning"),
      ),
      element("span", { class: "type" }, text(parameter["x-openstack-type"]) || typeText(spec, parameter.schema)),
      meaning(parameter.description ?? schema.description, schema),
    ];
  });
  return rows.length ? table("attributes", ["Parameter", "Type", "Meaning"], rows) : undefined;
}
