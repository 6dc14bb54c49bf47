import type { CtyType } from "./type";
import { type CtyValue, parseNumber } from "./value";

/**
 * Reads a value of the given type from the JSON of a state. Another version of the provider, or upstream, may have written
 * the state. Attributes that the type does not have are dropped, missing attributes are null, and numbers and booleans in
 * strings are converted.
 *
 * @param json The result of JSON.parse.
 * @throws Error with the path of a value that cannot be read as its type.
 */
export function decodeJson(json: unknown, type: CtyType): CtyValue {
  return fromJson(json, type, "");
}

function fromJson(json: unknown, type: CtyType, path: string): CtyValue {
  if (json === null || json === undefined) return null;
  switch (type) {
    case "string":
      if (typeof json === "string") return json;
      if (typeof json === "number" || typeof json === "boolean") return String(json);
      break;
    case "bool":
      if (typeof json === "boolean") return json;
      if (json === "true" || json === "false") return json === "true";
      break;
    case "number":
      if (typeof json === "number") return json;
      if (typeof json === "string") return parseNumber(json);
      break;
    default:
      return fromCompositeJson(json, type, path);
  }
  throw mismatch(type, path);
}

function fromCompositeJson(json: unknown, type: Exclude<CtyType, string>, path: string): CtyValue {
  if (type[0] === "list" || type[0] === "set") {
    const element = type[1];
    if (Array.isArray(json)) return json.map((item, index) => fromJson(item, element, `${path}[${index}]`));
  } else if (typeof json === "object" && json !== null && !Array.isArray(json)) {
    const record = new Map<string, unknown>(Object.entries(json));
    const keys = type[0] === "map" ? [...record.keys()] : Object.keys(type[1]);
    const typeOf = (key: string): CtyType => (type[0] === "map" ? type[1] : (type[1][key] ?? "string"));
    return Object.fromEntries(
      keys.map((key) => [key, fromJson(record.get(key), typeOf(key), `${path}.${key}`)]),
    );
  }
  throw mismatch(type, path);
}

function mismatch(type: CtyType, path: string): Error {
  return new Error(
    `${path === "" ? "The state" : path.replace(/^\./, "")} is not of type ${JSON.stringify(type)}.`,
  );
}
