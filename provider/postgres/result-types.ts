import type { CustomTypesConfig } from "pg";

const BOOL = 16;
const INT8 = 20;
const INT2 = 21;
const INT4 = 23;
const OID = 26;
const JSON_OID = 114;
const FLOAT4 = 700;
const FLOAT8 = 701;
const JSONB = 3802;

const BOOL_ARRAY = 1000;
const NAME_ARRAY = 1003;
const INT2_ARRAY = 1005;
const INT4_ARRAY = 1007;
const TEXT_ARRAY = 1009;
const BPCHAR_ARRAY = 1014;
const VARCHAR_ARRAY = 1015;
const INT8_ARRAY = 1016;
const OID_ARRAY = 1028;
const ACLITEM_ARRAY = 1034;

/**
 * How values arrive from the server: bool, numbers, json and arrays of one dimension as JavaScript's own; int8 as a number,
 * or a bigint where a number would not be exact; everything else (numeric, timestamps, pg_lsn, …) in PostgreSQL's
 * spelling, since nothing may be lost on the way to Terraform's state.
 */
export const resultTypes: CustomTypesConfig = {
  getTypeParser: (oid: number) => parsers.get(oid) ?? String,
};

const parsers = new Map<number, (text: string) => unknown>([
  [BOOL, parseBool],
  [INT2, Number],
  [INT4, Number],
  [OID, Number],
  [INT8, parseInt8],
  [FLOAT4, Number],
  [FLOAT8, Number],
  [JSON_OID, JSON.parse],
  [JSONB, JSON.parse],
  [BOOL_ARRAY, arrayOf(parseBool)],
  [NAME_ARRAY, parseTextArray],
  [INT2_ARRAY, arrayOf(Number)],
  [INT4_ARRAY, arrayOf(Number)],
  [INT8_ARRAY, arrayOf(parseInt8)],
  [OID_ARRAY, arrayOf(Number)],
  [TEXT_ARRAY, parseTextArray],
  [BPCHAR_ARRAY, parseTextArray],
  [VARCHAR_ARRAY, parseTextArray],
  [ACLITEM_ARRAY, parseTextArray],
]);

/** `{a,"b, c",NULL}`: every item that could be mistaken for something else comes in double quotes. */
function parseTextArray(text: string): (string | null)[] {
  const items = text.slice(text.indexOf("{") + 1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/gs);
  return [...items].map(([, quoted, plain]) =>
    plain === undefined ? (quoted ?? "").replace(/\\(.)/gs, "$1") : plain === "NULL" ? null : plain,
  );
}

function arrayOf<T>(parse: (text: string) => T): (text: string) => (T | null)[] {
  return (text) => parseTextArray(text).map((item) => (item === null ? null : parse(item)));
}

function parseBool(text: string): boolean {
  return text === "t";
}

function parseInt8(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}
