import type { Attribute, AttributeKind, Block, Schema } from "./schema";

type TypeOf<A> = A extends Attribute<infer T, AttributeKind> ? T : never;
type KindOf<A> = A extends { readonly kind: infer K } ? K : never;

type BlockItem<B extends Block> = {
  readonly [N in keyof B["attributes"]]: KindOf<B["attributes"][N]> extends "required" | "defaulted"
    ? TypeOf<B["attributes"][N]>
    : TypeOf<B["attributes"][N]> | null;
};
type BlockValues<S extends Schema> = {
  readonly [N in keyof S["blocks"]]: readonly BlockItem<S["blocks"][N]>[];
};

type AttributeNames<S extends Schema, K extends AttributeKind = AttributeKind> = {
  [N in keyof S["attributes"]]: KindOf<S["attributes"][N]> extends K ? N : never;
}[keyof S["attributes"]];

/** The names of the attributes and blocks in the state. */
export type StateName<S extends Schema> = Extract<
  AttributeNames<S, Exclude<AttributeKind, "writeOnly">> | keyof S["blocks"],
  string
>;

/**
 * A configuration or a plan that may have unknown values: `undefined` is a value that is not wholly known, null one that
 * is not set.
 */
export type View<S extends Schema> = {
  readonly [N in keyof S["attributes"]]:
    TypeOf<S["attributes"][N]> | (KindOf<S["attributes"][N]> extends "required" ? never : null) | undefined;
} & { readonly [N in keyof S["blocks"]]: BlockValues<S>[N] | undefined };

/** A wholly known configuration, as apply receives it, with write-only values. Computed attributes are null. */
export type Config<S extends Schema> = {
  readonly [N in keyof S["attributes"]]: KindOf<S["attributes"][N]> extends "required"
    ? TypeOf<S["attributes"][N]>
    : TypeOf<S["attributes"][N]> | null;
} & BlockValues<S>;

/** The plan that apply must implement. `undefined` is a value that the provider computes. */
export type Planned<S extends Schema> = {
  readonly [N in AttributeNames<S, "required" | "defaulted">]: TypeOf<S["attributes"][N]>;
} & { readonly [N in AttributeNames<S, "optional">]: TypeOf<S["attributes"][N]> | null } & {
  readonly [N in AttributeNames<S, "computed" | "optionalComputed">]:
    TypeOf<S["attributes"][N]> | null | undefined;
} & BlockValues<S>;

/** The stored state of an object, without write-only attributes. */
export type State<S extends Schema> = {
  readonly [N in AttributeNames<S, "required" | "defaulted">]: TypeOf<S["attributes"][N]>;
} & {
  readonly [N in AttributeNames<S, "optional" | "computed" | "optionalComputed">]: TypeOf<
    S["attributes"][N]
  > | null;
} & BlockValues<S>;
