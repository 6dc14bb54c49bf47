import { type CtyValue, isRecord, isWhollyKnown, unknown } from "../plugin/cty/value";
import { sameValue } from "./equality";
import { type AnyAttribute, type Attributes, ctyTypeOf, type Schema } from "./schema";
import type { Values } from "./validate";

/**
 * Plans an object's state after apply from its prior state and its configuration. A null `prior` plans a new object. This
 * does not query a server: `modifyPlan` of a resource can do that afterwards.
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

/** @param prior Undefined for a new object. */
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

/** Items of a block have no prior value: an attribute that is not set has its default, or is null. */
function planBlock(attributes: Attributes, items: CtyValue): CtyValue {
  if (!Array.isArray(items)) return items;
  return items.map((item: Values) => planAttributes(attributes, {}, item));
}

/** The prior value, if the new one means the same; otherwise the new one. */
export function keepSpelling(attribute: AnyAttribute, before: CtyValue, after: CtyValue): CtyValue {
  if (before === null || after === null || !isWhollyKnown(before) || !isWhollyKnown(after)) return after;
  const same =
    sameValue(before, after, attribute.type.cty) ||
    attribute.equivalent?.(before as never, after as never) === true;
  return same ? before : after;
}

/** The names of the attributes and blocks whose planned change replaces the object. */
export function replacements(schema: Schema, prior: Values, planned: Values): string[] {
  const types = ctyTypeOf(schema)[1] as Readonly<Record<string, Parameters<typeof sameValue>[2]>>;
  const elements = { ...schema.attributes, ...schema.blocks };
  return Object.keys(elements).filter((name) => {
    const type = types[name];
    return (
      elements[name]?.requiresReplace === true &&
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
 * The state to store, from the values of the server. A prior value stays if it means the same. An attribute that cannot
 * be read has its default. An absent value stays null or empty, as it was before.
 */
export function reconcile(schema: Schema, before: Values, actual: Values): Values {
  // An import has not set the ID yet.
  const imported = before["id"] === null;
  const attributes = Object.entries(schema.attributes).map(([name, attribute]) => {
    const was = before[name] ?? null;
    const is = actual[name] ?? null;
    if (attribute.kind === "writeOnly") return [name, null];
    if (is === null && attribute.kind === "defaulted") return [name, attribute.default as CtyValue];
    if (attribute.emptyIsUnset && is === null && isUnset(was))
      return [name, imported ? emptyOf(attribute) : was];
    if (isEmptyOrNull(is) && isEmptyOrNull(was) && attribute.kind === "optional") return [name, was];
    return [name, keepSpelling(attribute, was, is)];
  });
  const blocks = Object.keys(schema.blocks).map((name) => [name, actual[name] ?? []]);
  return Object.fromEntries([...attributes, ...blocks]) as Values;
}

/** Whether the value of an attribute with `emptyIsUnset` means the same as null. */
function isUnset(value: CtyValue): boolean {
  return isEmptyOrNull(value) || value === "" || value === 0;
}

/**
 * The imported value of an attribute that has no value on the server. An empty value matches both a configuration with an
 * empty value and one without the attribute. A number is null, because 0 can have a meaning.
 */
function emptyOf({ type: { cty } }: AnyAttribute): CtyValue {
  if (cty === "string") return "";
  if (cty[0] === "map") return {};
  return cty[0] === "list" || cty[0] === "set" ? [] : null;
}

function isEmptyOrNull(value: CtyValue): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === null || (isRecord(value) && Object.keys(value).length === 0);
}
