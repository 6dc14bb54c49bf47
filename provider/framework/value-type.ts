import type { CtyType } from "../plugin/cty/type";

/** A Terraform type with the TypeScript type of its values. */
export interface ValueType<T> {
  readonly cty: CtyType;
  /** Never set: only for the type checker. */
  readonly example?: T;
}

/** The TypeScript type of a value type's values. */
export type ValueOf<V> = V extends ValueType<infer T> ? T : never;

export const string: ValueType<string> = { cty: "string" };

/** A number. Validation refuses numbers that a JavaScript number cannot represent exactly. */
export const number: ValueType<number> = { cty: "number" };

export const bool: ValueType<boolean> = { cty: "bool" };

export function listOf<T>(element: ValueType<T>): ValueType<readonly T[]> {
  return { cty: ["list", element.cty] };
}

/** A set. Its value is an array without a particular order. */
export function setOf<T>(element: ValueType<T>): ValueType<readonly T[]> {
  return { cty: ["set", element.cty] };
}

export function mapOf<T>(element: ValueType<T>): ValueType<Readonly<Record<string, T>>> {
  return { cty: ["map", element.cty] };
}

export function objectOf<A extends Readonly<Record<string, ValueType<unknown>>>>(
  attributes: A,
): ValueType<{ readonly [K in keyof A]: ValueOf<A[K]> }> {
  return {
    cty: ["object", Object.fromEntries(Object.entries(attributes).map(([name, type]) => [name, type.cty]))],
  };
}
