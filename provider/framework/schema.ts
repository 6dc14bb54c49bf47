import type { CtyType } from "../plugin/cty/type";
import { string, type ValueType } from "./value-type";

/**
 * How an attribute gets its value:
 * - `required`, `optional`: from the configuration;
 * - `computed`: from the provider;
 * - `optionalComputed`: from the configuration, otherwise from the provider, which keeps the current value;
 * - `defaulted`: from the configuration, otherwise the default;
 * - `writeOnly`: from the configuration. Only plan and apply see the value, and Terraform does not store it
 *   (Terraform 1.11 and later).
 */
export type AttributeKind =
  "required" | "optional" | "computed" | "optionalComputed" | "defaulted" | "writeOnly";

/** The properties of an attribute besides its type and kind. */
export interface AttributeOptions<T> {
  /** Markdown: what the attribute is, its unit, its default, its limits. Becomes the Registry page and TSDoc. */
  readonly description: string;
  /** Whether Terraform hides the value in its output. */
  readonly sensitive?: boolean;
  /** Whether a change of the value replaces the object. */
  readonly requiresReplace?: boolean;
  /** Completes "<attribute> is deprecated: …": what to use instead. */
  readonly deprecated?: string;
  /** Attributes that cannot be set together with this one. False and an empty string count as not set. */
  readonly conflictsWith?: readonly string[];
  /** Attributes that must be set together with this one. */
  readonly requiredWith?: readonly string[];
  /** Completes the sentence "<attribute> …" if the value is invalid; null if it is valid. */
  readonly validate?: (value: T) => string | null;
  /**
   * Whether two different values mean the same to PostgreSQL. If so, the prior value stays, and the plan shows no change.
   */
  readonly equivalent?: (a: T, b: T) => boolean;
  /**
   * Whether an empty string, an empty list and 0 in a stored state mean the same as null, as in upstream's states. Such a
   * value then stays in the state, whether or not the configuration sets it. For optional attributes. Terraform allows this
   * only for computed attributes, so the attribute becomes computed as well.
   */
  readonly emptyIsUnset?: boolean;
}

export interface Attribute<T, K extends AttributeKind> extends AttributeOptions<T> {
  readonly kind: K;
  readonly type: ValueType<T>;
  readonly default?: T;
}

/** An attribute of any type. */
// Method syntax keeps this a supertype of every Attribute<T, K>.
export interface AnyAttribute {
  readonly kind: AttributeKind;
  readonly type: { readonly cty: CtyType };
  readonly default?: unknown;
  readonly description: string;
  readonly sensitive?: boolean;
  readonly requiresReplace?: boolean;
  readonly deprecated?: string;
  readonly conflictsWith?: readonly string[];
  readonly requiredWith?: readonly string[];
  readonly emptyIsUnset?: boolean;
  validate?(value: never): string | null;
  equivalent?(a: never, b: never): boolean;
}

export function required<T>(type: ValueType<T>, options: AttributeOptions<T>): Attribute<T, "required"> {
  return { ...options, kind: "required", type };
}

export function optional<T>(type: ValueType<T>, options: AttributeOptions<T>): Attribute<T, "optional"> {
  return { ...options, kind: "optional", type };
}

export function computed<T>(type: ValueType<T>, options: AttributeOptions<T>): Attribute<T, "computed"> {
  return { ...options, kind: "computed", type };
}

export function optionalComputed<T>(
  type: ValueType<T>,
  options: AttributeOptions<T>,
): Attribute<T, "optionalComputed"> {
  return { ...options, kind: "optionalComputed", type };
}

export function defaulted<T>(
  type: ValueType<T>,
  value: T,
  options: AttributeOptions<T>,
): Attribute<T, "defaulted"> {
  return { ...options, kind: "defaulted", type, default: value };
}

/** A secret that Terraform does not store. Always sensitive. */
export function writeOnly<T>(type: ValueType<T>, options: AttributeOptions<T>): Attribute<T, "writeOnly"> {
  return { ...options, kind: "writeOnly", type, sensitive: true };
}

/** The `id` of every resource and data source. Optional in upstream's schema, so optional here; validation refuses a value. */
export const idAttribute = optionalComputed(string, {
  description: "ID of the object. Set by the provider.",
  validate: () => "is set by the provider and cannot be configured.",
});

export type Attributes = Readonly<Record<string, AnyAttribute>>;

/** A nested block, such as `clientcert { … }`. Its value is an array of its items, for both nestings. */
export interface Block {
  readonly nesting: "list" | "set";
  readonly attributes: Attributes;
  readonly description: string;
  readonly deprecated?: string;
  readonly maxItems?: number;
  readonly requiresReplace?: boolean;
}

export type Blocks = Readonly<Record<string, Block>>;

/** The schema of a resource, a data source or the provider block. */
export interface Schema {
  /** Markdown, the first paragraph of its documentation page. */
  readonly description: string;
  readonly attributes: Attributes;
  readonly blocks: Blocks;
  readonly deprecated?: string;
}

/** The cty type of the schema's object. @param extra Attributes that the schema does not have. */
export function ctyTypeOf(schema: Schema, extra: Readonly<Record<string, CtyType>> = {}): CtyType {
  return [
    "object",
    {
      ...attributeTypes(schema.attributes),
      ...Object.fromEntries(
        Object.entries(schema.blocks).map(([name, block]) => [
          name,
          [block.nesting, ["object", attributeTypes(block.attributes)]] as const,
        ]),
      ),
      ...extra,
    },
  ];
}

function attributeTypes(attributes: Attributes): Readonly<Record<string, CtyType>> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [name, attribute.type.cty]),
  );
}
