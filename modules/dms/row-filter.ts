import { Token } from "cdktf";
import { UNKNOWN_VALUE } from "../validation";
import { exactName } from "./mapping-names";

/**
 * PostgreSQL types that DMS can filter rows by, without their length. DMS handles all other types, such as `text`, `json`,
 * `jsonb`, `bytea`, `xml` and arrays, as LOBs, and ignores filters on LOBs.
 *
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.Filters.html
 */
export const FILTERABLE_TYPES = [
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

/** A PostgreSQL type, without its length, that DMS can filter rows by. Types that DMS handles as LOBs, such as `text`, are missing. */
export type FilterableType = (typeof FILTERABLE_TYPES)[number];

/** A condition on the value of a column. */
export type FilterCondition =
  | {
      /** Equal, not equal, greater than or equal, or less than or equal. */
      readonly operator: "eq" | "noteq" | "gte" | "ste";
      /** Value to compare with. */
      readonly value: string | number;
    }
  | {
      /** Inside or outside a range, which includes both ends. */
      readonly operator: "between" | "notbetween";
      /** Start of the range. */
      readonly startValue: string | number;
      /** End of the range. */
      readonly endValue: string | number;
    }
  | {
      /** Null or not null. */
      readonly operator: "null" | "notnull";
    };

/**
 * Selects the rows whose column meets at least one of the conditions. The value of the column should never change. If rows
 * are deleted, the column should be part of the primary key: otherwise DMS cannot decide whether a DELETE applies, because
 * it does not know the old value.
 *
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.Filters.html
 */
export interface RowFilter {
  /** Name of the column on the publisher. */
  readonly columnName: string;
  /** Type of the column, for a check only: DMS ignores filters on LOBs. */
  readonly columnType: FilterableType;
  /** Conditions, at least one. */
  readonly conditions: readonly FilterCondition[];
}

/**
 * DMS's JSON for a filter.
 *
 * @param rule - name of the rule, for the error message.
 * @throws Error if the column is a LOB, or there are no conditions.
 */
export function filterJson(rule: string, { columnName, columnType, conditions }: RowFilter): object {
  if (!FILTERABLE_TYPES.includes(columnType)) {
    throw new Error(
      `${rule}: columnType of the filter on ${columnName} must be a type that DMS does not handle as a LOB: ${FILTERABLE_TYPES.join(", ")}. Got ${JSON.stringify(columnType)}.`,
    );
  }
  if (conditions.length === 0) {
    throw new Error(`${rule}: the filter on ${columnName} must have at least one condition. Got none.`);
  }
  return {
    "filter-type": "source",
    "column-name": exactName(rule, "columnName", columnName),
    "filter-conditions": conditions.map((condition) => conditionJson(rule, columnName, condition)),
  };
}

function conditionJson(rule: string, columnName: string, condition: FilterCondition): object {
  const known = (value: string | number) => {
    if (!Token.isUnresolved(value)) return String(value);
    throw new Error(
      `${rule}: the filter on ${columnName} must have values that are known at synthesis. Got ${UNKNOWN_VALUE}.`,
    );
  };
  switch (condition.operator) {
    case "between":
    case "notbetween":
      return {
        "filter-operator": condition.operator,
        "start-value": known(condition.startValue),
        "end-value": known(condition.endValue),
      };
    case "null":
    case "notnull":
      return { "filter-operator": condition.operator };
    default:
      return { "filter-operator": condition.operator, value: known(condition.value) };
  }
}
