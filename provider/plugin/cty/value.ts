/**
 * A value that Terraform does not know yet. Terraform may say something about it all the same (not null, a prefix):
 * such refinements are kept as they came, so that the value goes back to Terraform unchanged.
 */
export class Unknown {
  constructor(readonly refinements: Uint8Array | null = null) {}
}

/** The plain unknown value: "known after apply". */
export const unknown = new Unknown();

/** A number that neither `number` nor `bigint` holds exactly; its decimal digits as Terraform gave them. */
export class DecimalNumber {
  constructor(readonly digits: string) {}
}

/**
 * A Terraform value as this provider holds it. Numbers are `number` where that is exact, `bigint` beyond 2^53, and
 * `DecimalNumber` for the rest. Lists and sets are arrays, maps and objects are records.
 */
export type CtyValue =
  | null
  | string
  | number
  | bigint
  | DecimalNumber
  | boolean
  | Unknown
  | readonly CtyValue[]
  | { readonly [key: string]: CtyValue };

export function isUnknown(value: unknown): value is Unknown {
  return value instanceof Unknown;
}

/** Whether no part of the value is unknown. */
export function isWhollyKnown(value: CtyValue): boolean {
  if (isUnknown(value)) return false;
  if (Array.isArray(value)) return value.every(isWhollyKnown);
  return isRecord(value) ? Object.values(value).every(isWhollyKnown) : true;
}

export function isRecord(value: CtyValue | undefined): value is { readonly [key: string]: CtyValue } {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Unknown) &&
    !(value instanceof DecimalNumber)
  );
}

/**
 * The number that a decimal text stands for, in the narrowest form that holds it exactly. Terraform sends a number
 * as text when no 64-bit integer or float holds it: `0.1` is one of them.
 */
export function parseNumber(text: string): number | bigint | DecimalNumber {
  if (/^-?\d+$/.test(text)) {
    const integer = BigInt(text);
    return isSafe(integer) ? Number(integer) : integer;
  }
  const float = Number(text);
  if (Number.isNaN(float)) throw new Error(`${JSON.stringify(text)} is not a number`);
  return String(float) === text ? float : new DecimalNumber(text);
}

/** A bigint as `number` where that is exact. */
export function narrowInteger(value: bigint): number | bigint {
  return isSafe(value) ? Number(value) : value;
}

function isSafe(value: bigint): boolean {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
}
