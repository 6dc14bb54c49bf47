import type { CtyType } from "../plugin/cty/type";
import { type CtyValue, isRecord, isUnknown, isWhollyKnown } from "../plugin/cty/value";
import type { AttributePath, Diagnostics } from "./diagnostics";
import type { AnyAttribute, Attributes, Schema } from "./schema";

export type Values = Readonly<Record<string, CtyValue>>;

/** The capabilities of the Terraform version that calls the provider. */
export interface ClientAbilities {
  /** True for Terraform 1.11 and later, which do not store write-only attributes. */
  readonly writeOnlyAttributes: boolean;
}

/** Checks a configuration against its schema. */
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
        `The configuration has ${items.length} ${name} blocks; the maximum is ${block.maxItems}.`,
        [name],
      );
    }
    items.forEach((item: Values, index) => {
      // A set has no index for a path. Terraform still finds the attribute if the set has only one block.
      const path = block.nesting === "list" ? [name, index] : [name];
      validateAttributes(block.attributes, item, { path, prefix: `${name}.` }, client, diagnostics);
    });
  }
}

/** The block that contains the attributes: its path, and the prefix of their names in a message. */
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
      "Terraform 1.11 or later is required",
      `${label} is a write-only attribute, and this version of Terraform would store its value in the state.`,
      path,
    );
  }
  for (const other of attribute.conflictsWith ?? []) {
    if (!isSet(value) || !isSet(siblings[other] ?? null)) continue;
    diagnostics.error(
      "Conflicting attributes",
      `${label} and ${place.prefix}${other} cannot be set together.`,
      path,
    );
  }
  for (const other of attribute.requiredWith ?? []) {
    if ((siblings[other] ?? null) === null) {
      diagnostics.error(
        "Missing attribute",
        `${label} requires ${place.prefix}${other} to be set as well.`,
        path,
      );
    }
  }
  const nullElement = findNullElement(value, attribute.type.cty);
  if (nullElement !== null) {
    diagnostics.error(
      `Invalid ${label}`,
      `${label} has a null element${nullElement.where}. Remove the element, or set it to a value.`,
      [...path, ...nullElement.path],
    );
    return;
  }
  if (!isWhollyKnown(value)) return;
  if (attribute.type.cty === "number" && typeof value !== "number") {
    diagnostics.error(
      "Invalid number",
      `${label} must be between -2^53 and 2^53 and have at most 15 digits.`,
      path,
    );
    return;
  }
  const problem = attribute.validate?.(value as never) ?? null;
  if (problem !== null) diagnostics.error(`Invalid ${label}`, `${label} ${problem}`, path);
}

/** Whether a value can conflict with another attribute. An unknown value may still become null. */
function isSet(value: CtyValue): boolean {
  return value !== null && value !== false && value !== "" && !isUnknown(value);
}

/** Finds a null element of a list, a set or a map. No attribute allows one. */
function findNullElement(value: CtyValue, type: CtyType): { path: AttributePath; where: string } | null {
  if (typeof type === "string") return null;
  switch (type[0]) {
    case "list": {
      const index = Array.isArray(value) ? value.indexOf(null) : -1;
      return index < 0 ? null : { path: [index], where: ` at index ${index}` };
    }
    case "set":
      // An element of a set has no index.
      return Array.isArray(value) && value.includes(null) ? { path: [], where: "" } : null;
    case "map": {
      const key = isRecord(value) ? Object.keys(value).find((name) => value[name] === null) : undefined;
      return key === undefined ? null : { path: [{ key }], where: ` at key ${JSON.stringify(key)}` };
    }
    case "object":
      return null;
  }
}
