import type { CtyType } from "../plugin/cty/type";
import { string, type ValueType } from "./value-type";

/**
 * How an attribute gets its value:
 * - `required`, `optional`: from the configuration only;
 * - `computed`: from the provider only;
 * - `optionalComputed`: from the configuration, or else from the provider, which then keeps what is there;
 * - `defaulted`: from the configuration, or else the default;
 * - `writeOnly`: from the configuration, seen by the provider while it plans and applies, and kept nowhere
 *   (Terraform 1.11 and later).
 */
export type AttributeKind =
  "required" | "optional" | "computed" | "optionalComputed" | "defaulted" | "writeOnly";

/** What can be said of an attribute beside its type and kind. */
export interface AttributeOptions<T> {
  /** Markdown: what it is, its unit, its default, what it needs. Becomes documentation and TSDoc. */
  readonly description: string;
  /** Terraform hides the value in its output. */
  readonly sensitive?: boolean;
  /** Another value means another object: the old one is destroyed and a new one created. */
  readonly requiresReplace?: boolean;
  /** Says that the attribute is deprecated, and what to use instead. */
  readonly deprecated?: string;
  /** Attributes that may not be set together with this one. False and an empty text count as not set. */
  readonly conflictsWith?: readonly string[];
  /** Attributes that must be set together with this one. */
  readonly requiredWith?: readonly string[];
  /** Says what is wrong with a value, as the end of a sentence that begins with the attribute's name; null when it is fine. */
  readonly validate?: (value: T) => string | null;
  /**
   * Whether two values mean the same to PostgreSQL although they are spelt differently. The spelling that is in the
   * configuration or the state then stays, and there is no difference to plan.
   */
  readonly equivalent?: (one: T, other: T) => boolean;
  /**
   * Whether an empty text, an empty list and 0 in a stored state mean the same as no value, as they do in every state of
   * the provider that this one is compatible with. Such a value then stays in the state, whether the configuration has it
   * or leaves the attribute out. For optional attributes; Terraform allows it for computed ones only, so they become that.
   */
  readonly emptyIsUnset?: boolean;
}

export interface Attribute<T, K extends AttributeKind> extends AttributeOptions<T> {
  readonly kind: K;
  readonly type: ValueType<T>;
  readonly default?: T;
}

/** An attribute of whatever type; what holds for all of them. */
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
  equivalent?(one: never, other: never): boolean;
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

/** A secret that the provider may use and nobody keeps. Always sensitive. */
export function writeOnly<T>(type: ValueType<T>, options: AttributeOptions<T>): Attribute<T, "writeOnly"> {
  return { ...options, kind: "writeOnly", type, sensitive: true };
}

/** The `id` that every resource and data source has. Upstream lets it be configured, so the schema does; validation refuses it. */
export const idAttribute = optionalComputed(string, {
  description: "ID of the object. Set by the provider.",
  validate: () => "is set by the provider and cannot be configured.",
});

export type Attributes = Readonly<Record<string, AnyAttribute>>;

/** A nested block, as in `clientcert { … }`. Its value is an array of its items, in both nestings. */
export interface Block {
  readonly nesting: "list" | "set";
  readonly attributes: Attributes;
  readonly description: string;
  readonly deprecated?: string;
  readonly maxItems?: number;
  readonly requiresReplace?: boolean;
}

export type Blocks = Readonly<Record<string, Block>>;

/** What may be written in a resource, data source or provider block. */
export interface Schema {
  /** Markdown, the first paragraph of its documentation page. */
  readonly description: string;
  readonly attributes: Attributes;
  readonly blocks: Blocks;
  readonly deprecated?: string;
}

/** The type of the object that the schema describes, as Terraform sees it. */
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
