import { type CtyValue, isUnknown, isWhollyKnown } from "../plugin/cty/value";
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
  validateAttributes(schema.attributes, config, [], client, diagnostics);
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
      // A set has no indices to point at.
      const path = block.nesting === "list" ? [name, index] : [name];
      validateAttributes(block.attributes, item, path, client, diagnostics);
    });
  }
}

function validateAttributes(
  attributes: Attributes,
  values: Values,
  path: AttributePath,
  client: ClientAbilities,
  diagnostics: Diagnostics,
): void {
  for (const [name, attribute] of Object.entries(attributes)) {
    const value = values[name] ?? null;
    if (value === null) continue;
    validateAttribute(name, attribute, value, values, [...path, name], client, diagnostics);
  }
}

function validateAttribute(
  name: string,
  attribute: AnyAttribute,
  value: CtyValue,
  siblings: Values,
  path: AttributePath,
  client: ClientAbilities,
  diagnostics: Diagnostics,
): void {
  if (attribute.deprecated) {
    diagnostics.warn("Deprecated attribute", `${name} is deprecated: ${attribute.deprecated}`, path);
  }
  if (attribute.kind === "writeOnly" && !client.writeOnlyAttributes) {
    diagnostics.error(
      "Terraform 1.11 or later is needed",
      `${name} is a write-only attribute: this version of Terraform would keep its value in the state.`,
      path,
    );
  }
  for (const other of attribute.conflictsWith ?? []) {
    const otherValue = siblings[other] ?? null;
    if (otherValue === null || isUnknown(otherValue) || isUnknown(value)) continue;
    diagnostics.error("Conflicting attributes", `${name} and ${other} may not be set together.`, path);
  }
  for (const other of attribute.requiredWith ?? []) {
    if ((siblings[other] ?? null) === null) {
      diagnostics.error("Missing attribute", `${name} needs ${other} to be set as well.`, path);
    }
  }
  if (!isWhollyKnown(value)) return;
  if (attribute.type.cty === "number" && typeof value !== "number") {
    diagnostics.error(
      "Invalid number",
      `${name} must lie between -2^53 and 2^53 and have at most 15 digits.`,
      path,
    );
    return;
  }
  const complaint = attribute.validate?.(value as never) ?? null;
  if (complaint !== null) diagnostics.error(`Invalid ${name}`, `${name} ${complaint}`, path);
}
