import { decodeJson } from "../plugin/cty/json";
import type { CtyType } from "../plugin/cty/type";
import type { CtyValue } from "../plugin/cty/value";
import type { Schema } from "./schema";
import { TIMEOUTS_BLOCK } from "./timeouts";
import type { Values } from "./validate";

/**
 * Reads a stored state into the present form. The state may be one of this provider, or of the provider it is
 * compatible with, whose toolkit writes "" and [] for what is not set: where the attribute is optional, these become
 * null, so that they are no difference to a configuration that says nothing. Where they mean the same as null by the
 * schema, they stay.
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

/** Every state of this provider has an entry for the timeouts block, and none of upstream's has. */
function isOurs(stored: unknown): boolean {
  return typeof stored === "object" && stored !== null && TIMEOUTS_BLOCK in stored;
}

function isEmpty(value: CtyValue): boolean {
  return value === "" || (Array.isArray(value) && value.length === 0);
}
