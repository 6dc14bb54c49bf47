import type { CtyType } from "../plugin/cty/type";
import { type CtyValue, DecimalNumber, isRecord, Unknown } from "../plugin/cty/value";

/** Whether two known values of the type are equal. The order of a set's elements does not matter. */
export function sameValue(a: CtyValue, b: CtyValue, type: CtyType): boolean {
  return canonical(a, type) === canonical(b, type);
}

/** A text that is equal for equal values: sets are sorted, object attributes have the order of the type. */
function canonical(value: CtyValue | undefined, type: CtyType): string {
  if (value === null || value === undefined) return "null";
  if (value instanceof Unknown) return "unknown";
  if (value instanceof DecimalNumber) return value.digits;
  if (typeof value === "bigint") return value.toString();
  if (typeof type === "string") return JSON.stringify(value);
  if (type[0] === "list" || type[0] === "set") {
    const element = type[1];
    const items = Array.isArray(value) ? value.map((item: CtyValue) => canonical(item, element)) : [];
    return `[${(type[0] === "set" ? items.sort() : items).join()}]`;
  }
  if (!isRecord(value)) return JSON.stringify(value);
  const keys = type[0] === "map" ? Object.keys(value).sort() : Object.keys(type[1]);
  const typeOf = (key: string): CtyType => (type[0] === "map" ? type[1] : (type[1][key] ?? "string"));
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key], typeOf(key))}`).join()}}`;
}
