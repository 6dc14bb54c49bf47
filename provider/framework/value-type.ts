import type { CtyType } from "../plugin/cty/type";

/** A Terraform type together with the TypeScript type its values have in this provider. */
export interface ValueType<T> {
  readonly cty: CtyType;
  /** Only for the type checker: no value is ever there. */
  readonly example?: T;
}

/** The TypeScript type of a value type's values. */
export type ValueOf<V> = V extends ValueType<infer T> ? T : never;

export const string: ValueType<string> = { cty: "string" };

/** A number. Only whole and fractional numbers that `number` holds exactly pass validation. */
export const number: ValueType<number> = { cty: "number" };

export const bool: ValueType<boolean> = { cty: "bool" };

export function listOf<T>(element: ValueType<T>): ValueType<readonly T[]> {
  return { cty: ["list", element.cty] };
}

/** A set; its elements are held in an array, in no particular order. */
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
