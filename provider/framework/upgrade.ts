import { decodeJson } from "../plugin/cty/json";
import type { CtyType } from "../plugin/cty/type";
import type { CtyValue } from "../plugin/cty/value";
import type { Schema } from "./schema";
import { TIMEOUTS_BLOCK } from "./timeouts";
import type { Values } from "./validate";

/**
 * Reads a stored state of this provider or of upstream. Upstream's SDK stores "" and [] for attributes that are not set.
 * For optional attributes these become null, so that a configuration without the attribute shows no change. With
 * `emptyIsUnset`, they stay.
 */
export function upgradeState(schema: Schema, type: CtyType, json: string): Values {
  const stored: unknown = JSON.parse(json);
  const values = { ...(decodeJson(stored, type) as Values) };
  for (const block of Object.keys(schema.blocks)) values[block] ??= [];
  if (isOurs(stored)) return values;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const attribute = schema.attributes[name];
      if (attribute?.kind === "writeOnly") return [name, null];
      const isUnset = attribute?.kind === "optional" || attribute?.kind === "optionalComputed";
      return [name, isUnset && !attribute.emptyIsUnset && isEmpty(value) ? null : value];
    }),
  );
}

/** Every state of this provider has an entry for the timeouts block; no state of upstream has one. */
function isOurs(stored: unknown): boolean {
  return typeof stored === "object" && stored !== null && TIMEOUTS_BLOCK in stored;
}

function isEmpty(value: CtyValue): boolean {
  return value === "" || (Array.isArray(value) && value.length === 0);
}
