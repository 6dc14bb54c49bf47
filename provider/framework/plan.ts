import { type CtyValue, isWhollyKnown, unknown } from "../plugin/cty/value";
import { sameValue } from "./equality";
import { type AnyAttribute, type Attributes, ctyTypeOf, type Schema } from "./schema";
import type { Values } from "./validate";

/**
 * What the object will look like after apply, from its state and its configuration alone. A null `prior` plans a new
 * object. Nothing is asked of a server here: `modifyPlan` of a resource may do that afterwards.
 */
export function planValues(schema: Schema, prior: Values | null, config: Values): Values {
  const blocks: Values = Object.fromEntries(
    Object.entries(schema.blocks).map(([name, block]) => [
      name,
      planBlock(block.attributes, config[name] ?? []),
    ]),
  );
  return { ...planAttributes(schema.attributes, prior, config), ...blocks };
}

function planAttributes(attributes: Attributes, prior: Values | null, config: Values): Values {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [
      name,
      planAttribute(attribute, prior === null ? undefined : (prior[name] ?? null), config[name] ?? null),
    ]),
  );
}

/** `prior` is undefined for a new object. */
function planAttribute(attribute: AnyAttribute, prior: CtyValue | undefined, config: CtyValue): CtyValue {
  switch (attribute.kind) {
    case "writeOnly":
      return null;
    case "defaulted":
      return keepSpelling(attribute, prior ?? null, config ?? (attribute.default as CtyValue));
    case "required":
    case "optional":
      if (attribute.emptyIsUnset && config === null && isUnset(prior ?? null)) return prior ?? null;
      return keepSpelling(attribute, prior ?? null, config);
    case "computed":
    case "optionalComputed":
      if (config !== null) return keepSpelling(attribute, prior ?? null, config);
      return prior === undefined ? unknown : prior;
  }
}

/** Items of a block have no state of their own to fall back on: what is not set gets its default, or stays null. */
function planBlock(attributes: Attributes, items: CtyValue): CtyValue {
  if (!Array.isArray(items)) return items;
  return items.map((item: Values) => planAttributes(attributes, {}, item));
}

/** The value that was there, where the new one only spells it differently. */
export function keepSpelling(attribute: AnyAttribute, before: CtyValue, after: CtyValue): CtyValue {
  if (before === null || after === null || !isWhollyKnown(before) || !isWhollyKnown(after)) return after;
  const same =
    sameValue(before, after, attribute.type.cty) ||
    attribute.equivalent?.(before as never, after as never) === true;
  return same ? before : after;
}

/** The names of the attributes and blocks whose planned change needs another object. */
export function replacements(schema: Schema, prior: Values, planned: Values): string[] {
  const types = ctyTypeOf(schema)[1] as Readonly<Record<string, Parameters<typeof sameValue>[2]>>;
  const fixed = { ...schema.attributes, ...schema.blocks };
  return Object.keys(fixed).filter((name) => {
    const type = types[name];
    return (
      fixed[name]?.requiresReplace === true &&
      type !== undefined &&
      !sameValue(prior[name] ?? null, planned[name] ?? null, type) &&
      !(
        schema.attributes[name]?.emptyIsUnset &&
        isUnset(prior[name] ?? null) &&
        isUnset(planned[name] ?? null)
      )
    );
  });
}

/**
 * The state to keep, from what the server has: spelt as it was before where it means the same, defaults for what
 * cannot be read back, and "nothing" written as it was before (null or an empty collection).
 */
export function reconcile(schema: Schema, before: Values, actual: Values): Values {
  // What an import gives has no ID yet.
  const imported = before["id"] === null;
  const attributes = Object.entries(schema.attributes).map(([name, attribute]) => {
    const was = before[name] ?? null;
    const is = actual[name] ?? null;
    if (attribute.kind === "writeOnly") return [name, null];
    if (is === null && attribute.kind === "defaulted") return [name, attribute.default as CtyValue];
    if (attribute.emptyIsUnset && is === null && isUnset(was))
      return [name, imported ? emptyOf(attribute) : was];
    if (isNothing(is) && isNothing(was) && attribute.kind === "optional") return [name, was];
    return [name, keepSpelling(attribute, was, is)];
  });
  const blocks = Object.keys(schema.blocks).map((name) => [name, actual[name] ?? []]);
  return Object.fromEntries([...attributes, ...blocks]) as Values;
}

/** Whether a value of an attribute that says so (`emptyIsUnset`) is as good as none. */
function isUnset(value: CtyValue): boolean {
  return isNothing(value) || value === "" || value === 0;
}

/**
 * What an import keeps of an attribute without a value. Nothing is known of the configuration then: an empty value agrees
 * with one that has it, and with one that leaves the attribute out. A number stays null, since 0 may have a meaning.
 */
function emptyOf({ type: { cty } }: AnyAttribute): CtyValue {
  if (cty === "string") return "";
  return cty[0] === "list" || cty[0] === "set" ? [] : null;
}

function isNothing(value: CtyValue): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}
