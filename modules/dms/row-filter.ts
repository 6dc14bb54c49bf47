import { Token } from "cdktf";
import { exactName } from "./mapping-names";

/**
 * The types of PostgreSQL that DMS can filter rows by, without their length. Everything else, such as `text`, `json`,
 * `jsonb`, `bytea`, `xml` and every array, is a LOB to DMS, and a filter on it would not be applied.
 */
export const filterableTypes = [
  "bigint",
  "boolean",
  "character",
  "character varying",
  "date",
  "double precision",
  "integer",
  "numeric",
  "real",
  "smallint",
  "time",
  "timestamp",
  "timestamptz",
  "uuid",
] as const;

/** A type of PostgreSQL, without its length, that DMS can filter rows by: none that is a LOB to DMS, such as `text`. */
export type FilterableType = (typeof filterableTypes)[number];

/** What a column's value has to be. */
export type FilterCondition =
  | {
      /** Equal, not equal, greater or equal, smaller or equal. */
      readonly operator: "eq" | "noteq" | "gte" | "ste";
      readonly value: string | number;
    }
  | {
      /** Both ends belong to the range. */
      readonly operator: "between" | "notbetween";
      readonly startValue: string | number;
      readonly endValue: string | number;
    }
  | { readonly operator: "null" | "notnull" };

/**
 * The rows that are taken: those whose column meets one of the conditions. The column should never change, and be of the
 * primary key when rows are deleted: without its old value DMS cannot tell whether a DELETE is meant.
 */
export interface RowFilter {
  /** The column's name at the publisher. */
  readonly columnName: string;
  /** The column's type, which is not sent: DMS does not filter by LOBs. */
  readonly columnType: FilterableType;
  /** At least one. */
  readonly conditions: readonly FilterCondition[];
}

/**
 * DMS's JSON for a filter.
 *
 * @param rule - what the rule is called in the message.
 * @throws Error when the column is a LOB, or there is no condition.
 */
export function filterJson(rule: string, { columnName, columnType, conditions }: RowFilter): object {
  if (!filterableTypes.includes(columnType)) {
    throw new Error(
      `${rule}: filters on ${columnName} must be on a column of a type that is no LOB to DMS: ${filterableTypes.join(", ")}. Got ${JSON.stringify(columnType)}.`,
    );
  }
  if (conditions.length === 0) {
    throw new Error(`${rule}: filters on ${columnName} must have at least one condition. Got none.`);
  }
  return {
    "filter-type": "source",
    "column-name": exactName(rule, "columnName", columnName),
    "filter-conditions": conditions.map((condition) => conditionJson(rule, columnName, condition)),
  };
}

function conditionJson(rule: string, columnName: string, condition: FilterCondition): object {
  const text = (value: string | number) => {
    if (!Token.isUnresolved(value)) return String(value);
    throw new Error(
      `${rule}: filters on ${columnName} must have values that are known before Terraform runs. Got one that only Terraform will know.`,
    );
  };
  switch (condition.operator) {
    case "between":
    case "notbetween":
      return {
        "filter-operator": condition.operator,
        "start-value": text(condition.startValue),
        "end-value": text(condition.endValue),
      };
    case "null":
    case "notnull":
      return { "filter-operator": condition.operator };
    default:
      return { "filter-operator": condition.operator, value: text(condition.value) };
  }
}
