import { decode, encode, ExtData, ExtensionCodec } from "@msgpack/msgpack";
import type { CtyType } from "./type";
import { type CtyValue, DecimalNumber, isRecord, narrowInteger, parseNumber, Unknown } from "./value";

/** Extension types of Terraform's msgpack form: an unknown value, and an unknown value with refinements. */
const UNKNOWN_EXTENSION = 0;
const REFINED_UNKNOWN_EXTENSION = 12;

const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

const extensionCodec = new ExtensionCodec();
extensionCodec.register({
  type: UNKNOWN_EXTENSION,
  encode: () => null,
  decode: () => new Unknown(),
});
extensionCodec.register({
  type: REFINED_UNKNOWN_EXTENSION,
  encode: () => null,
  decode: (refinements) => new Unknown(Uint8Array.from(refinements)),
});

/**
 * Reads a value of the given type from Terraform's msgpack form. Attributes of an object that are left out are null.
 *
 * @throws Error when the bytes do not hold a value of that type, naming where in the value.
 */
export function decodeMsgpack(bytes: Uint8Array, type: CtyType): CtyValue {
  return fromWire(decode(bytes, { extensionCodec, useBigInt64: true }), type, "");
}

/**
 * Writes a value of the given type in Terraform's msgpack form.
 *
 * @throws Error when the value is not of that type, naming where in the value.
 */
export function encodeMsgpack(value: CtyValue, type: CtyType): Uint8Array {
  return encode(toWire(value, type, ""), { extensionCodec, useBigInt64: true });
}

function fromWire(wire: unknown, type: CtyType, path: string): CtyValue {
  if (wire === null || wire === undefined) return null;
  if (wire instanceof Unknown) return wire;
  switch (type) {
    case "string":
      if (typeof wire === "string") return wire;
      break;
    case "bool":
      if (typeof wire === "boolean") return wire;
      break;
    case "number":
      if (typeof wire === "number") return wire;
      if (typeof wire === "bigint") return narrowInteger(wire);
      if (typeof wire === "string") return parseNumber(wire);
      break;
    default:
      return fromCompositeWire(wire, type, path);
  }
  throw mismatch(wire, type, path);
}

function fromCompositeWire(wire: unknown, type: Exclude<CtyType, string>, path: string): CtyValue {
  if (type[0] === "list" || type[0] === "set") {
    const element = type[1];
    if (Array.isArray(wire)) return wire.map((item, index) => fromWire(item, element, `${path}[${index}]`));
  } else if (isPlainObject(wire)) {
    if (type[0] === "map") {
      const element = type[1];
      return mapValues(wire, (item, key) => fromWire(item, element, `${path}.${key}`));
    }
    return mapValues(type[1], (attribute, key) => fromWire(wire[key], attribute, `${path}.${key}`));
  }
  throw mismatch(wire, type, path);
}

function toWire(value: CtyValue | undefined, type: CtyType, path: string): unknown {
  if (value === null || value === undefined) return null;
  if (value instanceof Unknown) {
    return value.refinements
      ? new ExtData(REFINED_UNKNOWN_EXTENSION, value.refinements)
      : new ExtData(UNKNOWN_EXTENSION, new Uint8Array(1));
  }
  switch (type) {
    case "string":
      if (typeof value === "string") return value;
      break;
    case "bool":
      if (typeof value === "boolean") return value;
      break;
    case "number":
      if (typeof value === "number" || typeof value === "bigint" || value instanceof DecimalNumber) {
        return numberToWire(value);
      }
      break;
    default:
      return toCompositeWire(value, type, path);
  }
  throw mismatch(value, type, path);
}

function toCompositeWire(value: CtyValue, type: Exclude<CtyType, string>, path: string): unknown {
  if (type[0] === "list" || type[0] === "set") {
    const element = type[1];
    if (isArray(value)) return value.map((item, index) => toWire(item, element, `${path}[${index}]`));
  } else if (isRecord(value)) {
    if (type[0] === "map") {
      const element = type[1];
      return mapValues(value, (item, key) => toWire(item, element, `${path}.${key}`));
    }
    return mapValues(type[1], (attribute, key) => toWire(value[key], attribute, `${path}.${key}`));
  }
  throw mismatch(value, type, path);
}

/**
 * Integers go as integers, everything else as decimal text: Terraform's numbers are decimal, and the binary float
 * nearest to 0.1 is another number to it than 0.1.
 */
function numberToWire(value: number | bigint | DecimalNumber): number | bigint | string {
  if (value instanceof DecimalNumber) return value.digits;
  if (typeof value === "bigint") return value >= INT64_MIN && value <= UINT64_MAX ? value : value.toString();
  if (Number.isSafeInteger(value)) return value;
  return Number.isInteger(value) ? BigInt(value).toString() : String(value);
}

function mapValues<T, U>(
  record: { readonly [key: string]: T },
  change: (item: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, item]) => [key, change(item, key)]));
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Array.isArray does not narrow a readonly array.
function isArray(value: CtyValue): value is readonly CtyValue[] {
  return Array.isArray(value);
}

/** Says what was expected and of what kind the value is; never the value itself, which may be a secret. */
function mismatch(value: unknown, type: CtyType, path: string): Error {
  const found = Array.isArray(value) ? "a list" : `a value of type ${typeof value}`;
  return new Error(
    `${path === "" ? "The value" : path.replace(/^\./, "")} should be of type ${JSON.stringify(type)}, but is ${found}.`,
  );
}
