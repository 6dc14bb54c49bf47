import type { CtyType } from "../plugin/cty/type";
import { type CtyValue, isRecord, isUnknown, isWhollyKnown } from "../plugin/cty/value";
import type { AttributePath, Diagnostics } from "./diagnostics";
import type { AnyAttribute, Attributes, Schema } from "./schema";

export type Values = Readonly<Record<string, CtyValue>>;

/** What the program that asks can do. */
export interface ClientAbilities {
  /** Terraform 1.11 and later keep write-only attributes out of plan and state. */
  readonly writeOnlyAttributes: boolean;
}

/** Checks a configuration against everything its schema says, without asking a server. */
export function validateConfig(
  schema: Schema,
  config: Values,
  client: ClientAbilities,
  diagnostics: Diagnostics,
): void {
  validateAttributes(schema.attributes, config, { path: [], prefix: "" }, client, diagnostics);
  for (const [name, block] of Object.entries(schema.blocks)) {
    const items = config[name];
    if (!Array.isArray(items)) continue;
    if (block.deprecated && items.length > 0) {
      diagnostics.warn("Deprecated block", `${name} is deprecated: ${block.deprecated}`, [name]);
    }
    if (block.maxItems !== undefined && items.length > block.maxItems) {
      diagnostics.error(
        "Too many blocks",
        `At most ${block.maxItems} ${name} block may be given, and there are ${items.length}.`,
        [name],
      );
    }
    items.forEach((item: Values, index) => {
      // A set has no indices to point at. Terraform finds the attribute all the same where the block is the only one.
      const path = block.nesting === "list" ? [name, index] : [name];
      validateAttributes(block.attributes, item, { path, prefix: `${name}.` }, client, diagnostics);
    });
  }
}

/** The block that attributes are in: its path, and what comes before their names in a message. */
interface Place {
  readonly path: AttributePath;
  readonly prefix: string;
}

function validateAttributes(
  attributes: Attributes,
  values: Values,
  place: Place,
  client: ClientAbilities,
  diagnostics: Diagnostics,
): void {
  for (const [name, attribute] of Object.entries(attributes)) {
    const value = values[name] ?? null;
    if (value === null) continue;
    validateAttribute(name, attribute, value, values, place, client, diagnostics);
  }
}

function validateAttribute(
  name: string,
  attribute: AnyAttribute,
  value: CtyValue,
  siblings: Values,
  place: Place,
  client: ClientAbilities,
  diagnostics: Diagnostics,
): void {
  const path = [...place.path, name];
  const label = place.prefix + name;
  if (attribute.deprecated) {
    diagnostics.warn("Deprecated attribute", `${label} is deprecated: ${attribute.deprecated}`, path);
  }
  if (attribute.kind === "writeOnly" && !client.writeOnlyAttributes) {
    diagnostics.error(
      "Terraform 1.11 or later is needed",
      `${label} is a write-only attribute: this version of Terraform would keep its value in the state.`,
      path,
    );
  }
  for (const other of attribute.conflictsWith ?? []) {
    if (!isSet(value) || !isSet(siblings[other] ?? null)) continue;
    diagnostics.error(
      "Conflicting attributes",
      `${label} and ${place.prefix}${other} may not be set together.`,
      path,
    );
  }
  for (const other of attribute.requiredWith ?? []) {
    if ((siblings[other] ?? null) === null) {
      diagnostics.error(
        "Missing attribute",
        `${label} needs ${place.prefix}${other} to be set as well.`,
        path,
      );
    }
  }
  const nullElement = findNullElement(value, attribute.type.cty);
  if (nullElement !== null) {
    diagnostics.error(
      `Invalid ${label}`,
      `${label} has a null element${nullElement.where}. Remove it, or give it a value.`,
      [...path, ...nullElement.path],
    );
    return;
  }
  if (!isWhollyKnown(value)) return;
  if (attribute.type.cty === "number" && typeof value !== "number") {
    diagnostics.error(
      "Invalid number",
      `${label} must lie between -2^53 and 2^53 and have at most 15 digits.`,
      path,
    );
    return;
  }
  const complaint = attribute.validate?.(value as never) ?? null;
  if (complaint !== null) diagnostics.error(`Invalid ${label}`, `${label} ${complaint}`, path);
}

/** Whether a value says anything that another attribute could contradict. What is not known yet may turn out not to. */
function isSet(value: CtyValue): boolean {
  return value !== null && value !== false && value !== "" && !isUnknown(value);
}

/** Where a list, a set or a map has a null element. PostgreSQL has no use for one anywhere. */
function findNullElement(value: CtyValue, type: CtyType): { path: AttributePath; where: string } | null {
  if (typeof type === "string") return null;
  switch (type[0]) {
    case "list": {
      const index = Array.isArray(value) ? value.indexOf(null) : -1;
      return index < 0 ? null : { path: [index], where: ` at index ${index}` };
    }
    case "set":
      // An element of a set has no place in it.
      return Array.isArray(value) && value.includes(null) ? { path: [], where: "" } : null;
    case "map": {
      const key = isRecord(value) ? Object.keys(value).find((name) => value[name] === null) : undefined;
      return key === undefined ? null : { path: [{ key }], where: ` at key ${JSON.stringify(key)}` };
    }
    case "object":
      return null;
  }
}
